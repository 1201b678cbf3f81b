"""What is remembered of the past: after a start from the history, then kept up with what is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.domain.history import Entry, Kind
from core.domain.moves import FAMILIAR_FOR
from tests.domain_values import NOW, OWNER, moments, roster, session, sessions
from userclient.recollection import Recollection

PHONE, LOGIN = session("1"), session("7")
MOVED = replace(PHONE, ip="203.0.113.8")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def move(after: timedelta) -> Entry:
    return Entry(at=NOW + after, kind=Kind.MOVED, session=MOVED, before=PHONE)


def familiar(known: Recollection) -> set[str]:
    return {each.key for each in known.past.familiar()}


def test_of_no_history_nothing_is_remembered() -> None:
    known = Recollection([])
    assert (known.past.known, known.past.codes, known.past.roster, known.moves) == ((), (), None, ())


def test_what_was_written_before_a_start_is_remembered() -> None:
    known = Recollection(
        [
            Entry(at=NOW, kind=Kind.BASELINE, session=PHONE),
            Entry(at=NOW, kind=Kind.LOGIN, session=LOGIN),
            Entry(at=NOW, kind=Kind.CODE),
        ]
    )
    assert familiar(known) == {"1"}
    assert known.past.doubted == {"7"}
    assert known.past.codes == (NOW,)


def test_what_is_written_later_is_remembered_too() -> None:
    known = Recollection([Entry(at=NOW, kind=Kind.BASELINE, session=PHONE)])
    known.add([Entry(at=NOW, kind=Kind.LOGIN, session=LOGIN)], roster=roster(PHONE, LOGIN))
    assert familiar(known) == {"1"}
    known.add([Entry(at=NOW + MINUTE, kind=Kind.CONFIRMED, session=LOGIN, by=OWNER)], roster=roster(PHONE, LOGIN))
    assert familiar(known) == {"1", "7"}


def test_the_last_roster_is_known_and_stays_when_none_was_written() -> None:
    known = Recollection([])
    known.add([], roster=roster(PHONE))
    known.add([Entry(at=NOW, kind=Kind.CODE)], roster=None)
    assert known.past.roster == roster(PHONE)
    assert familiar(known) == {"1"}


def test_moves_are_remembered_for_a_week() -> None:
    known = Recollection([move(timedelta()), Entry(at=NOW, kind=Kind.CODE), move(DAY)])
    assert known.moves == (move(timedelta()), move(DAY))
    known.add([move(FAMILIAR_FOR)], roster=None)
    assert known.moves == (move(DAY), move(FAMILIAR_FOR))
    known.add([Entry(at=NOW + 99 * DAY, kind=Kind.CODE)], roster=None)
    assert known.moves == (move(DAY), move(FAMILIAR_FOR))


def test_a_history_of_long_ago_is_cut_to_its_last_week() -> None:
    known = Recollection([move(timedelta(days=days)) for days in range(30)])
    assert len(known.moves) == FAMILIAR_FOR.days


entries = st.builds(
    Entry,
    at=moments,
    kind=st.sampled_from(Kind),
    session=st.none() | sessions(),
    by=st.none() | st.just(OWNER),
)


@given(st.lists(entries, max_size=8, unique_by=lambda entry: entry.at), st.integers(0, 8))
def test_a_restart_in_the_middle_forgets_nothing(history: list[Entry], at: int) -> None:
    history.sort(key=lambda entry: entry.at)
    through, restarted = Recollection([]), Recollection(history[:at])
    for entry in history:
        through.add([entry], roster=None)
    restarted.add(history[at:], roster=None)
    assert (restarted.past, restarted.moves) == (through.past, through.moves)
