"""One way beside the chat to tell of something: a message tried once, or until it is taken, within bounds."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

import structlog
from redis.backoff import EqualJitterBackoff

from bot.time_left import TimeLeft, for_ever
from bot.views.letter import Letter
from bot.views.status import ChannelStanding

log = structlog.get_logger()

TRY_SECONDS = 30.0
#: From a second to five minutes between two tries, each a half of that at the least.
BACKOFF = EqualJitterBackoff(cap=300, base=1)
#: A try that hangs goes on in its thread, for nothing can end it; with so many of them a channel is not tried.
THREADS_MOST = 3
#: When a try that hangs is given up for a fresh one; until then the same message waits for it, lest it come twice.
GIVEN_UP_SECONDS = 600.0

NO_ANSWER = f"it gives no answer within {TRY_SECONDS:.0f} seconds"
STUCK = "too many messages hang on their way to it"


class UndeliveredError(Exception):
    """The channel has not taken the message; why is in words without secrets."""


@dataclass(slots=True, eq=False)
class Attempt:
    """One try in a thread; `why` it failed is "" where it did not."""

    outcome: asyncio.Future[str]
    began_at: float


@dataclass(slots=True, kw_only=True, eq=False)
class Channel:
    """One address of ALERT_URLS: its name for people, the ids by which it is known in Redis, newest first.

    `send` blocks; it returns why it failed, or "".
    """

    name: str
    ids: tuple[str, ...]
    send: Callable[[Letter], str]
    #: How it fares as far as this process has seen.
    standing: ChannelStanding = field(init=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _attempts: dict[Letter, Attempt] = field(default_factory=dict)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.standing = ChannelStanding(name=self.name)

    @property
    def reader(self) -> str:
        """Its consumer group on each account's events, under which its notes are kept too."""
        return f"channel:{self.ids[0]}"

    @property
    def former_readers(self) -> tuple[str, ...]:
        """What that was under older parts of SECRET_KEY."""
        return tuple(f"channel:{former}" for former in self.ids[1:])

    async def insist(self, letter: Letter, *, left: TimeLeft = for_ever) -> None:
        """Try it until it is taken. `left` tells the seconds left; UndeliveredError is raised when there are none."""
        for failures in count():
            try:
                await self.deliver(letter)
            except UndeliveredError:
                if (seconds := await left()) <= 0:
                    raise
                await asyncio.sleep(min(BACKOFF.compute(failures), seconds))
            else:
                return

    async def deliver(self, letter: Letter) -> None:
        """Try it once. Raises UndeliveredError."""
        async with self._turn:
            why = await self._try(letter)
        failing_since = self.standing.failing_since
        if why:
            self.standing = replace(self.standing, failing_since=failing_since or datetime.now(UTC), why=why)
            log.warning("channel_failed", channel=self.name, why=why)
            raise UndeliveredError(why)
        if failing_since:
            log.info("channel_back", channel=self.name)
            self.standing = ChannelStanding(name=self.name)

    async def _try(self, letter: Letter) -> str:
        now = asyncio.get_running_loop().time()
        self._attempts = {of: each for of, each in self._attempts.items() if now - each.began_at < GIVEN_UP_SECONDS}
        attempt = self._attempts.get(letter) or self._begin(letter, now)
        if attempt is None:
            return STUCK
        try:
            async with asyncio.timeout(TRY_SECONDS):
                why = await asyncio.shield(attempt.outcome)
        except TimeoutError:
            return NO_ANSWER
        self._attempts.pop(letter, None)
        return why

    def _begin(self, letter: Letter, now: float) -> Attempt | None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if len(self._threads) >= THREADS_MOST:
            return None
        loop = asyncio.get_running_loop()
        attempt = self._attempts[letter] = Attempt(loop.create_future(), now)

        def settle(why: str) -> None:
            if not attempt.outcome.done():
                attempt.outcome.set_result(why)

        def work() -> None:
            why = self.send(letter)
            with suppress(RuntimeError):  # the process has ended its loop
                loop.call_soon_threadsafe(settle, why)

        # Not an executor's: Python waits for those at its end, and a channel may hang for ever.
        thread = threading.Thread(target=work, name="channel", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # this machine has no more threads
            del self._attempts[letter]
            return None
        self._threads.append(thread)
        return attempt
