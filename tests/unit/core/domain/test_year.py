"""A year of one account, looked at by a guard: what its history tells is what was so, or says that it is unknown."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from core.domain.changes import compare
from core.domain.digest import digest_of
from core.domain.endings import AWAY, Why
from core.domain.history import Entry, Filter, Kind, matching, story_of
from core.domain.lifecycle import INACTIVE_AFTER, State, state_of
from core.domain.recognition import recognised
from core.domain.sessions import Session
from core.domain.standing import Standings
from core.domain.timeline import marks_of, spans_of
from tests.domain_values import OWNER
from tests.year import BREAK_IN, END, HOLIDAY, HOUR, OUTAGE, START, TRIPS, TTL_CUT, Fact, a_year, history_of, on

SEEDS = (1, 2, 20)  # in the last, a reset ends a session that was about to run out
POLL = timedelta(minutes=55)  # the looks of a year are no further apart, while the guard looks
WEEK = timedelta(days=7)

pytestmark = pytest.mark.parametrize("seed", SEEDS)


def facts(seed: int, kind: Kind) -> list[Fact]:
    """Of sessions that a look saw: nobody can tell of the others."""
    seen = sessions_seen(seed)
    return [fact for fact in a_year(seed).facts if fact.kind is kind and (not fact.hash or fact.hash in seen)]


def told(seed: int, kind: Kind) -> list[Entry]:
    return list(matching(history_of(seed), Filter(kinds=frozenset({kind}))))


def sessions_seen(seed: int) -> dict[str, Session]:
    """Each as it was last listed, by hash, the guard's own apart."""
    return {s.hash: s for roster in a_year(seed).rosters for s in roster.sessions if not s.current}


def is_unwatched(seed: int, moment: datetime) -> bool:
    looks = [roster.taken_at for roster in a_year(seed).rosters]
    return any(one < moment <= following and following - one > AWAY for one, following in pairwise(looks))


def test_the_same_seed_gives_the_same_year(seed: int) -> None:
    once = a_year.__wrapped__(seed)
    assert once == a_year(seed)
    assert once.facts != a_year(seed + 1).facts


def test_it_is_a_whole_year_of_looks(seed: int) -> None:
    looks = [roster.taken_at for roster in a_year(seed).rosters]
    assert (looks[0], looks[-1]) == (START, END)
    assert all(one <= following for one, following in pairwise(looks))
    assert {fact.why for fact in facts(seed, Kind.ENDED)} == set(Why) - {Why.UNKNOWN, Why.ACCOUNT_TROUBLE}


def test_every_ending_is_told_once_and_for_its_true_reason(seed: int) -> None:
    entries = told(seed, Kind.ENDED)
    ends = {fact.hash: fact for fact in facts(seed, Kind.ENDED)}
    assert Counter(e.session.hash for e in entries) == Counter(ends.keys())
    for entry in entries:
        truth = ends[entry.session.hash]
        assert entry.by == truth.by
        assert truth.at <= entry.at
        if entry.ending.why is Why.UNKNOWN:
            nearly_ran_out = entry.ending.idle > timedelta(days=entry.ending.ttl_days - 1)
            assert is_unwatched(seed, truth.at) or (truth.why is Why.RESET_OF_OTHERS and nearly_ran_out)
        else:
            assert entry.ending.why is truth.why


def test_what_ran_out_while_nobody_looked_may_have_been_used_and_logged_out(seed: int) -> None:
    unknown = [entry for entry in told(seed, Kind.ENDED) if entry.ending.why is Why.UNKNOWN]
    forgotten = [entry for entry in unknown if on(OUTAGE[0]) < entry.at < on(OUTAGE[1] + 1)]
    assert len(forgotten) == 1
    assert forgotten[0].ending.apart > timedelta(days=6)


def test_a_reset_names_the_one_that_stayed(seed: int) -> None:
    resets = [e for e in told(seed, Kind.ENDED) if e.ending.why is Why.RESET_OF_OTHERS]
    intruder = next(f.hash for f in facts(seed, Kind.ENDED) if f.by == OWNER and f.at > on(BREAK_IN))
    thrown_out = [entry.ending for entry in resets if not entry.ending.guard_stayed]
    assert len(thrown_out) >= 2
    assert {ending.survivor for ending in thrown_out} == {intruder}
    assert all(ending.youngest_stayed for ending in thrown_out)
    by_the_guards_key = [entry.ending for entry in resets if entry.ending.guard_stayed]
    assert len(by_the_guards_key) >= 2
    assert {(ending.stayed, ending.survivor) for ending in by_the_guards_key} == {(0, None)}


def test_a_lower_limit_ends_at_once_what_had_rested_longer(seed: int) -> None:
    (ttl,) = told(seed, Kind.TTL)
    assert ttl.note == "180→30"
    gone = [entry for entry in told(seed, Kind.ENDED) if entry.at == ttl.at]
    assert gone
    assert {entry.ending.why for entry in gone} == {Why.RAN_OUT}
    assert ttl.at - on(TTL_CUT) <= POLL


def test_every_login_is_told_once_and_at_once(seed: int) -> None:
    logins = {entry.session.hash: entry for entry in told(seed, Kind.LOGIN) if not entry.session.current}
    assert set(logins) == {fact.hash for fact in facts(seed, Kind.LOGIN)}
    for fact in facts(seed, Kind.LOGIN):
        assert logins[fact.hash].at - fact.at <= (timedelta(days=7) if is_unwatched(seed, fact.at) else POLL)


@pytest.mark.parametrize("kind", [Kind.COMPLETED, Kind.CONFIRMED, Kind.UPDATED, Kind.SETTINGS])
def test_what_altered_is_told_as_often_as_it_did(seed: int, kind: Kind) -> None:
    truth, entries = Counter(f.hash for f in facts(seed, kind)), Counter(e.session.hash for e in told(seed, kind))
    assert truth
    assert entries <= truth
    assert (truth - entries).total() == sum(is_unwatched(seed, fact.at) for fact in facts(seed, kind))


def test_nothing_is_said_of_a_device_to_have_altered(seed: int) -> None:
    assert told(seed, Kind.ALTERED) == []


def test_the_gaps_are_the_outage_and_the_time_without_a_guard(seed: int) -> None:
    outage, lost = told(seed, Kind.GAP)
    assert abs(datetime.fromisoformat(outage.note) - on(OUTAGE[0])) <= POLL
    assert abs(lost.at - (on(BREAK_IN) + 36 * HOUR)) <= POLL
    (anew,) = [entry for entry in told(seed, Kind.LOGIN) if entry.session.current]
    assert anew.at == lost.at


def test_each_trip_is_there_and_back_again(seed: int) -> None:
    moves = [e for e in told(seed, Kind.MOVED) if e.session.hash == "1001"]
    borders = [(e.before.country, e.session.country) for e in moves if e.before.country != e.session.country]
    there_and_back = [pair for *_, country, _ in TRIPS for pair in [("Sweden", country), (country, "Sweden")]]
    assert borders == there_and_back


def test_a_year_fits_into_a_small_store(seed: int) -> None:
    assert len(told(seed, Kind.MOVED)) < 250
    assert len(history_of(seed)) < 500


def test_entries_are_in_the_order_in_which_they_became_known(seed: int) -> None:
    moments = [entry.at for entry in history_of(seed)]
    assert moments == sorted(moments)


def test_inactive_and_back_take_turns(seed: int) -> None:
    for hash_ in sessions_seen(seed):
        turns = [e.kind for e in story_of(history_of(seed), hash_) if e.kind in {Kind.INACTIVE, Kind.BACK}]
        assert turns == [Kind.INACTIVE, Kind.BACK] * (len(turns) // 2) + [Kind.INACTIVE] * (len(turns) % 2)


def test_the_laptop_rests_while_its_owner_is_away_without_it(seed: int) -> None:
    laptop = next(fact.hash for fact in facts(seed, Kind.LOGIN) if on(21) < fact.at < on(21.3))
    rests = [s for s in spans_of(history_of(seed), laptop, until=END) if s.state is State.INACTIVE]
    away = sorted([HOLIDAY, *((start, end) for start, end, *_ in TRIPS)])
    for rest, (start, end) in zip(rests, away, strict=True):
        weekend = timedelta(days=3)
        assert abs(rest.start - (on(start) + INACTIVE_AFTER)) <= weekend
        assert abs(rest.end - on(end)) <= weekend


def test_bars_run_from_creation_to_end_without_gap_or_overlap(seed: int) -> None:
    ends = {entry.session.hash: entry.at for entry in told(seed, Kind.ENDED)}
    for hash_, session in sessions_seen(seed).items():
        spans = spans_of(history_of(seed), hash_, until=END + HOUR)
        assert spans[0].start == session.created_at
        assert all(one.end == following.start for one, following in pairwise(spans))
        assert all(one.state is not following.state for one, following in pairwise(spans))
        assert spans[-1].end == ends.get(hash_)


def test_bars_agree_with_every_look(seed: int) -> None:
    spans = {hash_: spans_of(history_of(seed), hash_, until=END + HOUR) for hash_ in sessions_seen(seed)}
    for roster in a_year(seed).rosters[::50]:
        now = roster.taken_at
        for session in roster.sessions[1:]:
            (span,) = [s for s in spans[session.hash] if s.start <= now and (s.end is None or now < s.end)]
            assert span.state is state_of(session, now=now)


def test_marks_lie_on_their_bars(seed: int) -> None:
    for hash_ in sessions_seen(seed):
        spans = spans_of(history_of(seed), hash_, until=END + HOUR)
        for mark in marks_of(history_of(seed), hash_, until=END):
            assert spans[0].start <= mark.at
            assert spans[-1].end is None or mark.at <= spans[-1].end


def test_a_quarters_bars_are_the_years_cut(seed: int) -> None:
    since = END - timedelta(days=90)
    for hash_ in sessions_seen(seed):
        whole = spans_of(history_of(seed), hash_, until=END)
        cut = spans_of(history_of(seed), hash_, since=since, until=END)
        reaching = [span for span in whole if span.end is None or span.end > since]
        assert [(s.state, max(s.start, since), s.end) for s in reaching] == [(s.state, s.start, s.end) for s in cut]


def test_a_phone_that_logs_in_anew_is_recognised_and_a_browser_is_not(seed: int) -> None:
    labelled = [(sessions_seen(seed)["1001"], "my phone")]
    offered = {e.session.device_model for e in told(seed, Kind.LOGIN) if recognised(e.session, labelled)}
    assert offered == {"Pixel 9"}


def test_the_weeks_digests_tell_the_year_once(seed: int) -> None:
    year, history = a_year(seed), history_of(seed)
    counted: Counter[str] = Counter()
    since = START
    while since <= END:
        until = since + WEEK
        roster = [r for r in year.rosters if r.taken_at < until][-1]
        digest = digest_of(history, roster, Standings(), since=since, now=until)
        assert digest.active + digest.inactive + digest.pending == len(roster.hashes())
        counted.update(logins=len(digest.logins), ends=len(digest.ends), moves=len(digest.moves))
        since = until
    kinds = Counter(entry.kind for entry in history if not (entry.session and entry.session.current))
    assert counted == {"logins": kinds[Kind.LOGIN], "ends": kinds[Kind.ENDED], "moves": kinds[Kind.MOVED]}


def test_who_is_inside_at_the_end_is_who_came_and_did_not_end(seed: int) -> None:
    came = {e.session.hash for kind in (Kind.BASELINE, Kind.LOGIN) for e in told(seed, kind) if not e.session.current}
    went = {entry.session.hash for entry in told(seed, Kind.ENDED)}
    assert came - went == a_year(seed).rosters[-1].hashes()


def test_a_look_at_which_nothing_happened_makes_no_entry(seed: int) -> None:
    known = {entry.at for entry in history_of(seed)}
    quiet = [(b, a) for b, a in pairwise(a_year(seed).rosters) if a.taken_at not in known]
    assert len(quiet) > 10_000
    assert sum(bool(compare(before, after)) for before, after in quiet) > 1_000  # activity alone
