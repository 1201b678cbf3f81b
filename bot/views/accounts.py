"""The accounts that Doorman watches: how each fares, and which of them commands are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.settings import ChooseAccount
from bot.views.screen import Screen
from bot.views.status import NO_ACCOUNT, condition_of, why_unwatched
from bot.views.wording import END_ISOLATE, ISOLATE, cleaned, named
from core.contract.state import Pulse, name_of

#: Of more accounts than this neither the text nor the keyboard of one message would hold all.
SHOWN_MOST = 25
BUTTON_NAME_MOST = 24
CHOICE_GONE = "That account is not watched any more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One account; `sessions` is how many it had at the last look, None where none is known."""

    account: int
    pulse: Pulse | None
    sessions: int | None

    @property
    def name(self) -> str:
        """Its own, as far as its worker told; else its number."""
        return name_of(self.account, self.pulse)


def accounts_page(accounts: Sequence[Watched], *, chosen: int | None) -> Screen:
    """The answer to /accounts; `chosen` is the one that commands are about, None is all."""
    if not accounts:
        return Screen(text=Text(NO_ACCOUNT))
    shown, more = accounts[:SHOWN_MOST], len(accounts[SHOWN_MOST:])
    text = Text(
        Bold("Accounts"),
        *map(_paragraph, shown),
        f"\n\nand {more} more" if more else "",
        _about(accounts, chosen),
        "\n\nTo add one: `doorman login`, where Doorman runs. To give one up: `doorman logout`.",
    )
    if len(accounts) == 1:
        return Screen(text=text)
    every = button(_marked("All accounts", chosen is None), ChooseAccount(account=0))
    return Screen(text=text, keyboard=keyboard([every], *_in_pairs([_choice(one, chosen) for one in shown])))


def only(screen: Screen, *, account_name: str) -> Screen:
    """The page of the account that the owner chose, while there are others."""
    text = Text(screen.text, "\n\nOnly ", named(account_name), " is shown: /accounts")
    return replace(screen, text=text)


def _paragraph(one: Watched) -> Text:
    head = Text("\n\n", named(one.name), f" · {one.account}" if one.name != str(one.account) else "", "\n")
    counted = ""
    if one.sessions is not None:
        counted = f"{one.sessions} {'session' if one.sessions == 1 else 'sessions'} · "
    return Text(head, counted, _fares(one.pulse))


def _fares(pulse: Pulse | None) -> str:
    if pulse is None:
        return "⚠️ Its worker has not reported yet."
    return why_unwatched(pulse, briefly=True) or condition_of(pulse.status, briefly=True)


def _about(accounts: Sequence[Watched], chosen: int | None) -> Text:
    if len(accounts) == 1:
        return Text()
    one = next((one for one in accounts if one.account == chosen), None)
    if one is None:
        return Text("\n\nCommands such as /sessions are about all of them.")
    always = "Alerts come from all. /lock and /killcodes are about all."
    return Text("\n\nCommands such as /sessions are about ", named(one.name), f". {always}")


def _choice(one: Watched, chosen: int | None) -> InlineKeyboardButton:
    name = cleaned(one.name, most=BUTTON_NAME_MOST) or str(one.account)
    return button(_marked(f"{ISOLATE}{name}{END_ISOLATE}", one.account == chosen), ChooseAccount(account=one.account))


def _marked(text: str, is_chosen: bool) -> str:
    return f"✅ {text}" if is_chosen else text


def _in_pairs(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
