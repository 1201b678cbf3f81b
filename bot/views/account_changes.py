"""What the account's safety hangs on is another: each change in words, how loud it is, and what to do at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.alerts import CallOffReset, CutBot, CutWebsite
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.keyboards import list_apart
from bot.views.doers import ANOTHER, did_that
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, cleaned, moment, named
from core.contract.account_events import AccountAltered
from core.domain.account_state import LISTED, AccountChange
from core.domain.risk.assessment import Level

PRIVACY = "Telegram → Settings → Privacy and Security"
TWO_STEP = f"{PRIVACY} → Two-Step Verification"
NOT_YOU = "If it was not you, look who is logged in, end what you don't know, and change the 2FA password."
BUTTONS_MOST = 4
BUTTON_NAME_MOST = 24
CHANGES_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One change: its headline, what it means and what to do."""

    head: str
    body: Text
    level: Level = Level.NOTICE


def loudness(changes: tuple[AccountChange, ...]) -> Level:
    """That of the loudest."""
    return max((said.level for said in map(_said, changes)), default=Level.QUIET)


def account_altered(event: AccountAltered, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """One message for all that changed at once, the loudest first; with a button for what can be undone here.

    What an owner had Doorman do is for those who did not.
    """
    first, *others = sorted(map(_said, event.changes[:CHANGES_MOST]), key=lambda said: -said.level) or [NOTHING]
    mark = {Level.ALARM: "🚨 ", Level.NOTICE: "⚠️ ", Level.QUIET: ""}[first.level]
    left = len(event.changes) - CHANGES_MOST
    advice = _advice(event, first.level, doer)
    text = Text(
        Bold(f"{mark}{first.head}: "),
        named(account_name),
        "\n\n",
        first.body,
        *(Text("\n\n", Bold(f"{said.head}. "), said.body) for said in others),
        f"\n\nAnd {left} more." if left > 0 else "",
        f"\n\n{advice}" if advice else "",
    )
    return Screen(text=text, keyboard=keyboard(*([each] for each in _buttons(event)), [list_apart(event.account)]))


def _advice(event: AccountAltered, level: Level, doer: str) -> str:
    if event.by is not None:
        return did_that(doer, event.at)
    return NOT_YOU if level > Level.QUIET else ""


def _buttons(event: AccountAltered) -> list[InlineKeyboardButton]:
    """What undoes these changes, as far as the state now still has them."""
    account, state = event.account, event.state
    found: list[InlineKeyboardButton] = []
    new = {(change.what, change.after) for change in event.changes if change.what in LISTED and change.is_addition}
    if state.reset_at and any(change.what == "reset_at" for change in event.changes):
        found.append(button("🚫 Call it off", CallOffReset(account=account, guide=False)))
    found += [
        cut_button(bot.name, CutBot(account=account, bot=bot.id, guide=False))
        for bot in state.bots or ()
        if ("bots", bot.name) in new
    ]
    found += [
        cut_button(website.domain, CutWebsite(account=account, website=website.hash, guide=False))
        for website in state.websites or ()
        if ("websites", website.domain) in new
    ]
    return found[:BUTTONS_MOST]


def cut_button(name: str, data: CutBot | CutWebsite) -> InlineKeyboardButton:
    """One that disconnects what bears this name."""
    shown = cleaned(name, most=BUTTON_NAME_MOST) or "Unknown"
    return button(f"🚫 Disconnect {ISOLATE}{shown}{END_ISOLATE}", data)


def _said(change: AccountChange) -> Said:
    return WORDS[change.what](change) if change.what in WORDS else _unheard_of(change)


def _unheard_of(change: AccountChange) -> Said:
    body = Text(named(change.before, unknown="none"), " → ", named(change.after, unknown="none"))
    return Said(head="A setting of the account is another", body=body)


def _password(change: AccountChange) -> Said:
    if change.after == "no":
        meaning = f"From now on a login code alone lets anybody in. Switch it on again: {TWO_STEP}."
        return Said(head="Two-step verification was switched off", body=Text(meaning), level=Level.ALARM)
    meaning = "A login needs its password from now on. Somebody who set it without you wants to keep you out."
    return Said(head="Two-step verification was switched on", body=Text(meaning))


def _recovery(change: AccountChange) -> Said:
    if change.after == "yes":
        meaning = f"Whoever reads its mail can reset the 2FA password. See which it is: {TWO_STEP}."
        return Said(head="A recovery e-mail was set", body=Text(meaning))
    meaning = f"A forgotten 2FA password then takes a week to reset. Set one: {TWO_STEP}."
    return Said(head="The recovery e-mail was removed", body=Text(meaning))


def _unconfirmed_email(change: AccountChange) -> Said:
    if change.after:
        body = Text(named(change.after), " is to be the recovery e-mail once its owner enters the code sent there.")
        return Said(head="A recovery e-mail waits to be confirmed", body=body)
    body = Text(named(change.before), " was confirmed, or is wanted no more.")
    return Said(head="No recovery e-mail waits to be confirmed any more", body=body, level=Level.QUIET)


def _login_email(change: AccountChange) -> Said:
    if not change.after:
        body = Text("Login codes go to ", named(change.before), " no more.")
        return Said(head="The login e-mail was removed", body=body)
    before = Text(" (before: ", named(change.before), ")") if change.before else ""
    body = Text("Login codes can now go to ", named(change.after), before, ".")
    return Said(head="The login e-mail is another" if change.before else "A login e-mail was set", body=body)


def _reset(change: AccountChange) -> Said:
    if not change.after:
        body = Text("It was called off, or is done: /checkup says whether there is a password.")
        return Said(head="No reset of the 2FA password is under way any more", body=body)
    body = Text(
        f"Telegram removes the password on {_moment(change.after)} unless this is called off. Somebody who is logged "
        "in and does not know the password asked for it."
    )
    return Said(head="A reset of the 2FA password was asked for", body=body, level=Level.ALARM)


def _ttl(change: AccountChange) -> Said:
    after, before = named(change.after), named(change.before, unknown="unknown")
    body = Text("Telegram deletes the account once nobody has used it for ", after, " days; it was ", before, ".")
    return Said(head="The time after which the unused account is deleted was changed", body=body)


def _website(change: AccountChange) -> Said:
    if change.is_addition:
        body = Text(named(change.after), " knows your name, and may write to you by its bot; it can't read your chats.")
        return Said(head="A website was logged in to with Telegram", body=body)
    return Said(head="A website was disconnected", body=Text(named(change.before), "."), level=Level.QUIET)


def _bot(change: AccountChange) -> Said:
    if change.is_addition:
        body = Text(named(change.after), " reads your chats from now on. Disconnect it unless you set it up yourself.")
        return Said(head="A business bot was connected", body=body)
    body = Text(named(change.before), " reads your chats no more.")
    return Said(head="A business bot was disconnected", body=body, level=Level.QUIET)


def _passkey(change: AccountChange) -> Said:
    where = f"{PRIVACY} → Passkeys"
    if change.is_addition:
        body = Text("Whoever holds ", named(change.after), f" logs in without any code. Remove it there: {where}.")
        return Said(head="A passkey was added", body=body)
    body = Text("Nobody can log in with ", named(change.before), f" any more. If you did not remove it, see {where}.")
    return Said(head="A passkey was removed", body=body, level=Level.QUIET)


def _moment(said: str) -> str:
    try:
        return moment(datetime.fromisoformat(said))
    except ValueError:
        return "a day that is not known"


NOTHING = Said(head="The account was looked at anew", body=Text("Nothing of it is another."), level=Level.QUIET)
WORDS: Mapping[str, Callable[[AccountChange], Said]] = {
    "has_password": _password,
    "has_recovery": _recovery,
    "unconfirmed_email": _unconfirmed_email,
    "login_email": _login_email,
    "reset_at": _reset,
    "account_ttl_days": _ttl,
    "websites": _website,
    "bots": _bot,
    "passkeys": _passkey,
}
