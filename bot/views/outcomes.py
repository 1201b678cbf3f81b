"""What came of a press: on the message that was pressed where that settles it, else in a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views.alerts import login_alert
from bot.views.answers import NOT_TOLD, NOTHING_ENDED, NOTHING_NOTED, confirm_result, end_result, trust_result
from bot.views.buttons import Origin
from bot.views.card import card
from bot.views.ending_all import report
from bot.views.screen import Screen
from bot.views.wording import device_of
from core.contract.commands import Outcome, Result
from core.contract.events import SessionAppeared
from core.domain.sessions import Session
from core.domain.standing import Deed, Trust

LEFT_UNDONE = {
    Deed.END: NOTHING_ENDED,
    Deed.END_OTHERS: NOTHING_ENDED,
    Deed.CONFIRM: NOT_TOLD,
    Deed.TRUST: NOTHING_NOTED,
    Deed.DISTRUST: NOTHING_NOTED,
}
JUDGING = frozenset({Deed.TRUST, Deed.DISTRUST})
SETTLED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING})


def outcome_line(press: Press, result: Result) -> str:
    """What came of it for one session."""
    match press.deed:
        case Deed.END | Deed.END_OTHERS:
            return end_result(result, viewer=press.owner)
        case Deed.CONFIRM:
            return confirm_result(result, viewer=press.owner)
        case Deed.TRUST:
            return trust_result(result, trusted=True)
        case Deed.DISTRUST:
            return trust_result(result, trusted=False)


def outcome_screen(press: Press, results: Sequence[Result], *, account_name: str) -> Screen | None:
    """The pressed message, once more, with what came of it; None where a line must do: it is not settled, or the
    session is not known any more.
    """
    if press.deed is Deed.END_OTHERS:
        return report(press.account, results, press.sessions, account_name=account_name, viewer=press.owner)
    result = results[0]
    session = result.session or press.session(result.hash)
    if result.outcome not in SETTLED or session is None:
        return None
    line = outcome_line(press, result)
    if press.deed in JUDGING and result.outcome is Outcome.DONE:
        trust = Trust(hash=result.hash, at=result.at, by=press.owner) if press.deed is Deed.TRUST else None
        known = replace(session, unconfirmed=session.unconfirmed and trust is None)
        return card(press.account, known, trust=trust, viewer=press.owner, now=result.at)
    if press.origin is not Origin.ALERT:
        return card(press.account, session, trust=None, viewer=press.owner, now=result.at, outcome=line)
    appeared = SessionAppeared(account=press.account, at=result.at, session=session)
    was_ended = press.deed is Deed.END and result.ended_by is not None
    return login_alert(appeared, account_name=account_name, outcome=line, was_ended=was_ended)


def left_undone(press: Press) -> str:
    """What did not happen when the worker could not begin."""
    return LEFT_UNDONE[press.deed]


def line_screen(press: Press, line: str, *, session: Session | None = None) -> Screen:
    """A line in a message of its own: whom it is about comes first, as far as that is known."""
    first = session or next(iter(press.sessions), None)
    if first is None:
        return Screen(text=Text(line))
    others = len(press.hashes) - 1
    more = f" and {others} more" if others else ""
    return Screen(text=Text(device_of(first), f"{more}\n{line}"))
