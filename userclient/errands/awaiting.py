"""Endings that Telegram does not allow yet: noted for as soon as it does, and called off."""

from __future__ import annotations

from core.contract.commands import CallOffEnding, EndSession, EndWhenAllowed
from core.contract.replies import Outcome, Result
from core.contract.session_events import EndingAwaited
from core.domain.awaited import Wanted, may_end_from
from userclient.deeds import dropped
from userclient.errands import ending
from userclient.errands.errand import Errand


async def end_when_allowed(command: EndWhenAllowed, errand: Errand) -> tuple[Result, ...]:
    """Note it; where there is nothing to wait for, end it. Raises TooLateError."""
    session, allowed_from = errand.roster.find(command.hash), may_end_from(errand.roster)
    if session is None or session.current or allowed_from is None or allowed_from <= errand.now:
        [result] = await ending.end(EndSession(hash=command.hash), errand)
        if result.outcome is not Outcome.NOT_ALLOWED_YET:  # Telegram's clock may differ from ours
            return (result,)
    async with errand.deeds.turn:
        await errand.seconds()
        before, at = await errand.deeds.before(), errand.now
        session = before.roster.find(command.hash)  # it may have been ended since the look, in the turn before this
        if session is None:
            return (await ending.gone(command.hash, errand),)
        since = allowed_from or at
        if before.standings.awaited(command.hash) is None:
            wanted = Wanted(hash=command.hash, by=errand.by, asked_at=at, allowed_from=since)
            account, by = before.roster.account, errand.by
            event = EndingAwaited(account=account, at=at, session=session, by=by, allowed_from=since)
            await errand.deeds.write(before, event, standings=before.standings.awaiting(wanted))
    return (Result(hash=command.hash, outcome=Outcome.DONE, at=at, session=session, allowed_from=since),)


async def call_off(command: CallOffEnding, errand: Errand) -> tuple[Result, ...]:
    """Note that it stays. Raises TooLateError."""
    async with errand.deeds.turn:
        await errand.seconds()
        before, at = await errand.deeds.before(), errand.now
        session = before.roster.find(command.hash)  # it may have been ended since the look, in the turn before this
        if session is None:
            return (await ending.gone(command.hash, errand),)
        if before.standings.awaited(command.hash) is None:
            return (errand.result(Outcome.NOT_PENDING, session=session),)
        events = dropped(before, session, by=errand.by, at=at)
        await errand.deeds.write(before, *events, standings=before.standings.called_off(command.hash))
    return (errand.result(session=session),)
