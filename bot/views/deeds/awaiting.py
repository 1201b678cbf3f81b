"""What is said of an ending that Telegram does not allow yet: wanted as soon as it does, or no more."""

from __future__ import annotations

from collections.abc import Sequence

from bot.press import Press
from bot.views import anew
from bot.views.answers import change_result, ended
from bot.views.awaiting import NOT_NOTED, called_off, later_line, stays, waits
from bot.views.buttons.sessions import Origin
from bot.views.deeds.words import DeedWords
from bot.views.screen import Screen
from core.contract.commands import CallOffEnding, EndWhenAllowed
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.awaited import Wanted

NOT_AWAITED = "It is not to be ended: nothing waits."
STILL_WAITS = "It is still to be ended."


def _noted(press: Press, results: Sequence[Result], _account_name: str, snapshot: Snapshot | None) -> Screen | None:
    """As the worker has written it down: another owner may have wanted it before."""
    result, hash_ = results[0], press.hashes[0]
    if result.outcome is not Outcome.DONE or result.ended_by is not None:
        return None
    session = result.session or press.session(hash_)
    mine = Wanted(hash=hash_, by=press.owner, asked_at=result.at, allowed_from=result.allowed_from or result.at)
    wanted = snapshot.standings.awaited(hash_) if snapshot else None
    return waits(press.account, session, wanted or mine, viewer=press.owner, now=result.at)


def _called_off(press: Press, results: Sequence[Result], *_: object) -> Screen | None:
    """On a message that says nothing else; a card is shown as it stands now."""
    result = results[0]
    if result.outcome is not Outcome.DONE or press.origin is not Origin.LIST:
        return None
    return called_off(result.session or press.session(result.hash), result, account=press.account)


def _card(press: Press, result: Result, snapshot: Snapshot | None, _account_name: str) -> Screen | None:
    return anew.changed(press, result, snapshot, remark=stays(result.at))


def _line(_: CallOffEnding, result: Result, viewer: int) -> str:
    if result.ended_by is not None:
        return f"That was too late. {ended(result.at, by=result.ended_by, viewer=viewer)}"
    gone = "This session is gone already." if result.outcome is Outcome.ALREADY_GONE else NOT_AWAITED
    return change_result(result, done="Doorman does not end it", gone=gone, undone=STILL_WAITS)


LATER: DeedWords[EndWhenAllowed] = DeedWords(
    title=lambda _: "End this session as soon as Telegram allows it?",
    line=lambda _, result, viewer: later_line(result, viewer=viewer),
    undone=NOT_NOTED,
    screen=_noted,
)
CALL_OFF: DeedWords[CallOffEnding] = DeedWords(
    title=lambda _: "Don't end this session after all?",
    line=_line,
    undone=STILL_WAITS,
    screen=_called_off,
    anew=_card,
)
