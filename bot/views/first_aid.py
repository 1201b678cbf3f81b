"""First aid, after a login was ended that was not its owner's: what else may be open, and how to shut it."""

from __future__ import annotations

from collections.abc import Iterable

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.press import Press
from bot.views.account_changes import TWO_STEP, cut_button
from bot.views.awaiting import offered, waits
from bot.views.buttons.alerts import CallOffReset, CutBot, StopCodes
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.ending import AskEndOthersApart
from bot.views.buttons.keyboards import list_apart, offer_keyboard
from bot.views.screen import Screen
from bot.views.wording import cleaned, device_of, labelled, moment, named
from core.contract.commands import EndSession
from core.contract.replies import Outcome, Result
from core.contract.session_events import SessionEnded
from core.contract.state import Snapshot
from core.domain.account_state import AccountState
from core.domain.sessions import Session
from core.domain.standing import who_can_end

NAMES_MOST = 3


def first_aid(event: SessionEnded, *, account_name: str, state: AccountState | None) -> Screen:
    """To whoever had a new login ended; `state` is the account's as it was last seen, None if it never was."""
    steps = [
        Text("Kill the login codes that came lately: one may still be good."),
        _two_step(event.session, state),
        *_reset(state),
        *_with_access(state),
        Text("If you are not sure of every other session, end all others."),
    ]
    text = Text(
        Bold("First aid: "),
        named(account_name),
        "\n\n",
        device_of(event.session),
        " is out. If that was not you, see that nobody comes back:\n",
        *(Text(f"\n{number}. ", step) for number, step in enumerate(steps, start=1)),
    )
    return Screen(text=text, keyboard=keyboard(*([each] for each in _buttons(event.account, state))))


def instead_of_guard(press: Press, result: Result, known: Snapshot) -> Screen | None:
    """Which device of the owner's can do it, while Doorman's own session is too young to end others, and from when
    Doorman can; None where it is not.
    """
    command = press.command
    if result.outcome is not Outcome.NOT_ALLOWED_YET or not isinstance(command, EndSession):
        return None
    session = result.session or press.session(command.hash)
    if wanted := known.standings.awaited(command.hash):
        return waits(press.account, session, wanted, viewer=press.owner, now=result.at)
    text = Text(_other_device(result, known), offered(result, session))
    return Screen(text=text, keyboard=offer_keyboard(press.account, command.hash, now=result.at))


def _other_device(result: Result, known: Snapshot) -> Text:
    found = who_can_end(known.roster, known.standings, but=result.hash, now=result.at)
    if found is None:
        return Text()
    label = known.labels.of(found.hash)
    device = Text(labelled(label), " (", device_of(found), ")") if cleaned(label) else device_of(found)
    why = "you trust it" if known.standings.trust_in(found.hash) else "it is the oldest that is in use"
    return Text("This device can end it now: ", device, f"; {why}. Open Telegram there → Settings → Devices.\n\n")


def _two_step(session: Session, state: AccountState | None) -> Text:
    if state and state.has_password is False:
        return Text(f"Two-step verification is off: a code alone lets anybody in. Switch it on: {TWO_STEP}.")
    if session.password_pending:
        return Text(
            f"Whoever it was did not know your 2FA password. If you can't rule out that they do, see {TWO_STEP}."
        )
    known = "" if state and state.has_password else "If you have a 2FA password: "
    return Text(f"{known}Change the 2FA password: whoever came in may know it. {TWO_STEP}.")


def _reset(state: AccountState | None) -> Iterable[Text]:
    if state and state.reset_at:
        yield Text(f"⚠️ A reset of the 2FA password is under way, for {moment(state.reset_at)}: call it off.")


def _with_access(state: AccountState | None) -> Iterable[Text]:
    if state and state.bots:
        yield Text(
            "Bots that read your chats: ", _names(bot.name for bot in state.bots), ". Disconnect what isn't yours."
        )
    if state and state.websites:
        yield Text("Websites that you are logged in to: ", _names(w.domain for w in state.websites), " (/checkup).")


def _names(names: Iterable[str]) -> Text:
    listed = list(names)
    shown = [part for name in listed[:NAMES_MOST] for part in (", ", named(name))]
    left = len(listed) - NAMES_MOST
    return Text(*shown[1:], f" and {left} more" if left > 0 else "")


def _buttons(account: int, state: AccountState | None) -> Iterable[InlineKeyboardButton]:
    yield button("🚫 Kill the login codes", StopCodes(account=account, guide=True))
    if state and state.reset_at:
        yield button("🚫 Call the reset off", CallOffReset(account=account, guide=True))
    for bot in (state.bots or ())[:NAMES_MOST] if state else ():
        yield cut_button(bot.name, CutBot(account=account, bot=bot.id, guide=True))
    yield button("🚫 End all others", AskEndOthersApart(account=account))
    yield list_apart(account)
