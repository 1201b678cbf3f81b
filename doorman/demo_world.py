"""The demo's view of the sandbox: its control API, as the people in it would act; HTTP alone, no sandbox code."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession

START_SECONDS = 30.0
LOOK_SECONDS = 0.05
AGE = timedelta(days=2)  # past the 24 hours that Telegram makes a new session wait before it may end others


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWorld:
    """One account, its owner, and where the sandbox's servers listen."""

    http: ClientSession
    url: str
    account: int
    phone: str
    owner: int
    mtproto_server: str
    mtproto_public_key: str
    bot_api_url: str
    bot_token: str

    async def login_code(self) -> str:
        """The login code that the account's owner reads in their app."""
        answer = await self._get(f"/api/accounts/{self.account}/login-code")
        return str(answer["code"])

    async def settle_session(self, device_model: str) -> None:
        """Let the account's newest session of that device be some days old, and said to be its owner's."""
        world = await self._get("/api/world")
        account = next(a for a in world["accounts"] if a["id"] == self.account)
        hash_ = [row["hash"] for row in account["authorizations"] if row["device_model"] == device_model][-1]
        created = int((datetime.now(UTC) - AGE).timestamp())
        path = f"/api/accounts/{self.account}/authorizations/{hash_}"
        async with self.http.patch(path, json={"date_created": created, "unconfirmed": False}) as answer:
            answer.raise_for_status()

    async def owner_starts_chat(self) -> None:
        """The owner opens the bot's chat and presses Start; returns when the bot has said that Doorman watches.

        Its answer to Start alone is too early: a login before the worker's first look is none that it tells of.
        """
        path = f"/api/chats/{self.owner}/messages"
        async with self.http.post(path, json={"text": "/start"}) as answer:
            answer.raise_for_status()
        async with asyncio.timeout(START_SECONDS):
            while not any("now watches" in message["text"] for message in await self._get(path)):  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(LOOK_SECONDS)

    async def offer_levers(self, levers: list[dict[str, Any]]) -> None:
        """Let the page show these, and no others. Raises aiohttp.ClientError."""
        async with self.http.put("/api/levers", json={"levers": levers}) as answer:
            answer.raise_for_status()

    async def pulled_lever(self, *, wait: float) -> str | None:
        """The name of the next one that a person pulled, waited for so many seconds. Raises aiohttp.ClientError."""
        async with self.http.post("/api/pulls/take", json={"wait": wait}) as answer:
            answer.raise_for_status()
            name = (await answer.json())["name"]
        return None if name is None else str(name)

    async def _get(self, path: str) -> Any:
        async with self.http.get(path) as answer:
            answer.raise_for_status()
            return await answer.json()


@asynccontextmanager
async def demo_world(sandbox: Process) -> AsyncIterator[DemoWorld]:
    """The sandbox's world, once it says where it is; `sandbox` is started with its output in a pipe.

    Ends the process when the sandbox ends instead, with its exit code: it has said why.
    """
    assert sandbox.stdout is not None  # noqa: S101 - for the type
    said = (await sandbox.stdout.readline()).decode()
    place = re.search(r"http://127\.0\.0\.1:\d+", said)
    if place is None:
        raise SystemExit(await sandbox.wait())
    async with ClientSession(place[0]) as http:
        async with http.get("/api/world") as answer:
            world = await answer.json()
        account, mtproto, botapi = world["accounts"][0], world["mtproto"], world["botapi"]
        yield DemoWorld(
            http=http,
            url=place[0],
            account=account["id"],
            phone=account["phone"],
            owner=world["owners"][0],
            mtproto_server=f"{mtproto['host']}:{mtproto['port']}",
            mtproto_public_key=mtproto["public_key"],
            bot_api_url=botapi["url"],
            bot_token=botapi["token"],
        )
