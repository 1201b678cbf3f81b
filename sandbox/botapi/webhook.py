"""Delivers updates to the bot's webhook: a POST each, a chat's in order, tried again until the bot takes them."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from sandbox.botapi.errors import bad_request
from sandbox.botapi.incoming import Raw, Upload, read_reply
from sandbox.text.errors import TextError
from sandbox.text.links import parse_url
from sandbox.updates import Update, UpdateQueue

MOST_CONNECTIONS = 40
LONGEST_SECRET = 256
LONGEST_DELAY = 60.0
ANSWER_TIMEOUT = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
NOT_IN_REPLY = ("setwebhook", "deletewebhook", "close", "logout")

Reply = Callable[[Raw, dict[str, Upload]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to deliver."""

    url: str
    secret: str = ""
    max_connections: int = MOST_CONNECTIONS
    ip_address: str = ""


def read_target(params: dict[str, Any]) -> Target:
    """Raises ApiError. Beyond Telegram's own checks: only loopback is served, for this is a sandbox."""
    try:
        host = parse_url(params["url"], default="https").host
    except TextError:
        raise bad_request("invalid webhook URL specified") from None
    secret = params.get("secret_token", "")
    if len(secret) > LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    if not _is_loopback(host):
        raise bad_request(f"bad webhook: the sandbox delivers to loopback alone, not to {host}")
    connections = min(max(params.get("max_connections", MOST_CONNECTIONS), 1), 100)
    return Target(url=params["url"], secret=secret, max_connections=connections, ip_address="127.0.0.1")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(slots=True)
class Webhook:
    """The webhook, if one is set. `first_delay` doubles with every failure after the second try."""

    queue: UpdateQueue
    reply: Reply
    first_delay: float = 1.0
    target: Target | None = None
    last_error: tuple[int, str] | None = None
    _busy: dict[str, int] = field(default_factory=dict)  # lane → the update on its way
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def point(self, target: Target | None) -> None:
        """Deliver there from now on; None for nowhere."""
        self.target = target
        self.last_error = None
        self._news.set()

    async def deliver(self) -> None:
        """Serve the webhook until cancelled."""
        self.queue.listeners.append(self._news.set)
        try:
            async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
                while True:
                    await self._news.wait()
                    self._news.clear()
                    for update in self._ready():
                        self._busy[update.lane] = update.id
                        group.create_task(self._send(session, update))
        finally:
            self.queue.listeners.remove(self._news.set)

    def _ready(self) -> list[Update]:
        """The first update of every lane that has none on its way, as many as connections are free."""
        if self.target is None:
            return []
        first: dict[str, Update] = {}
        for update in self.queue.pending:
            if update.lane not in self._busy:
                first.setdefault(update.lane, update)
        return list(first.values())[: max(self.target.max_connections - len(self._busy), 0)]

    async def _send(self, session: aiohttp.ClientSession, update: Update) -> None:
        delay, failures = self.first_delay, 0
        try:
            while (target := self.target) is not None and update in self.queue.pending:
                if await self._post(session, target, update):
                    self.queue.forget(update)
                    return
                if failures:  # the first failure is tried again at once
                    await asyncio.sleep(delay)
                    delay = min(delay * 2, LONGEST_DELAY)
                failures += 1
        finally:
            self._busy.pop(update.lane, None)
            self._news.set()

    async def _post(self, session: aiohttp.ClientSession, target: Target, update: Update) -> bool:
        headers = {"Content-Type": "application/json"} | ({SECRET_HEADER: target.secret} if target.secret else {})
        body = json.dumps(update.as_json()).encode()
        timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT)
        try:
            async with session.post(
                target.url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.ok and answer.status < 300:  # noqa: PLR2004  # a redirect is no yes
                    await self._take_reply(answer)
                    return True
                self._failed(f"Wrong response from the webhook: {answer.status} {answer.reason}")
        except TimeoutError:
            self._failed("Read timeout expired")
        except aiohttp.ClientError as error:
            self._failed("Connection refused" if isinstance(error, aiohttp.ClientConnectorError) else str(error))
        return False

    def _failed(self, message: str) -> None:
        self.last_error = (int(time.time()), message)

    async def _take_reply(self, answer: aiohttp.ClientResponse) -> None:
        """A method call in the answer's body is done, its result told to nobody."""
        params, files = await read_reply(answer)
        method = str(params.get("method", "")).lower()
        if method and method not in NOT_IN_REPLY and not method.startswith("get"):
            await self.reply(params, files)
