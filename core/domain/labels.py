"""The owner's own names for sessions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.domain.sessions import Session, check_aware, check_hash

LABEL_MOST = 40
#: Labels of sessions that are gone are kept so many, to be offered to the same device when it logs in again.
FORMER_MOST = 50


def check_label(label: str) -> str:
    """Raises ValueError for one that is too long, or that has lines."""
    if len(label) > LABEL_MOST or not label.isprintable():
        raise ValueError(f"not one line of {LABEL_MOST} characters at most")
    return label


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An owner's name for one session."""

    hash: str
    text: str
    by: int
    at: datetime

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_label(self.text)
        check_aware(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A session that is gone, and what it was called."""

    session: Session
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """All of an account; `former` are those of sessions that are gone, oldest first."""

    given: tuple[Label, ...] = ()
    former: tuple[Former, ...] = ()

    def of(self, hash_: str) -> str:
        """What a session is called; "" if it has no label."""
        return next((label.text for label in self.given if label.hash == hash_), "")

    def by_hash(self) -> dict[str, str]:
        """All that are given."""
        return {label.hash: label.text for label in self.given}

    def giving(self, label: Label) -> Labels:
        """With this one, in place of the session's former one; an empty one takes that away."""
        others = tuple(each for each in self.given if each.hash != label.hash)
        return replace(self, given=(*others, label) if label.text else others)

    def after(self, *, gone: tuple[Session, ...]) -> Labels:
        """Without the sessions that are gone; what they were called is kept."""
        hashes = {session.hash for session in gone}
        former = tuple(Former(session=s, text=text) for s in gone if (text := self.of(s.hash)))
        return Labels(
            given=tuple(label for label in self.given if label.hash not in hashes),
            former=(*self.former, *former)[-FORMER_MOST:],
        )
