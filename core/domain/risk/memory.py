"""The past out of the history that is kept: entry by entry as things happen, or all at once after a start."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.history import KILLED, Entry, Kind
from core.domain.risk.past import Past
from core.domain.sessions import Session


def remembered(past: Past, entry: Entry) -> Past:
    """With one more thing that happened.

    A login is doubted until an owner answers for it. That Telegram holds it for confirmed is no answer: anybody who is
    logged in can confirm it, an intruder too. By a code that was killed nobody has come in.
    """
    for session in (entry.before, entry.session):
        past = past.with_session(session) if session else past
    match entry:
        case Entry(kind=Kind.CODE, note=note):
            return past if note == KILLED else past.with_code(entry.at)
        case Entry(kind=Kind.CODES_KILLED):
            return past.without_codes(until=entry.at)
        case Entry(kind=Kind.LOGIN, session=Session(current=False) as session):
            return past.doubting(session.hash)
        case Entry(kind=Kind.CONFIRMED | Kind.TRUSTED, session=Session() as session, by=int()):
            return past.believing(session.hash)
        case _:
            return past


def recalled(entries: Iterable[Entry]) -> Past:
    """All of it, whatever the order in which it is given."""
    past = Past()
    for entry in sorted(entries, key=lambda entry: entry.at):
        past = remembered(past, entry)
    return past
