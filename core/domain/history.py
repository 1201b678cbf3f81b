"""An account's history: what an entry is, and how entries are picked from it. It is written in `chronicle`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.account_state import AccountChange
from core.domain.endings import Ending
from core.domain.sessions import Session, check_aware


class Kind(StrEnum):
    """What an entry tells of."""

    BASELINE = "baseline"  # was inside when Doorman came, or when it had lost its memory
    LOGIN = "login"  # of Doorman's own too, when it had to log in anew
    COMPLETED = "completed"  # the 2FA password was entered: it has access from now on
    CONFIRMED = "confirmed"  # at Telegram: for `by`, or for nobody that Doorman knows of
    INACTIVE = "inactive"
    BACK = "back"
    MOVED = "moved"
    UPDATED = "updated"
    SETTINGS = "settings"
    ALTERED = "altered"  # another device, platform or app, under the same session
    TRUSTED = "trusted"
    DISTRUSTED = "distrusted"
    LABELLED = "labelled"
    ENDED = "ended"
    CODE = "code"
    CODES_KILLED = "codes killed"  # those that came until then, for `by`
    TTL = "ttl"
    ACCOUNT = "account"  # something that /checkup shows
    GAP = "gap"  # nobody looked for a while
    GUARD_LOST = "guard lost"


#: The note of a code that Doorman made worthless as it came.
KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened. `at` is when Doorman knew; when it came to pass is in the session's own times.

    `session` is as it was after that, `before` as it was until then; None where the whole account is meant.
    `note` is data, not words: "180→7" of a TTL in days, the beginning of a gap in ISO 8601, a label, KILLED. `change`
    is of ACCOUNT; earlier versions wrote it as a note, "login_email a***@x.org→b***@x.org". A code's `at` is when it
    came.
    """

    at: datetime
    kind: Kind
    session: Session | None = None
    before: Session | None = None
    ending: Ending | None = None
    by: int | None = None
    note: str = ""
    change: AccountChange | None = None

    def __post_init__(self) -> None:
        check_aware(self.at)

    def is_about(self, hash_: str) -> bool:
        """Whether it tells of that session."""
        return self.session is not None and self.session.hash == hash_


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are wanted: of one session, of these kinds, since then; all, where nothing is said."""

    hash: str | None = None
    kinds: frozenset[Kind] = frozenset()
    since: datetime | None = None

    def __post_init__(self) -> None:
        check_aware(*([self.since] if self.since else []))

    def accepts(self, entry: Entry) -> bool:
        """Whether it is one of those."""
        return (
            (self.hash is None or entry.is_about(self.hash))
            and (not self.kinds or entry.kind in self.kinds)
            and (self.since is None or entry.at >= self.since)
        )


def matching(entries: Iterable[Entry], wanted: Filter) -> tuple[Entry, ...]:
    """Those that are wanted, in the order given."""
    return tuple(entry for entry in entries if wanted.accepts(entry))


def story_of(entries: Iterable[Entry], hash_: str) -> tuple[Entry, ...]:
    """All that is told of one session, oldest first; entries of one moment stay in the order given."""
    return tuple(sorted(matching(entries, Filter(hash=hash_)), key=lambda entry: entry.at))
