"""What else is connected to an account: the bots that read its chats, and the passkeys that log in to it."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard, minutes_of
from bot.views.buttons.checkup import AskBot, ConfirmBot, ShowBots, ShowCheckup, ShowPasskeys
from bot.views.checkup import as_of
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, ago, cleaned, moment, named
from core.domain.account_state import BusinessBot, Passkey

LISTED_MOST = 10  # Telegram allows few of either
LABEL_MOST = 28
BOTS_SILENT = "Telegram does not tell them to Doorman. In Telegram: Settings → Telegram Business → Chatbots."
PASSKEYS_SILENT = "Telegram does not tell them to Doorman. In Telegram: Settings → Privacy and Security → Passkeys."
BOT_GONE = "This bot is not connected any more."
REMOVING = (
    "Whoever holds a passkey logs in without a code. Doorman can't remove one: do it in Telegram → Settings → "
    "Privacy and Security → Passkeys."
)


def bots_page(
    account: int,
    bots: tuple[BusinessBot, ...] | None,
    *,
    account_name: str,
    taken_at: datetime,
    why: str = "",
) -> Screen:
    """All of them, and what each can do; None is what Telegram did not tell. `why` they could not be fetched anew."""
    shown = list(enumerate((bots or ())[:LISTED_MOST], start=1))
    text = Text(
        Bold(f"{len(bots)} business {'bot' if len(bots) == 1 else 'bots'} of " if bots else "Business bots of "),
        named(account_name),
        as_of(taken_at, why),
        f"\n\n{BOTS_SILENT}" if bots is None else "",
        "\n\nNo bot reads this account's chats." if bots == () else "",
        *[Text(f"\n\n{number}. ", _bot(each)) for number, each in shown],
        _more(len(bots or ())),
    )
    rows = [[button(_label(n, each.name, "Unknown bot"), AskBot(account=account, bot=each.id))] for n, each in shown]
    refresh = button("🔄 Refresh", ShowBots(account=account))
    return Screen(text=text, keyboard=keyboard(*rows, [refresh, button("Checkup", ShowCheckup(account=account))]))


def bot_question(account: int, bot: BusinessBot, *, account_name: str, now: datetime, again: bool = False) -> Screen:
    """Disconnect it? `again` is whether it was asked before, too long ago."""
    text = Text(
        "That question was too old, so here it is again.\n\n" if again else "",
        Bold("Disconnect this bot? "),
        named(account_name),
        "\n\n",
        _bot(bot),
        "\n\nIt then reads this account's chats no more; what it has read, it keeps.",
    )
    confirm = ConfirmBot(account=account, bot=bot.id, asked=minutes_of(now))
    return Screen(
        text=text,
        keyboard=keyboard([button("Yes, disconnect it", confirm)], [button("No, leave it", ShowBots(account=account))]),
    )


def passkeys_page(
    account: int,
    passkeys: tuple[Passkey, ...] | None,
    *,
    account_name: str,
    taken_at: datetime,
    now: datetime,
    why: str = "",
) -> Screen:
    """All of them with their dates, newest first, and where one is removed; None is what Telegram did not tell."""
    ordered = sorted(passkeys or (), key=lambda passkey: (-passkey.created_at.timestamp(), passkey.id))
    text = Text(
        Bold(f"{len(ordered)} {'passkey' if len(ordered) == 1 else 'passkeys'} of " if ordered else "Passkeys of "),
        named(account_name),
        as_of(taken_at, why),
        f"\n\n{PASSKEYS_SILENT}" if passkeys is None else "",
        "\n\nNobody can log in by a passkey." if passkeys == () else "",
        *[_passkey(number, passkey, now=now) for number, passkey in enumerate(ordered[:LISTED_MOST], start=1)],
        _more(len(ordered)),
        f"\n\n{REMOVING}" if ordered else "",
    )
    return Screen(text=text, keyboard=_back(account))


def _bot(bot: BusinessBot) -> Text:
    can = "Reads your chats, and can reply in your name." if bot.can_reply else "Reads your chats, and can't reply."
    username = Text(" · ", named(f"@{bot.username}")) if cleaned(bot.username) else ""
    return Text(named(bot.name, unknown="Unknown bot"), username, f"\n    {can}")


def _passkey(number: int, passkey: Passkey, *, now: datetime) -> Text:
    used = f"{moment(passkey.used_at)} ({ago(passkey.used_at, now=now)})" if passkey.used_at else "never"
    return Text(
        f"\n\n{number}. ",
        named(passkey.name, unknown="Unnamed passkey"),
        f"\n    Made: {moment(passkey.created_at)}\n    Last used: {used}",
    )


def _label(number: int, name: str, unknown: str) -> str:
    return f"🚫 {number} · {ISOLATE}{cleaned(name, most=LABEL_MOST) or unknown}{END_ISOLATE}"


def _more(count: int) -> str:
    return f"\n\nand {count - LISTED_MOST} more" if count > LISTED_MOST else ""


def _back(account: int) -> InlineKeyboardMarkup:
    refresh = button("🔄 Refresh", ShowPasskeys(account=account))
    return keyboard([refresh, button("Checkup", ShowCheckup(account=account))])
