"""Ending sessions: each just once, and what came of it for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.contract.commands import EndSession, EndSessions
from core.contract.replies import Outcome, Result
from core.domain.sessions import GUARD_HASH, MAY_END_OTHERS_AFTER
from userclient.errands.errand import Errand
from userclient.trouble import NotAllowedYetError, TelegramTrouble, UnknownHashError

#: Telegram, or the way to it, or the time that is left: what fails for one fails for the next.
HOLDS_FOR_ALL = frozenset({Outcome.NOT_ALLOWED_YET, Outcome.FAILED})


async def end(command: EndSession, errand: Errand) -> tuple[Result, ...]:
    """End one session."""
    return (await _end(command.hash, errand),)


async def end_all(command: EndSessions, errand: Errand) -> tuple[Result, ...]:
    """End them one by one; once one can't be, for a reason that holds for all, the rest is not tried."""
    hashes: Sequence[str] = command.hashes
    results: list[Result] = []
    for hash_ in hashes:
        results.append(await _end(hash_, errand))
        if results[-1].outcome in HOLDS_FOR_ALL:
            last = results[-1]
            outcome = Outcome.NOT_DONE if last.outcome is Outcome.FAILED else last.outcome
            untried = hashes[len(results) :]
            results.extend(replace(last, hash=h, session=errand.roster.find(h), outcome=outcome) for h in untried)
            break
    return tuple(results)


async def gone(hash_: str, errand: Errand) -> Result:
    """It is listed no more; where Doorman ended it lately, when and for whom."""
    grave = await errand.deeds.tombstone(hash_)
    at, ended_by = (grave.at, grave.by) if grave and grave.by else (errand.now, None)
    return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=at, ended_by=ended_by)


async def _end(hash_: str, errand: Errand) -> Result:
    guard = errand.roster.guard
    if hash_ == GUARD_HASH or (guard and guard.hash == hash_):
        return Result(hash=hash_, outcome=Outcome.IS_GUARD, at=errand.now)
    session = errand.roster.find(hash_)
    if session is None:
        return await gone(hash_, errand)
    try:
        await errand.deeds.end(session, by=errand.by, left=errand.left)
    except UnknownHashError:
        return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=errand.now, session=session)
    except NotAllowedYetError:
        allowed_from = guard.created_at + MAY_END_OTHERS_AFTER if guard else None
        outcome = Outcome.NOT_ALLOWED_YET
        return Result(hash=hash_, outcome=outcome, at=errand.now, session=session, allowed_from=allowed_from)
    except TelegramTrouble as trouble:  # said for this session alone: those before it in a list did end
        return errand.failed(hash_, trouble)
    return Result(hash=hash_, outcome=Outcome.DONE, at=errand.now, session=session, ended_by=errand.by)
