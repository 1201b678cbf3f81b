"""One sandbox Telegram with an account and its owner, and a stopwatch on what the owner sees.

The sandbox runs inside the bench, not as a process of its own: the moment at which a login comes to be, and the
moment at which a message stands in the owner's chat, are then read from one clock, with no HTTP and no polling
between them and the stopwatch. What the sandbox itself needs is in both ways' times alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sandbox.people import Authorization
from sandbox.running import Sandbox, running
from sandbox.seed import ACCOUNT_ID, OWNER_ID, PHONE, seed
from sandbox.world import World
from userclient.settings import UserclientSettings
from userclient.telegram.sign_in import SignedIn, signing_in

PATIENCE = 30.0
QUIET_SECONDS = 0.1  # nobody has called Telegram for so long: whatever the last step set off is done
GET_ROSTER = "account.getAuthorizations"

Message = dict[str, Any]


class Stage:
    """Acts in one world and times how long the owner waits for what it leads to."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._world = sandbox.world
        self.last_shown: Message = {}

    async def guard(self, settings: UserclientSettings) -> SignedIn:
        """Sign a guard session in to the account, as `doorman login` does."""
        async with signing_in(settings) as attempt:
            await attempt.request_code(PHONE)
            return await attempt.enter_code(self.sandbox.mtproto.login_code(PHONE) or "")

    async def ready(self) -> None:
        """Return when the way under test answers the owner, has fetched the first roster, and rests."""
        await self._until_shown(lambda: self._write("/start"), lambda _: True)
        async with asyncio.timeout(PATIENCE):
            while not any(call.method == GET_ROSTER and call.answer for call in self._world.calls.calls):
                await self._world.calls.news()
        await self.quiet()

    async def login_to_alert(self, number: int) -> float:
        """Seconds from a login to its alert in the owner's chat. The login is gone again when this returns."""
        login = _login(number)
        seconds = await self._until_shown(
            lambda: self._world.log_in(login), lambda message: login.device_model in message["text"]
        )
        await self.quiet()
        self._world.log_out(login)
        await self.quiet()
        return seconds

    async def sessions_to_list(self) -> float:
        """Seconds from the owner's /sessions to the list in the chat."""
        seconds = await self._until_shown(lambda: self._write("/sessions"), lambda _: True)
        await self.quiet()
        return seconds

    async def quiet(self) -> None:
        """Return when nobody calls any more, so that one measurement does not run into the next."""
        while True:
            try:
                async with asyncio.timeout(QUIET_SECONDS):
                    await self._world.calls.news()
            except TimeoutError:
                return

    def _write(self, text: str) -> None:
        self._world.chats.wrote(self._world.person(OWNER_ID), text)

    async def _until_shown(self, act: Callable[[], object], is_it: Callable[[Message], bool]) -> float:
        """Seconds from the act to the first message from the bot that `is_it`. Raises TimeoutError."""
        chat = self._world.chats.messages.setdefault(OWNER_ID, [])
        already = len(chat)
        shown: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def look() -> None:
            at = time.perf_counter()
            for message in self._world.chats.of(OWNER_ID)[already:]:
                if not shown.done() and message["from"]["is_bot"] and is_it(message):
                    self.last_shown = message
                    shown.set_result(at)

        self._world.chats.listeners.append(look)
        try:
            begun = time.perf_counter()
            act()
            async with asyncio.timeout(PATIENCE):
                return await shown - begun
        finally:
            self._world.chats.listeners.remove(look)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A sandbox with the demo's account and owner."""
    async with running(seed(World())) as sandbox:
        yield Stage(sandbox)


def _login(number: int) -> Authorization:
    return Authorization(
        user_id=ACCOUNT_ID,
        device_model=f"Bench phone {number:05}",
        platform="Android",
        system_version="SDK 35",
        api_id=6,
        app_name="Telegram Android",
        app_version="11.9.0 (58412)",
        official_app=True,
        ip="198.51.100.23",
        country="Sweden",
        region="Malmo",
        unconfirmed=True,
    )
