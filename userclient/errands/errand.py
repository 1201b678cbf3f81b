"""What an errand is: one command of an owner's, begun, with all that it takes to carry it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.contract.commands import Request
from core.contract.replies import Outcome, Result
from core.domain.sessions import Roster, Session
from userclient.clock import now
from userclient.codes import Codes
from userclient.deeds import Deeds, Left, seconds_of
from userclient.telegram.guard import Guard
from userclient.trouble import TelegramTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """After a fresh look at the roster. Whoever changes the snapshot holds `deeds.turn`; `left` is asked again there,
    for the look took its time, or what came before in a list.

    `heed` is told of each trouble; one that an errand raises is made a result by whoever called it.
    """

    request: Request
    roster: Roster
    guard: Guard
    deeds: Deeds
    codes: Codes
    left: Left
    heed: Callable[[TelegramTrouble], None]

    @property
    def by(self) -> int:
        """The owner who wants it."""
        return self.request.owner

    async def seconds(self) -> float:
        """How long Telegram may take. Raises TooLateError."""
        return await seconds_of(self.left)

    def result(self, outcome: Outcome = Outcome.DONE, *, session: Session | None = None) -> Result:
        """What came of it, for the session or for the whole account."""
        return Result(hash=session.hash if session else "", outcome=outcome, at=self.now, session=session)

    def gone(self, hash_: str) -> Result:
        """The session is not listed any more."""
        return Result(hash=hash_, outcome=Outcome.ALREADY_GONE, at=self.now)

    def failed(self, hash_: str, trouble: TelegramTrouble) -> Result:
        """Telegram, or the way to it, or the time left did not let it."""
        self.heed(trouble)
        session = self.roster.find(hash_)
        return Result(hash=hash_, outcome=Outcome.FAILED, at=self.now, session=session, error=str(trouble))

    @property
    def now(self) -> datetime:
        """The worker's clock."""
        return now()
