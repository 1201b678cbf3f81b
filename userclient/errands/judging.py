"""What an owner says of a session: that its login was theirs, that they trust it or not, or that they say later."""

from __future__ import annotations

from core.contract.commands import ConfirmLogin, DistrustSession, RemindLater, TrustSession
from core.contract.replies import Outcome, Result
from core.domain.standing import REMINDED_AFTER
from userclient.errands.errand import Errand


async def judge(command: ConfirmLogin | TrustSession | DistrustSession, errand: Errand) -> tuple[Result, ...]:
    """Note it. Raises UnknownHashError."""
    session = errand.roster.find(command.hash)
    if session is None:
        return (errand.gone(command.hash),)
    standings = await errand.deeds.standings()
    trust = standings.trust_in(command.hash)
    is_settled = not session.unconfirmed and standings.awaited(command.hash) is None
    match command:
        case ConfirmLogin() if is_settled and not standings.is_unanswered(command.hash):
            return (errand.result(Outcome.NOT_PENDING, session=session),)
        case ConfirmLogin():
            await errand.deeds.confirm(session, by=errand.by, left=errand.left)
        case TrustSession() if trust and trust.by == errand.by and is_settled:
            return (Result(hash=command.hash, outcome=Outcome.DONE, at=trust.at, session=session),)
        case TrustSession():
            await errand.deeds.trust(session, by=errand.by, left=errand.left)
        case DistrustSession() if trust:
            await errand.deeds.distrust(session, by=errand.by, left=errand.left)
    return (errand.result(session=session),)


async def put_off(command: RemindLater, errand: Errand) -> tuple[Result, ...]:
    """Note it. Raises TooLateError."""
    session = errand.roster.find(command.hash)
    if session is None:
        return (errand.gone(command.hash),)
    async with errand.deeds.turn:
        await errand.seconds()
        before = await errand.deeds.before()
        if not before.standings.is_unanswered(command.hash):
            return (errand.result(Outcome.NOT_PENDING, session=session),)
        result = errand.result(session=session)
        standings = before.standings.put_off(command.hash, until=result.at + REMINDED_AFTER)
        await errand.deeds.write(before, standings=standings)
    return (result,)
