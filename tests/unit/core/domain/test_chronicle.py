"""History is written from two looks: an entry for all that an owner may look up one day, and none for mere activity."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.account_state import AccountChange, How
from core.domain.changes import Altered, Appeared, Ended, compare
from core.domain.chronicle import baseline_of, entries_of, of_account, of_ttl
from core.domain.endings import AWAY, Why, endings_of
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster, Session
from tests.domain_values import NOW, OWNER, guard_session, roster, rosters, session

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
POLL = timedelta(seconds=30)


def written(before: Roster, after: Roster, *, by: dict[str, int] | None = None, **options: object) -> tuple[Entry, ...]:
    endings = endings_of(before, after, by=by)
    now = after.taken_at
    return entries_of(compare(before, after), before=before, after=after, endings=endings, now=now, **options)


def kinds(before: Session, after: Session, **options: object) -> list[Kind]:
    entries = written(roster(before, taken_at=NOW - POLL), roster(after), **options)
    assert all((e.at, e.session, e.before) == (NOW, after, before) for e in entries)
    return [entry.kind for entry in entries]


def test_what_was_inside_when_doorman_came_is_the_beginning() -> None:
    first = roster(session("1"), session("2"))
    assert baseline_of(first) == tuple(Entry(at=NOW, kind=Kind.BASELINE, session=s) for s in first.sessions)


def test_a_login_is_written_down() -> None:
    assert written(roster(), roster(session("1"))) == (Entry(at=NOW, kind=Kind.LOGIN, session=session("1")),)


def test_an_end_is_written_down_with_its_reason_and_who_pressed() -> None:
    (entry,) = written(roster(session("1")), roster(), by={"1": OWNER})
    assert (entry.kind, entry.session, entry.by) == (Kind.ENDED, session("1"), OWNER)
    assert entry.ending is not None
    assert entry.ending.why is Why.BY_DOORMAN


def test_an_end_nobody_looked_into_is_one_all_the_same() -> None:
    before, after = roster(session("1")), roster()
    entries = entries_of(compare(before, after), before=before, after=after, endings={}, now=NOW)
    assert entries == (Entry(at=NOW, kind=Kind.ENDED, session=session("1")),)


@pytest.mark.parametrize(
    ("former", "present", "expected"),
    [
        ({}, {"active_at": NOW}, []),
        ({}, {"ip": "192.0.99.9"}, []),
        ({}, {"region": "Lund"}, []),
        ({}, {"ip": "198.51.100.9"}, [Kind.MOVED]),
        ({}, {"country": "Norway"}, [Kind.MOVED]),
        ({}, {"app_version": "13"}, [Kind.UPDATED]),
        ({}, {"app_version": "13", "system_version": "17"}, [Kind.UPDATED]),
        ({}, {"calls_disabled": True, "secret_chats_disabled": True}, [Kind.SETTINGS]),
        ({}, {"device_model": "another"}, [Kind.ALTERED]),
        ({}, {"platform": "iOS"}, [Kind.ALTERED]),
        ({}, {"api_id": 1, "app_name": "another", "official_app": True}, [Kind.ALTERED]),
        ({}, {"created_at": NOW - 9 * DAY}, [Kind.ALTERED]),
        ({"password_pending": True}, {"password_pending": False}, [Kind.COMPLETED]),
        ({"unconfirmed": True}, {"unconfirmed": False}, [Kind.CONFIRMED]),
        (
            {"unconfirmed": True, "password_pending": True},
            {"api_id": 1, "app_version": "13", "calls_disabled": True, "ip": "198.51.100.9"},
            [Kind.COMPLETED, Kind.CONFIRMED, Kind.ALTERED, Kind.UPDATED, Kind.SETTINGS, Kind.MOVED],
        ),
    ],
)
def test_each_thing_that_alters_has_its_kind(former: dict, present: dict, expected: list[Kind]) -> None:
    assert kinds(session("1", **former), session("1", **present)) == expected


def test_a_move_is_left_out_where_it_is_no_news() -> None:
    before, after = session("1"), session("1", ip="198.51.100.9")
    lately = Entry(at=NOW - POLL, kind=Kind.MOVED, session=before, before=after)
    assert kinds(before, after, moves=iter([lately])) == []


def test_a_session_that_nobody_uses_becomes_inactive_though_nothing_altered() -> None:
    idle = session("1", active_at=NOW - 7 * DAY)
    assert kinds(idle, idle) == [Kind.INACTIVE]
    assert kinds(idle, idle, inactive_after=9 * DAY) == []


def test_one_that_is_used_again_is_back() -> None:
    assert kinds(session("1", active_at=NOW - 30 * DAY), session("1", active_at=NOW)) == [Kind.BACK]


def test_one_that_came_back_and_rests_again_did_both() -> None:
    before, after = session("1", active_at=NOW - 60 * DAY), session("1", active_at=NOW - 10 * DAY)
    entries = written(roster(before, taken_at=NOW - 20 * DAY), roster(after))
    assert [entry.kind for entry in entries] == [Kind.GAP, Kind.BACK, Kind.INACTIVE]


def test_the_guard_never_becomes_inactive() -> None:
    resting = guard_session(active_at=NOW - 7 * DAY)
    before, after = (replace(roster(taken_at=at), sessions=(resting,)) for at in (NOW - POLL, NOW))
    assert written(before, after) == ()


def test_a_new_login_of_the_guard_is_a_login_and_alters_nothing() -> None:
    anew = guard_session(created_at=NOW, ip="203.0.113.9", app_version="13")
    after = replace(roster(), sessions=(anew,))
    assert written(roster(), after) == (Entry(at=NOW, kind=Kind.LOGIN, session=anew, before=guard_session()),)


def test_a_new_limit_is_written_down_in_days() -> None:
    assert written(roster(ttl_days=180), roster(ttl_days=7)) == (Entry(at=NOW, kind=Kind.TTL, note="180→7"),)


def test_what_an_owner_had_done_is_written_down_with_who_it_was() -> None:
    gone = AccountChange(what="bots", before="Helper", how=How.REMOVED)
    assert of_ttl(180, 7, at=NOW, by=OWNER) == Entry(at=NOW, kind=Kind.TTL, note="180→7", by=OWNER)
    assert of_account([gone], at=NOW, by=OWNER) == (Entry(at=NOW, kind=Kind.ACCOUNT, change=gone, by=OWNER),)


@pytest.mark.parametrize(("apart", "gaps"), [(AWAY, 0), (AWAY + SECOND, 1)])
def test_a_time_in_which_nobody_looked_is_a_gap(apart: timedelta, gaps: int) -> None:
    entries = written(roster(taken_at=NOW - apart), roster())
    assert entries == (Entry(at=NOW, kind=Kind.GAP, note=(NOW - apart).isoformat()),) * gaps


few_hashes = st.sampled_from(["1", "2", "-3"])


@given(rosters(hash_=few_hashes), rosters(hash_=few_hashes), st.timedeltas(timedelta(), timedelta(days=30)))
def test_no_login_and_no_end_is_left_out_or_made_up(before: Roster, after: Roster, apart: timedelta) -> None:
    after = replace(after, taken_at=before.taken_at + apart)
    entries, changes = written(before, after), compare(before, after)
    counted = Counter(entry.kind for entry in entries if not (entry.session and entry.session.current))
    assert counted[Kind.LOGIN] == sum(isinstance(change, Appeared) for change in changes)
    assert counted[Kind.ENDED] == sum(isinstance(change, Ended) for change in changes)
    told = {(entry.kind, entry.session.hash) for entry in entries if entry.session}
    assert len(told) == sum(entry.session is not None for entry in entries)
    altered = {c.after.hash for c in changes if isinstance(c, Altered) and c.significant - {"country", "hash"}}
    assert altered <= {hash_ for _, hash_ in told}


@given(rosters())
def test_the_same_again_is_not_worth_an_entry(one: Roster) -> None:
    assert written(one, one) == ()
