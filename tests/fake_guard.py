"""A guard session whose Telegram answers as it was told to beforehand, and fails the test on what nobody foresaw."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import cast

from core.domain.account_state import AccountState
from core.domain.sessions import Roster
from tests.domain_values import ACCOUNT, NOW
from userclient.telegram.guard import Guard, Push
from userclient.telegram.service_chat import ServiceMessage


def push(hash_: str = "7") -> Push:
    """Telegram's word of a new login."""
    return Push(
        hash=hash_,
        device="Pixel 9, Android",
        location="Malmo, Sweden",
        logged_in_at=NOW - timedelta(seconds=2),
        received_at=NOW,
    )


class FakeLine:
    """Stands in for the guard's line, of which others only ask to be closed in time."""

    def __init__(self, guard: FakeGuard) -> None:
        self._guard = guard
        self.answers: deque[Exception | None] = deque()
        self.closings = 0

    async def close_in_time(self) -> None:
        if not self.answers:
            raise self._guard.did_not_foresee("line.close_in_time()")
        self.closings += 1
        if error := self.answers.popleft():
            raise error


class FakeSafety:
    """Stands in for `userclient.telegram.safety.Safety`. `states` are what the next looks bring, one each; `answers` is
    what comes of a call, by its name: True and False as the call has them, or an error.
    """

    def __init__(self, guard: FakeGuard) -> None:
        self._guard = guard
        self.states: deque[AccountState | Exception] = deque()
        self.answers: dict[str, bool | Exception] = {}
        self.done: list[tuple[object, ...]] = []

    async def state(self) -> AccountState:
        if not self.states:
            raise self._guard.did_not_foresee("safety.state()")
        answer = self.states.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def accept(self, hash_: str, *, calls: bool, secret_chats: bool, seconds: float) -> None:  # noqa: ARG002
        self._do("accept", hash_, calls, secret_chats)

    async def set_ttl(self, days: int, *, seconds: float) -> None:  # noqa: ARG002
        self._do("set_ttl", days)

    async def log_out_website(self, hash_: str, *, seconds: float) -> None:  # noqa: ARG002
        self._do("log_out_website", hash_)

    async def log_out_websites(self, *, seconds: float) -> None:  # noqa: ARG002
        self._do("log_out_websites")

    async def disconnect_bot(self, bot: int, *, seconds: float) -> bool:  # noqa: ARG002
        return self._do("disconnect_bot", bot)

    async def decline_reset(self, *, seconds: float) -> bool:  # noqa: ARG002
        return self._do("decline_reset")

    async def kill_codes(self, codes: Sequence[str], *, seconds: float = 8) -> None:  # noqa: ARG002
        self._do("kill_codes", *codes)

    def _do(self, name: str, *what: object) -> bool:
        if name not in self.answers:
            raise self._guard.did_not_foresee(f"safety.{name}{what}")
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        self.done.append((name, *what))
        return answer


class FakeServiceChat:
    """Stands in for `userclient.telegram.service_chat.ServiceChat`. `messages` are in it; `troubles` come first."""

    def __init__(self, guard: FakeGuard) -> None:
        self._guard = guard
        self.messages: list[ServiceMessage] | None = None
        self.troubles: deque[Exception] = deque()
        self.asked: list[int] = []

    async def newest(self, *, after: int) -> tuple[ServiceMessage, ...]:
        if self.messages is None:
            raise self._guard.did_not_foresee(f"service_chat.newest({after})")
        self.asked.append(after)
        if self.troubles:
            raise self.troubles.popleft()
        return tuple(message for message in self.messages if message.id > after)


class FakeGuard:
    """Stands in for `userclient.telegram.guard.Guard`.

    `unforeseen` holds the calls that nobody foresaw, for a loop may swallow the error that they raise.
    """

    def __init__(self, account: int = ACCOUNT) -> None:
        self.account = account
        self.account_name = "Ada Lovelace"
        self.looks = 0
        self.ended: list[str] = []
        self.confirmed: list[str] = []
        self.unforeseen: list[str] = []
        self.hold: asyncio.Event | None = None
        self.hold_ends: asyncio.Event | None = None
        self.ending = asyncio.Event()
        self.awake: deque[Exception | None] = deque()
        self.line = FakeLine(self)
        self.safety = FakeSafety(self)
        self.service_chat = FakeServiceChat(self)
        self._answers: deque[Roster | Exception] = deque()
        self._always: Roster | Exception | None = None
        self._ends: dict[str, Exception | None] = {}
        self._confirms: dict[str, Exception | None] = {}
        self._tell: Callable[[Push | None], None] | None = None

    def as_guard(self) -> Guard:
        """For whoever wants the genuine type."""
        return cast("Guard", self)

    def lists(self, *answers: Roster | Exception) -> None:
        """What the next looks bring, one each."""
        self._answers.extend(answers)

    def always_lists(self, answer: Roster | Exception) -> None:
        """What every look brings from here on, after those that were foreseen one by one."""
        self._always = answer

    def lets_end(self, hash_: str, error: Exception | None = None) -> None:
        """Foresee the end of a session, or what comes of the attempt."""
        self._ends[hash_] = error

    def lets_confirm(self, hash_: str, error: Exception | None = None) -> None:
        """Foresee the confirming of a login, or what comes of the attempt."""
        self._confirms[hash_] = error

    def pushes(self, news: Push | None) -> None:
        """Telegram pushes."""
        assert self._tell, "nobody listens"
        self._tell(news)

    def on_login(self, tell: Callable[[Push | None], None]) -> None:
        self._tell = tell

    async def roster(self) -> Roster:
        self.looks += 1
        if self.hold:
            await self.hold.wait()
        await asyncio.sleep(0)
        answer = self._answers.popleft() if self._answers else self._always
        if answer is None:
            raise self._unforeseen("roster()")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def end(self, hash_: str, *, seconds: float) -> None:  # noqa: ARG002 - as the guard's
        if hash_ not in self._ends:
            raise self._unforeseen(f"end({hash_})")
        self.ending.set()
        if self.hold_ends:
            await self.hold_ends.wait()
        if error := self._ends[hash_]:
            raise error
        self.ended.append(hash_)

    async def confirm(self, hash_: str, *, seconds: float) -> None:  # noqa: ARG002 - as the guard's
        if hash_ not in self._confirms:
            raise self._unforeseen(f"confirm({hash_})")
        if error := self._confirms[hash_]:
            raise error
        self.confirmed.append(hash_)

    async def stay_awake(self) -> None:
        if not self.awake:
            raise self._unforeseen("stay_awake()")
        if error := self.awake.popleft():
            raise error

    async def log_out(self) -> None:
        raise self._unforeseen("log_out()")

    def foresaw_everything(self) -> None:
        """Fail the test if a call was unforeseen."""
        assert self.unforeseen == cast("Sequence[str]", [])

    def did_not_foresee(self, call: str) -> AssertionError:
        """Note a call that nobody foresaw; the error to raise."""
        return self._unforeseen(call)

    def _unforeseen(self, call: str) -> AssertionError:
        self.unforeseen.append(call)
        return AssertionError(f"nobody foresaw {call}")
