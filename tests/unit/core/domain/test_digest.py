"""The weekly digest: who is inside, what happened in that week and no other, what waits for an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.digest import digest_of
from core.domain.history import Entry, Kind
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import NOW, OWNER, guard_session, roster, session

DAY = timedelta(days=1)
WEEK_AGO = NOW - 7 * DAY


def entry(kind: Kind, *, ago: timedelta = DAY) -> Entry:
    return Entry(at=NOW - ago, kind=kind, session=session("1"))


def test_who_is_inside_is_counted_without_the_guard() -> None:
    inside = roster(
        session("1", active_at=NOW),
        session("2", active_at=NOW - 8 * DAY),
        session("3", active_at=NOW - 9 * DAY),
        session("4", password_pending=True),
    )
    standings = Standings(trusted=(Trust(hash="1", at=NOW, by=OWNER), Trust(hash="99", at=NOW, by=OWNER)))
    digest = digest_of([], inside, standings, since=WEEK_AGO, now=NOW)
    assert (digest.active, digest.inactive, digest.pending, digest.trusted) == (1, 2, 1, 1)
    assert digest.is_quiet


def test_what_happened_is_sorted_by_what_it_is() -> None:
    entries = {kind: entry(kind) for kind in Kind}
    digest = digest_of(entries.values(), roster(), Standings(), since=WEEK_AGO, now=NOW)
    assert digest.logins == (entries[Kind.LOGIN],)
    assert digest.ends == (entries[Kind.ENDED],)
    assert digest.moves == (entries[Kind.MOVED],)
    assert digest.gaps == (entries[Kind.GAP],)
    assert digest.codes == 1
    assert {e.kind for e in digest.changes} == {Kind.ALTERED, Kind.SETTINGS, Kind.TTL, Kind.ACCOUNT, Kind.GUARD_LOST}


def test_the_guards_own_comings_and_goings_are_no_news_but_its_loss_is() -> None:
    entries = [replace(entry(kind), session=guard_session()) for kind in (Kind.LOGIN, Kind.MOVED, Kind.GUARD_LOST)]
    digest = digest_of(entries, roster(), Standings(), since=WEEK_AGO, now=NOW)
    assert (digest.logins, digest.moves) == ((), ())
    assert [each.kind for each in digest.changes] == [Kind.GUARD_LOST]


def test_each_part_tells_the_newest_first() -> None:
    first, second = entry(Kind.LOGIN, ago=3 * DAY), entry(Kind.LOGIN, ago=2 * DAY)
    digest = digest_of([second, first], roster(), Standings(), since=WEEK_AGO, now=NOW)
    assert digest.logins == (second, first)


@pytest.mark.parametrize("ago", [timedelta(), DAY, 7 * DAY, 8 * DAY, 14 * DAY])
def test_an_entry_is_told_in_one_week_alone(ago: timedelta) -> None:
    weeks = [NOW - 21 * DAY + n * 7 * DAY for n in range(5)]
    told = [
        digest_of([entry(Kind.LOGIN, ago=ago)], roster(), Standings(), since=since, now=since + 7 * DAY).logins
        for since in weeks
    ]
    assert sum(map(len, told)) == 1


def test_a_login_waits_for_its_answer_though_it_came_long_ago() -> None:
    waiting = session("1", created_at=NOW - 90 * DAY)
    standings = Standings(unanswered=tuple(Unanswered(hash=hash_, since=NOW - 90 * DAY) for hash_ in ("1", "2")))
    digest = digest_of([], roster(waiting), standings, since=WEEK_AGO, now=NOW)
    assert digest.unanswered == (waiting,)
    assert not digest.is_quiet


@pytest.mark.parametrize("kind", [Kind.LOGIN, Kind.ENDED, Kind.MOVED, Kind.CODE, Kind.TTL, Kind.GAP])
def test_a_week_in_which_anything_happened_is_not_quiet(kind: Kind) -> None:
    assert not digest_of([entry(kind)], roster(), Standings(), since=WEEK_AGO, now=NOW).is_quiet


def test_what_is_worth_an_entry_is_not_always_worth_a_word_in_the_digest() -> None:
    digest = digest_of([entry(Kind.UPDATED)], roster(), Standings(), since=WEEK_AGO, now=NOW)
    assert digest.is_quiet


def test_a_time_without_a_zone_is_refused() -> None:
    digest = digest_of([], roster(), Standings(), since=WEEK_AGO, now=NOW)
    with pytest.raises(ValueError, match="without a zone"):
        replace(digest, since=WEEK_AGO.replace(tzinfo=None))
