"""One-time codes as the bot asks for them: checked once, used up before anything is admitted, burnt if shown."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog
from redis.exceptions import RedisError

from bot.codes import judging
from bot.codes.enrolment import Enrolment
from bot.codes.judging import Kind, Uses, Verdict
from bot.codes.safe import Kept, NotEnrolledError, Safe, UnreadableError
from bot.codes.typed import looks_like_code, read
from core.connection import Store
from core.keyring import Keyring

__all__ = ["Kind", "NotEnrolledError", "OneTimeCodes", "Standing", "UnreadableError", "Verdict", "looks_like_code"]

log = structlog.get_logger()

T = TypeVar("T")

RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an owner's codes fare; the locks are None unless they hold just now."""

    enrolled_at: datetime
    recovery_left: int
    locked_until: datetime | None
    recovery_locked_until: datetime | None


class OneTimeCodes:
    """The codes of all owners. Several processes may check at once: a code is good for one of them.

    It remembers what it has seen used as long as it lives, so that nobody makes that good again by putting an older
    state back into Redis. `now` is best by Redis's clock, the same for all processes.
    """

    def __init__(self, redis: Store, keyring: Keyring) -> None:
        self._safe = Safe(redis, keyring)
        self._seen: dict[int, tuple[Enrolment, Uses]] = {}
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def is_enrolled(self, owner: int) -> bool:
        """Whether codes are kept for the owner, readable or not. Raises RedisError."""
        return await self._safe.has(owner)

    async def standing(self, owner: int, *, now: datetime) -> Standing:
        """Look, without changing anything. Raises NotEnrolledError, UnreadableError, RedisError."""
        kept = await self._safe.read(owner)
        uses = _as_known(kept, self._seen.get(owner))
        return Standing(
            enrolled_at=kept.enrolment.enrolled_at,
            recovery_left=len(kept.enrolment.marks) - len(uses.spent),
            locked_until=uses.app.locked_until if uses.app.are_locked(now) else None,
            recovery_locked_until=uses.recovery.locked_until if uses.recovery.are_locked(now) else None,
        )

    async def check(self, owner: int, typed: str, *, now: datetime) -> Verdict:
        """Judge a code that was asked for, and use it up; Redis has taken that before anything is admitted.

        Raises RedisError, having admitted nothing: the code is then used up for this process at least, unless Redis
        could not be read at all.
        """
        code = read(typed)
        try:
            verdict = await self._change(owner, lambda enrolment, uses: judging.judge(enrolment, uses, code, now))
        except NotEnrolledError:
            return Verdict(kind=Kind.NOT_ENROLLED)
        except UnreadableError as error:
            _warn_unreadable(owner, error)
            return Verdict(kind=Kind.UNREADABLE)
        log.info("code_checked", owner=owner, verdict=verdict.kind.value)
        if verdict.lock_began:
            log.warning("codes_locked", owner=owner, of_recovery=verdict.of_recovery, until=str(verdict.until))
        return verdict

    async def burn(self, owner: int, typed: str, *, now: datetime) -> bool:
        """Use up a code that was typed though nobody asked for it; whether it was one that is good or would become so.

        It counts as no try. Raises RedisError, as `check` does.
        """
        code = read(typed)
        try:
            burnt = await self._change(owner, lambda enrolment, uses: judging.burn(enrolment, uses, code, now))
        except NotEnrolledError:
            return False
        except UnreadableError as error:
            _warn_unreadable(owner, error)
            return False
        if burnt:
            log.warning("code_burnt", owner=owner)
        return burnt

    async def renew(self, owner: int) -> None:
        """Put what is kept under the newest part of SECRET_KEY, so that the others can be thrown away.

        Raises NotEnrolledError, UnreadableError, RedisError.
        """
        await self._change(owner, lambda _, uses: (None, uses))

    async def renew_all(self, owners: Iterable[int]) -> None:
        """`renew` for each that can be, once Redis answers."""
        for owner in owners:
            while True:
                try:
                    await self.renew(owner)
                except NotEnrolledError:
                    break
                except UnreadableError as error:
                    _warn_unreadable(owner, error)
                    break
                except RedisError as error:
                    log.warning("redis_unavailable", error=type(error).__name__)
                    await asyncio.sleep(RETRY_SECONDS)
                else:
                    break

    async def keep(self, owner: int, enrolment: Enrolment, *, last_step: int) -> None:
        """Enroll the owner, in place of any former enrolment; the code of `last_step` proved it, and is used up.

        Raises RedisError.
        """
        await self._safe.put(owner, enrolment, Uses(enrolment=enrolment.id, last_step=last_step))

    async def remove(self, owner: int) -> None:
        """Forget the owner's codes. Raises RedisError."""
        await self._safe.clear(owner)

    async def _change(self, owner: int, change: Callable[[Enrolment, Uses], tuple[T, Uses]]) -> T:
        """Judge by what Redis holds and what was seen before, and keep what comes of it, before the result is told."""
        async with self._turns[owner]:
            # Without what an attempt below adds to it: the next attempt would find its own code used.
            seen = self._seen.get(owner)
            while True:
                kept = await self._safe.read(owner)
                uses = _as_known(kept, seen)
                result, after = change(kept.enrolment, uses)
                if after != uses:
                    after = replace(after, version=uses.version + 1)
                self._seen[owner] = kept.enrolment, after  # even if Redis fails: the code was shown to whoever looks on
                if (after == kept.uses and kept.is_current) or await self._safe.change(owner, kept, after):
                    return result


def _as_known(kept: Kept, seen: tuple[Enrolment, Uses] | None) -> Uses:
    """The uses that Redis holds, less whatever was taken back there. Raises UnreadableError."""
    if seen is None:
        return kept.uses
    enrolment, uses = seen
    if enrolment.id == kept.enrolment.id:
        return judging.newest(kept.uses, uses)
    if kept.enrolment.enrolled_at < enrolment.enrolled_at:
        raise UnreadableError("an enrolment of before was put back")
    return kept.uses


def _warn_unreadable(owner: int, error: UnreadableError) -> None:
    log.error("codes_unreadable", owner=owner, why=str(error), hint="put SECRET_KEY back, or run `doorman enroll`")
