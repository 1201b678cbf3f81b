"""What follows from two looks: what is stored, what is told and how loudly, what is kept as history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.events import Event
from core.contract.session_events import EndingAwaited, LoginUnanswered, SessionAltered, SessionAppeared, SessionEnded
from core.contract.state import Snapshot
from core.domain.awaited import Wanted
from core.domain.endings import Why
from core.domain.history import Entry, Kind
from core.domain.labels import Label, Labels
from core.domain.preferences import Mode, Preferences
from core.domain.risk.assessment import Level
from core.domain.risk.logins import LoginReason
from core.domain.sessions import MAY_END_OTHERS_AFTER, Roster, Session
from core.domain.standing import Standings, Trust, Unanswered
from core.domain.tombstones import DOORMAN, Tombstone
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, rosters, session, snapshots
from userclient.reckoning import INTENT_KEPT, Reckoned, baseline, compared
from userclient.recollection import Recollection

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PHONE = session("1", official_app=True, created_at=NOW - 90 * DAY)
TABLET = replace(PHONE, hash="2", device_model="Pixel Tablet")
LAPTOP = replace(PHONE, hash="3", device_model="ThinkPad X1", platform="Linux", api_id=2040, app_name="Desktop")
HOUSEHOLD = (PHONE, TABLET, LAPTOP)
ABROAD = session("8", created_at=NOW, active_at=NOW, country="Nigeria", region="Lagos", ip="203.0.113.8")
NOTHING_KNOWN = Recollection([])


def after(before: Snapshot, *listed: Session, known: Recollection = NOTHING_KNOWN, minutes: float = 1) -> Reckoned:
    """With a look that lists these, a minute later unless told."""
    at = NOW + minutes * MINUTE
    return compared(before, roster(*listed, taken_at=at), known, now=at)


def before(*listed: Session, **particulars: object) -> Snapshot:
    return Snapshot(roster=roster(*listed), **particulars)


def only(reckoned: Reckoned) -> Event:
    [event] = reckoned.events
    return event


def appeared(reckoned: Reckoned) -> SessionAppeared:
    [event] = [event for event in reckoned.events if isinstance(event, SessionAppeared)]
    return event


def labels(hash_: str = "1", text: str = "my phone") -> Labels:
    return Labels(given=(Label(hash=hash_, text=text, by=OWNER, at=NOW),))


# --- the first look ---


@pytest.mark.parametrize("lost", [False, True])
def test_the_first_look_is_for_review_and_everybodys_first_entry(*, lost: bool) -> None:
    first = baseline(roster(PHONE), history_lost=lost)
    assert first.snapshot == Snapshot(roster=roster(PHONE))
    [event] = first.events
    assert event == BaselineTaken(account=ACCOUNT, at=NOW, roster=roster(PHONE), history_lost=lost, settings_lost=lost)
    assert first.history == tuple(Entry(at=NOW, kind=Kind.BASELINE, session=s) for s in (guard_session(), PHONE))


def test_what_the_owners_had_set_goes_on_as_the_worker_remembers_it_and_trust_does_not() -> None:
    locked = Preferences(is_locked=True, end_idle=Mode.ON)
    trusting = Standings(trusted=(Trust(hash="1", at=NOW, by=OWNER),))
    remembered = Snapshot(roster=roster(PHONE), labels=labels(), preferences=locked, standings=trusting)
    anew = baseline(roster(PHONE), history_lost=True, remembered=remembered)
    assert anew.snapshot == replace(remembered, standings=Standings())
    [event] = anew.events
    assert isinstance(event, BaselineTaken)
    assert event.history_lost
    assert not event.settings_lost


# --- logins ---


def test_what_an_owner_wants_ended_goes_on_too_from_when_this_guard_may() -> None:
    allowed_from = guard_session().created_at + MAY_END_OTHERS_AFTER
    wanted = Wanted(hash=PHONE.hash, by=OWNER, asked_at=NOW, allowed_from=allowed_from - HOUR)
    waiting = Standings(wanted=(wanted, replace(wanted, hash="99")))
    remembered = Snapshot(roster=roster(PHONE), standings=waiting)
    anew = baseline(roster(PHONE), history_lost=True, remembered=remembered)
    assert anew.snapshot.standings == Standings(wanted=(replace(wanted, allowed_from=allowed_from),))
    [_, moved] = anew.events
    assert moved == EndingAwaited(
        account=ACCOUNT, at=NOW, session=PHONE, by=OWNER, allowed_from=allowed_from, was_moved=True
    )
    assert after(anew.snapshot, PHONE).events == ()


def test_a_login_is_told_with_what_speaks_against_it_and_waits_for_an_answer() -> None:
    reckoned = after(before(*HOUSEHOLD), *HOUSEHOLD, ABROAD)
    event = only(reckoned)
    assert isinstance(event, SessionAppeared)
    assert LoginReason.NEW_COUNTRY in [finding.reason for finding in event.assessment.findings]
    assert reckoned.snapshot.standings.unanswered == (Unanswered(hash="8", since=NOW + MINUTE),)
    assert [entry.kind for entry in reckoned.history] == [Kind.LOGIN]


def test_what_the_last_look_knew_is_compared_with_be_there_a_history_or_none() -> None:
    with_history = Recollection(Entry(at=NOW, kind=Kind.BASELINE, session=s) for s in HOUSEHOLD)
    one = appeared(after(before(*HOUSEHOLD), *HOUSEHOLD, ABROAD))
    other = appeared(after(before(*HOUSEHOLD), *HOUSEHOLD, ABROAD, known=with_history))
    assert one == other


def test_a_login_that_waits_for_an_answer_makes_nothing_familiar() -> None:
    waiting = Standings(unanswered=(Unanswered(hash="8", since=NOW),))
    again = replace(ABROAD, hash="9")
    doubted = appeared(after(before(*HOUSEHOLD, ABROAD, standings=waiting), *HOUSEHOLD, ABROAD, again))
    believed = appeared(after(before(*HOUSEHOLD, ABROAD), *HOUSEHOLD, ABROAD, again))
    assert LoginReason.NEW_COUNTRY in [finding.reason for finding in doubted.assessment.findings]
    assert LoginReason.NEW_COUNTRY not in [finding.reason for finding in believed.assessment.findings]


def test_while_an_owner_adds_a_device_a_login_at_home_is_told_quietly() -> None:
    login = replace(PHONE, hash="9", device_model="Pixel 10", created_at=NOW)
    adds = before(*HOUSEHOLD, preferences=Preferences(adding_until=NOW + HOUR))
    assert appeared(after(adds, *HOUSEHOLD, login)).assessment.level is Level.QUIET
    assert appeared(after(before(*HOUSEHOLD), *HOUSEHOLD, login)).assessment.level is Level.NOTICE
    assert appeared(after(adds, *HOUSEHOLD, login, minutes=61)).assessment.level is Level.NOTICE


def test_a_login_that_nobody_answers_for_is_told_again_and_is_no_history() -> None:
    waiting = before(ABROAD, standings=Standings(unanswered=(Unanswered(hash="8", since=NOW),)))
    reckoned = after(waiting, ABROAD, minutes=10)
    assert only(reckoned) == LoginUnanswered(account=ACCOUNT, at=NOW + 10 * MINUTE, session=ABROAD, since=NOW)
    assert reckoned.history == ()
    assert after(reckoned.snapshot, ABROAD, minutes=11).events == ()


# --- labels ---


def test_what_a_session_is_called_is_told_with_its_change_and_with_its_end() -> None:
    ended = only(after(before(PHONE, labels=labels())))
    altered = only(after(before(PHONE, labels=labels()), replace(PHONE, device_model="iPhone")))
    assert isinstance(ended, SessionEnded)
    assert isinstance(altered, SessionAltered)
    assert (ended.label, altered.label) == ("my phone", "my phone")


def test_a_device_that_comes_back_is_told_with_its_label_which_is_not_given_to_it() -> None:
    gone = after(before(PHONE, labels=labels()))
    assert (gone.snapshot.labels.given, [f.text for f in gone.snapshot.labels.former]) == ((), ["my phone"])
    again = replace(PHONE, hash="9", created_at=NOW + MINUTE, active_at=NOW + MINUTE)
    back = after(gone.snapshot, again, minutes=2)
    assert appeared(back).former_label == "my phone"
    assert back.snapshot.labels.given == ()


def test_one_that_went_and_came_between_two_looks_likewise() -> None:
    again = replace(PHONE, hash="9", created_at=NOW + MINUTE / 2, active_at=NOW + MINUTE)
    assert appeared(after(before(PHONE, labels=labels()), again)).former_label == "my phone"


def test_one_that_looks_like_a_device_that_is_still_there_is_offered_nothing() -> None:
    twin = replace(PHONE, hash="9", created_at=NOW)
    assert appeared(after(before(PHONE, labels=labels()), PHONE, twin)).former_label == ""


# --- endings ---


def test_an_end_is_told_and_kept_with_why() -> None:
    reckoned = after(before(PHONE, TABLET), PHONE)
    event = only(reckoned)
    assert isinstance(event, SessionEnded)
    assert event.ending
    assert (event.session, event.ended_by, event.rule, event.ending.why) == (TABLET, None, None, Why.ELSEWHERE)
    [entry] = reckoned.history
    assert (entry.kind, entry.ending, entry.by) == (Kind.ENDED, event.ending, None)
    assert reckoned.snapshot.ended == (Tombstone(hash="2", at=NOW + MINUTE, by=None),)


@pytest.mark.parametrize("by", [OWNER, DOORMAN])
def test_one_that_a_crash_cut_short_is_told_as_whose_doing_it_was_and_counts_as_that(by: int) -> None:
    cut_short = before(PHONE, TABLET, ending=(Tombstone(hash="2", at=NOW, by=by),))
    reckoned = after(cut_short, PHONE)
    event = only(reckoned)
    assert isinstance(event, SessionEnded)
    assert event.ending
    assert (event.ending.why, event.ending.by) == (Why.BY_DOORMAN, by)
    assert reckoned.snapshot.ended == (Tombstone(hash="2", at=NOW + MINUTE, by=by),)
    assert reckoned.snapshot.ending == ()


def test_an_intent_of_long_ago_explains_nothing() -> None:
    cut_short = before(PHONE, TABLET, ending=(Tombstone(hash="2", at=NOW, by=OWNER),))
    event = only(after(cut_short, PHONE, minutes=INTENT_KEPT / MINUTE))
    assert isinstance(event, SessionEnded)
    assert event.ended_by is None


def test_one_that_doorman_ended_and_telegram_still_lists_is_neither_there_nor_gone_again() -> None:
    ended = before(PHONE, ended=(Tombstone(hash="2", at=NOW, by=DOORMAN),))
    reckoned = after(ended, PHONE, TABLET)
    assert (reckoned.events, reckoned.history) == ((), ())
    assert reckoned.snapshot.roster.find("2") is None


# --- changes ---


@pytest.mark.parametrize(
    "quiet",
    [{"active_at": NOW}, {"app_version": "12.2"}, {"ip": "192.0.2.8"}],
    ids=lambda change: next(iter(change)),
)
def test_what_happens_on_any_day_is_not_told(quiet: dict) -> None:
    known = Recollection(Entry(at=NOW, kind=Kind.BASELINE, session=s) for s in HOUSEHOLD)
    assert after(before(*HOUSEHOLD), replace(PHONE, **quiet), TABLET, LAPTOP, known=known).events == ()


def test_an_update_is_not_told_and_is_kept() -> None:
    reckoned = after(before(*HOUSEHOLD), replace(PHONE, app_version="12.2"), TABLET, LAPTOP)
    assert [entry.kind for entry in reckoned.history] == [Kind.UPDATED]


def test_another_device_under_the_same_session_is_told_as_an_alarm() -> None:
    event = only(after(before(*HOUSEHOLD), replace(PHONE, device_model="Kali", platform="Linux"), TABLET, LAPTOP))
    assert isinstance(event, SessionAltered)
    assert event.assessment.level is Level.ALARM


def test_a_journey_that_was_announced_is_told_quietly() -> None:
    travels = before(*HOUSEHOLD, preferences=Preferences(travel_until=NOW + DAY))
    moved = replace(PHONE, country="Nigeria", ip="203.0.113.8", active_at=NOW + MINUTE)
    quiet, loud = after(travels, moved, TABLET, LAPTOP), after(before(*HOUSEHOLD), moved, TABLET, LAPTOP)
    for reckoned, levels in ((quiet, {Level.QUIET}), (loud, {Level.NOTICE, Level.ALARM})):
        event = only(reckoned)
        assert isinstance(event, SessionAltered)
        assert event.assessment.level in levels
        assert Kind.MOVED in [entry.kind for entry in reckoned.history]


def test_another_limit_is_told_and_kept() -> None:
    shorter = replace(roster(PHONE), ttl_days=7)
    reckoned = compared(before(PHONE), shorter, NOTHING_KNOWN, now=NOW)
    assert reckoned.events == (TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7),)
    assert [entry.note for entry in reckoned.history] == ["180→7"]


# --- whatever else is known ---


def test_what_owners_have_set_stays() -> None:
    set_by_owners = Preferences(is_locked=True, end_idle=Mode.ON)
    reckoned = after(before(PHONE, preferences=set_by_owners, labels=labels()), PHONE, ABROAD)
    assert (reckoned.snapshot.preferences, reckoned.snapshot.labels) == (set_by_owners, labels())


@given(snapshots)
def test_the_same_list_again_changes_nothing_and_tells_of_nobody(known: Snapshot) -> None:
    now = known.roster.taken_at
    reckoned = compared(known, known.roster, NOTHING_KNOWN, now=now)
    kept = reckoned.snapshot
    assert (kept.preferences, kept.account_state) == (known.preferences, known.account_state)
    new = [e for e in reckoned.events if not isinstance(e, SessionEnded | LoginUnanswered | EndingAwaited)]
    assert new == []  # what Doorman ended may vanish from the list
    assert all(e.was_moved for e in reckoned.events if isinstance(e, EndingAwaited))


@given(rosters(), rosters())
def test_whatever_two_looks_show_who_is_told_of_is_kept_too(one: Roster, other: Roster) -> None:
    reckoned = compared(Snapshot(roster=one), other, NOTHING_KNOWN, now=other.taken_at)
    told = {(type(e), e.session.hash) for e in reckoned.events if isinstance(e, SessionAppeared | SessionEnded)}
    kinds = {Kind.LOGIN: SessionAppeared, Kind.ENDED: SessionEnded}
    kept = {(kinds[e.kind], e.session.hash) for e in reckoned.history if e.kind in kinds and e.session}
    assert told - {(SessionAppeared, "0")} == kept - {(SessionAppeared, "0")}
    assert not any(isinstance(e, SessionEnded) and e.rule is not None for e in reckoned.events)


@pytest.mark.parametrize(
    ("after", "is_trusted"),
    [
        (replace(PHONE, device_model="Galaxy", platform="Tizen", api_id=1), False),
        (replace(PHONE, ip="203.0.113.9"), True),
    ],
    ids=["another device", "another network"],
)
def test_a_session_whose_key_may_be_in_other_hands_is_trusted_no_more(after: Session, *, is_trusted: bool) -> None:
    trusting = Standings(trusted=(Trust(hash=PHONE.hash, at=NOW, by=OWNER),))
    before = Snapshot(roster=roster(PHONE), standings=trusting)
    later = roster(after, taken_at=NOW + timedelta(minutes=1))
    reckoned = compared(before, later, Recollection(()), now=NOW + timedelta(minutes=1))
    assert bool(reckoned.snapshot.standings.trust_in(PHONE.hash)) is is_trusted
    assert any(isinstance(e, SessionAltered) and e.was_trusted for e in reckoned.events) is not is_trusted
    over = [(e.session, e.before, e.by) for e in reckoned.history if e.kind is Kind.DISTRUSTED]
    assert over == [(after, PHONE, None)] * (not is_trusted)


def test_of_one_that_nobody_trusted_no_trust_is_lost() -> None:
    copied = replace(PHONE, device_model="Galaxy", platform="Tizen", api_id=1)
    later = roster(copied, taken_at=NOW + timedelta(minutes=1))
    reckoned = compared(Snapshot(roster=roster(PHONE)), later, Recollection(()), now=later.taken_at)
    [event] = [e for e in reckoned.events if isinstance(e, SessionAltered)]
    assert not event.was_trusted
    assert Kind.DISTRUSTED not in {e.kind for e in reckoned.history}
