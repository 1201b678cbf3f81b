"""What a typed code is worth: good once, used up, wrong, or refused for a while after too many wrong ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.codes.enrolment import AHEAD, TOLERANCE, Enrolment, step_at
from bot.codes.typed import AppCode, RecoveryCode
from core.domain.sessions import check_aware

TRIES = 5
FIRST_LOCK, LONGEST_LOCK, LONGER = timedelta(minutes=15), timedelta(days=1), 4


class Kind(StrEnum):
    """What became of a typed code."""

    GOOD = "good"
    RECOVERY = "recovery"
    WRONG = "wrong"
    USED = "used"
    LOCKED = "locked"
    NOT_ENROLLED = "not enrolled"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`left` are the tries left if it is WRONG, the recovery codes left if it is RECOVERY; `until` when the lock of a
    LOCKED one ends, and `lock_began` whether it is this try that began it. `of_recovery` tells which of the two limits
    `left` and `until` are of.
    """

    kind: Kind
    left: int = 0
    until: datetime | None = None
    lock_began: bool = False
    of_recovery: bool = False

    @property
    def admits(self) -> bool:
        """Whether what the code was asked for may be done."""
        return self.kind in {Kind.GOOD, Kind.RECOVERY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """The wrong tries since the last good code or lock, and the locks since the last good code."""

    wrong: int = 0
    locks: int = 0
    locked_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.locked_until:
            check_aware(self.locked_until)

    def are_locked(self, now: datetime) -> bool:
        """Whether no code is accepted."""
        return self.locked_until is not None and now < self.locked_until

    def after_wrong(self, now: datetime) -> Tries:
        """With one more wrong try, which may begin a lock."""
        if self.wrong + 1 < TRIES:
            return replace(self, wrong=self.wrong + 1)
        length = FIRST_LOCK
        for _ in range(self.locks):
            length = min(length * LONGER, LONGEST_LOCK)
            if length == LONGEST_LOCK:
                break
        return Tries(locks=self.locks + 1, locked_until=now + length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What has become of one enrolment's codes so far: of the app's, no step up to `last_step` is good any more; of the
    recovery codes, none whose place is in `spent`. `version` grows by one with each change.
    """

    enrolment: str
    last_step: int
    version: int = 0
    app: Tries = Tries()
    recovery: Tries = Tries()
    spent: frozenset[int] = frozenset()


def judge(
    enrolment: Enrolment, uses: Uses, typed: AppCode | RecoveryCode | None, now: datetime
) -> tuple[Verdict, Uses]:
    """What it is worth, and the uses thereafter. Whatever is no code at all is as wrong as a wrong one."""
    used_up = _without(enrolment, uses, typed, now)
    is_recovery = isinstance(typed, RecoveryCode)
    tries = uses.recovery if is_recovery else uses.app
    if tries.are_locked(now):
        return Verdict(kind=Kind.LOCKED, until=tries.locked_until, of_recovery=is_recovery), used_up
    if isinstance(typed, RecoveryCode):
        place = enrolment.place(typed.letters)
        is_good, is_used = place is not None and place not in uses.spent, place in uses.spent
    else:
        steps, here = _steps(enrolment, typed, now), step_at(now)
        is_good = any(uses.last_step < step <= here + TOLERANCE for step in steps)
        is_used = any(step <= uses.last_step for step in steps)
    if is_good:
        left = len(enrolment.marks) - len(used_up.spent)
        verdict = Verdict(kind=Kind.RECOVERY, left=left, of_recovery=True) if is_recovery else Verdict(kind=Kind.GOOD)
        return verdict, replace(used_up, app=Tries(), recovery=Tries())
    if is_used:
        return Verdict(kind=Kind.USED, of_recovery=is_recovery), used_up
    tries = tries.after_wrong(now)
    after = replace(used_up, recovery=tries) if is_recovery else replace(used_up, app=tries)
    if tries.are_locked(now):
        return Verdict(kind=Kind.LOCKED, until=tries.locked_until, lock_began=True, of_recovery=is_recovery), after
    return Verdict(kind=Kind.WRONG, left=TRIES - tries.wrong, of_recovery=is_recovery), after


def burn(enrolment: Enrolment, uses: Uses, typed: AppCode | RecoveryCode | None, now: datetime) -> tuple[bool, Uses]:
    """Whether it was good or would have become so, and the uses thereafter: with it good no more."""
    after = _without(enrolment, uses, typed, now)
    return after != uses, after


def newest(one: Uses, other: Uses) -> Uses:
    """The later one of two of the same enrolment, the stricter one where that can't be told; what either has used up
    is used up.
    """

    def rank(uses: Uses) -> tuple[int, ...]:
        return uses.version, uses.app.locks, uses.recovery.locks, uses.app.wrong, uses.recovery.wrong

    return replace(
        max(one, other, key=rank),
        last_step=max(one.last_step, other.last_step),
        spent=one.spent | other.spent,
    )


def _without(enrolment: Enrolment, uses: Uses, typed: AppCode | RecoveryCode | None, now: datetime) -> Uses:
    """The uses with this code used up: it was typed where others may read it."""
    if isinstance(typed, RecoveryCode):
        place = enrolment.place(typed.letters)
        return uses if place is None else replace(uses, spent=uses.spent | {place})
    return replace(uses, last_step=max(uses.last_step, *_steps(enrolment, typed, now), uses.last_step))


def _steps(enrolment: Enrolment, typed: AppCode | None, now: datetime) -> tuple[int, ...]:
    """The steps of this code that are good by the clock, or will be soon."""
    if typed is None:
        return ()
    here = step_at(now)
    return enrolment.steps(typed.digits, here - TOLERANCE, here + TOLERANCE + AHEAD)
