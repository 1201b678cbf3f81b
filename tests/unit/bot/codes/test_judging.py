"""What a typed code is worth: once good, and worthless after it was typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes.enrolment import step_at
from bot.codes.judging import TRIES, Kind, Tries, Uses, Verdict, burn, judge, newest
from bot.codes.typed import AppCode, RecoveryCode, read
from tests.codes import NO_RECOVERY, RECOVERY, code_at, enrolment, wrong_at
from tests.domain_values import NOW, moments

FRESH = Uses(enrolment="an enrolment", last_step=0)
ENROLMENT = enrolment()
DEEPLY_LOCKED = Tries(locks=3, locked_until=NOW + timedelta(hours=1))
#: Steps that are good, or will be soon enough that whoever saw the code could wait for it.
COMING = st.integers(-1, 5)


def typed(text: str, uses: Uses = FRESH, now: datetime = NOW) -> tuple[Verdict, Uses]:
    return judge(ENROLMENT, uses, read(text), now)


def wrongly(times: int, uses: Uses = FRESH, now: datetime = NOW, text: str = "") -> tuple[Verdict, Uses]:
    """The last verdict, and the uses after so many wrong tries."""
    verdict = Verdict(kind=Kind.WRONG)
    for _ in range(times):
        verdict, uses = typed(text or wrong_at(now), uses, now)
    return verdict, uses


class TestWindow:
    @given(moments, st.integers(-8, 8))
    def test_the_codes_of_this_step_and_the_two_beside_it_are_good_and_no_others(
        self, now: datetime, offset: int
    ) -> None:
        verdict, _ = typed(code_at(now, offset), now=now)
        assert verdict.kind is (Kind.GOOD if abs(offset) <= 1 else Kind.WRONG)
        assert verdict.admits == (abs(offset) <= 1)

    @given(st.lists(st.tuples(st.integers(0, 100), st.integers(-2, 2)), max_size=12))
    def test_the_steps_that_are_good_one_after_another_only_grow(self, tries: list[tuple[int, int]]) -> None:
        now, uses, good = NOW, FRESH, [0]
        for seconds, offset in tries:
            now += timedelta(seconds=seconds)
            uses = replace(uses, app=Tries())  # this is not about locks
            verdict, uses = typed(code_at(now, offset), uses, now)
            step = step_at(now) + offset
            if verdict.admits:
                assert step > good[-1]
                good.append(step)
            elif abs(offset) <= 1:
                assert verdict.kind is Kind.USED

    @given(COMING, st.integers(0, 300), st.booleans(), st.sampled_from([Tries(), DEEPLY_LOCKED]))
    def test_a_code_that_was_typed_is_worthless_from_then_on(
        self, offset: int, seconds_later: int, unasked: bool, tries: Tries
    ) -> None:
        code, uses = code_at(NOW, offset), replace(FRESH, app=tries)
        _, after = burn(ENROLMENT, uses, read(code), NOW) if unasked else typed(code, uses)
        again, _ = typed(code, replace(after, app=Tries()), NOW + timedelta(seconds=seconds_later))
        assert not again.admits

    def test_a_good_code_uses_up_the_one_before_it_too(self) -> None:
        verdict, uses = typed(code_at(NOW))
        assert verdict.kind is Kind.GOOD
        assert typed(code_at(NOW, -1), uses)[0].kind is Kind.USED
        assert typed(code_at(NOW, 1), uses)[0].kind is Kind.GOOD

    def test_a_code_of_before_uses_up_no_later_one(self) -> None:
        _, uses = typed(code_at(NOW, -1))
        assert typed(code_at(NOW), uses)[0].kind is Kind.GOOD

    def test_a_used_code_is_no_wrong_try(self) -> None:
        _, uses = typed(code_at(NOW))
        for _ in range(2 * TRIES):
            verdict, uses = typed(code_at(NOW), uses)
            assert verdict.kind is Kind.USED
        assert uses.app == Tries()


class TestLock:
    def test_each_wrong_try_tells_how_many_are_left_and_the_fifth_locks_for_15_minutes(self) -> None:
        uses, left = FRESH, []
        for _ in range(4):
            verdict, uses = wrongly(1, uses)
            left.append((verdict.kind, verdict.left, verdict.lock_began))
        assert left == [(Kind.WRONG, n, False) for n in (4, 3, 2, 1)]
        assert wrongly(1, uses)[0] == Verdict(kind=Kind.LOCKED, until=NOW + timedelta(minutes=15), lock_began=True)

    def test_what_is_no_code_at_all_is_a_wrong_try(self) -> None:
        assert wrongly(5, text="let me in")[0].kind is Kind.LOCKED

    def test_while_locked_a_right_code_is_refused_and_used_up(self) -> None:
        _, uses = wrongly(5)
        verdict, uses = typed(code_at(NOW, 1), uses)
        assert verdict == Verdict(kind=Kind.LOCKED, until=NOW + timedelta(minutes=15))
        assert uses.last_step == step_at(NOW) + 1

    def test_while_locked_a_wrong_code_changes_nothing(self) -> None:
        _, uses = wrongly(5)
        verdict, after = wrongly(20, uses)
        assert not verdict.lock_began
        assert after == uses

    def test_the_lock_ends_on_time(self) -> None:
        _, uses = wrongly(5)
        end = NOW + timedelta(minutes=15)
        almost = end - timedelta(seconds=1)
        assert typed(code_at(almost), uses, almost)[0].kind is Kind.LOCKED
        assert typed(code_at(end), uses, end)[0].kind is Kind.GOOD

    def test_each_further_lock_is_four_times_as_long_but_never_more_than_a_day(self) -> None:
        now, uses, lengths = NOW, FRESH, []
        for _ in range(7):
            verdict, uses = wrongly(5, uses, now)
            assert verdict.until
            assert verdict.lock_began
            lengths.append((verdict.until - now) / timedelta(minutes=1))
            now = verdict.until
        assert lengths == [15, 60, 240, 960, 1440, 1440, 1440]

    def test_after_thousands_of_locks_it_is_still_a_day(self) -> None:
        tries = Tries(wrong=4, locks=10_000).after_wrong(NOW)
        assert tries.locked_until == NOW + timedelta(days=1)

    @pytest.mark.parametrize("good", [code_at(NOW + timedelta(days=1)), RECOVERY[0]])
    def test_a_good_code_begins_anew(self, good: str) -> None:
        later = NOW + timedelta(days=1)
        uses = replace(FRESH, app=Tries(wrong=4, locks=4), recovery=Tries(wrong=3, locks=2))
        verdict, uses = typed(good, uses, later)
        assert verdict.admits
        assert uses.app == uses.recovery == Tries()

    def test_a_recovery_code_works_while_the_app_is_locked_and_lifts_that(self) -> None:
        _, uses = wrongly(5)
        verdict, uses = typed(RECOVERY[0], uses)
        assert verdict.kind is Kind.RECOVERY
        assert typed(code_at(NOW), uses)[0].kind is Kind.GOOD

    def test_recovery_codes_have_a_limit_of_their_own(self) -> None:
        verdict, uses = wrongly(5, text=NO_RECOVERY)
        assert verdict == Verdict(
            kind=Kind.LOCKED, until=NOW + timedelta(minutes=15), lock_began=True, of_recovery=True
        )
        assert uses.app == Tries()
        refused, after = typed(RECOVERY[3], uses)
        assert refused.kind is Kind.LOCKED
        assert after.spent == {3}, "it was shown in the chat"
        assert typed(code_at(NOW), uses)[0].kind is Kind.GOOD


class TestRecovery:
    def test_each_code_is_good_once_and_tells_how_many_are_left(self) -> None:
        uses, left = FRESH, []
        for code in RECOVERY:
            verdict, uses = typed(code, uses)
            assert verdict.kind is Kind.RECOVERY
            left.append(verdict.left)
        assert left == [7, 6, 5, 4, 3, 2, 1, 0]
        for code in RECOVERY:
            assert typed(code, uses)[0] == Verdict(kind=Kind.USED, of_recovery=True)

    def test_one_that_was_never_given_out_is_wrong(self) -> None:
        assert typed(NO_RECOVERY)[0] == Verdict(kind=Kind.WRONG, left=4, of_recovery=True)


class TestBurning:
    @given(st.integers(-8, 8))
    def test_it_says_whether_the_code_was_one_that_is_or_comes_good(self, offset: int) -> None:
        burnt, uses = burn(ENROLMENT, FRESH, read(code_at(NOW, offset)), NOW)
        assert burnt == (-1 <= offset <= 5)
        assert uses.last_step == (step_at(NOW) + offset if burnt else 0)

    def test_a_recovery_code_is_spent(self) -> None:
        assert burn(ENROLMENT, FRESH, read(RECOVERY[5]), NOW) == (True, replace(FRESH, spent=frozenset({5})))

    def test_twice_is_once(self) -> None:
        _, uses = burn(ENROLMENT, FRESH, read(code_at(NOW)), NOW)
        assert burn(ENROLMENT, uses, read(code_at(NOW)), NOW) == (False, uses)

    @pytest.mark.parametrize("text", ["let me in", NO_RECOVERY, wrong_at(NOW)])
    def test_what_is_no_code_of_theirs_changes_nothing_and_is_no_try(self, text: str) -> None:
        assert burn(ENROLMENT, FRESH, read(text), NOW) == (False, FRESH)


tries = st.builds(Tries, wrong=st.integers(0, 4), locks=st.integers(0, 6), locked_until=st.none() | st.just(NOW))
some_uses = st.builds(
    Uses,
    enrolment=st.just("an enrolment"),
    last_step=st.integers(0, 9),
    version=st.integers(0, 2),
    app=tries,
    recovery=tries,
    spent=st.frozensets(st.integers(0, 7)),
)


class TestNewest:
    @given(some_uses, some_uses)
    def test_what_either_has_used_up_is_used_up(self, one: Uses, other: Uses) -> None:
        both = newest(one, other)
        assert both.last_step == max(one.last_step, other.last_step)
        assert both.spent == one.spent | other.spent

    @given(some_uses, some_uses)
    def test_the_tries_are_the_later_ones_and_of_two_at_once_the_stricter(self, one: Uses, other: Uses) -> None:
        both = newest(one, other)
        if one.version != other.version:
            later = max(one, other, key=lambda uses: uses.version)
            assert (both.version, both.app, both.recovery) == (later.version, later.app, later.recovery)
        else:
            assert both.app.locks == max(one.app.locks, other.app.locks)


@given(st.sampled_from([*RECOVERY, NO_RECOVERY, "rubbish"]) | COMING.map(lambda n: code_at(NOW, n)), some_uses)
def test_nothing_ever_comes_good_again(text: str, uses: Uses) -> None:
    _, after = typed(text, uses)
    assert after.last_step >= uses.last_step
    assert after.spent >= uses.spent


def test_the_kinds_of_code_are_told_apart() -> None:
    assert isinstance(read(code_at(NOW)), AppCode)
    assert isinstance(read(RECOVERY[0]), RecoveryCode)
