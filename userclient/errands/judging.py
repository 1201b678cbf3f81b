"""What an owner says of a session: that its login was theirs, that they trust it, or no more."""

from __future__ import annotations

from core.contract.commands import ConfirmLogin, DistrustSession, Outcome, Result, TrustSession
from userclient.errands.errand import Errand


async def judge(command: ConfirmLogin | TrustSession | DistrustSession, errand: Errand) -> tuple[Result, ...]:
    """Note it. Raises UnknownHashError."""
    session = errand.roster.find(command.hash)
    if session is None:
        return (errand.gone(command.hash),)
    standings = await errand.deeds.standings()
    trust = standings.trust_in(command.hash)
    match command:
        case ConfirmLogin() if not session.unconfirmed and not standings.is_unanswered(command.hash):
            return (errand.result(Outcome.NOT_PENDING, session=session),)
        case ConfirmLogin():
            await errand.deeds.confirm(session, by=errand.by, left=errand.left)
        case TrustSession() if trust and trust.by == errand.by and not session.unconfirmed:
            return (Result(hash=command.hash, outcome=Outcome.DONE, at=trust.at, session=session),)
        case TrustSession():
            await errand.deeds.trust(session, by=errand.by, left=errand.left)
        case DistrustSession() if trust:
            await errand.deeds.distrust(session, by=errand.by, left=errand.left)
    return (errand.result(session=session),)
