"""What a worker believes of the snapshot that it finds in Redis, and what it suspects where it does not."""

from __future__ import annotations

from dataclasses import replace

import structlog

from core.contract import keys
from core.contract.codec import MalformedError
from core.contract.mishaps import Tampering
from core.contract.signing import ForgedError, Signer
from core.contract.state import SNAPSHOTS, Snapshot
from core.domain.standing import Standings

log = structlog.get_logger()


class Belief:
    """Of one account. `remembered` is what this process wrote last: one snapshot, or two where nobody knows whether
    the second arrived; what Redis holds is compared with it, for Redis may have come back with less than it was told.
    """

    def __init__(self, account: int, remembered: tuple[Snapshot, ...]) -> None:
        self._account = account
        self._written = remembered
        #: Whether Redis has held one, as far as this process knows.
        self.had_snapshot = bool(remembered)
        #: What shows that the snapshot in Redis is not the last that was written; told with the next one.
        self.suspicion: Tampering | None = None

    @property
    def last(self) -> Snapshot | None:
        """The last snapshot that this process wrote, or may have written, whatever Redis holds."""
        return self._written[-1] if self._written else None

    @property
    def remembered(self) -> tuple[Snapshot, ...]:
        """What the next shift should know."""
        return self._written if self.had_snapshot else ()

    def is_writing(self, known: Snapshot | None, snapshot: Snapshot) -> None:
        """It may arrive or not."""
        self._written = (known, snapshot) if known else (snapshot,)

    def has_written(self, snapshot: Snapshot) -> None:
        """It has arrived."""
        self._written, self.had_snapshot, self.suspicion = (snapshot,), True, None

    def read(self, wrapped: bytes | None, signer: Signer) -> Snapshot | None:
        """What Redis holds; None for nothing, or what can't be read."""
        self.had_snapshot = self.had_snapshot or wrapped is not None
        if wrapped is None:
            return None
        try:
            return self._checked(SNAPSHOTS.load(signer.unwrap(keys.snapshot(self._account), wrapped)))
        except MalformedError as error:
            self.suspicion = Tampering.SNAPSHOT_FORGED if isinstance(error, ForgedError) else None
            log.error("snapshot_unreadable", account=self._account, reason=str(error))  # noqa: TRY400
            return None

    def _checked(self, snapshot: Snapshot) -> Snapshot:
        if snapshot.roster.account != self._account or snapshot.roster.is_torn:
            raise MalformedError("roster: of another account, or torn")
        return snapshot

    def believed(self, stored: Snapshot, *, reports: int) -> Snapshot | None:
        """As much of it as is good, where Redis says that there are so many reports."""
        is_last = stored.reports == reports
        stored = replace(stored, reports=0)  # each writing counts anew
        if self._written and stored not in self._written:
            log.error("snapshot_is_not_the_last", account=self._account)
            return None
        if not is_last:
            log.error("snapshot_is_of_another_time", account=self._account)
            self.suspicion = Tampering.SNAPSHOT_OLD
            # Good to compare with: what came since is told, once more at worst. Not for whom an owner trusted then, nor
            # for what they let Doorman do by itself.
            return replace(stored, standings=Standings(), preferences=stored.preferences.unarmed())
        return stored
