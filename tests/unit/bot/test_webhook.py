"""The webhook takes Telegram's deliveries by their secret token; of anybody else's it reads nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from aiohttp.test_utils import unused_port
from structlog.testing import capture_logs

from bot.sieve import Sieve
from bot.webhook import LARGEST_UPDATE, SECRET_HEADER, Webhook, listening
from tests.domain_values import OWNER
from tests.fake_telegram import FakeTelegram
from tests.updates import STRANGER

SECRET = "a-secret-token"
GOOD = {SECRET_HEADER: SECRET}
OWNERS = frozenset({OWNER})


def row(person: int = OWNER, **fields: Any) -> dict[str, Any]:
    """A message as Telegram delivers it."""
    who = {"id": person, "is_bot": False, "first_name": "Ada"}
    chat = {"id": person, "type": "private"}
    return {"update_id": 7, "message": {"message_id": 1, "date": 1, "from": who, "chat": chat, "text": "hi", **fields}}


class Fed(Dispatcher):
    """Notes what it is fed; fails, or waits, if it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[Update] = []
        self.trouble: Exception | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def feed_update(self, bot: Bot, update: Update, **_: Any) -> Any:
        assert update.bot is bot
        self.updates.append(update)
        await self.go_on.wait()
        if self.trouble:
            raise self.trouble


@pytest.fixture
def dispatcher() -> Fed:
    return Fed()


@pytest.fixture
async def post(dispatcher: Fed) -> AsyncIterator[Any]:
    """Post a delivery to the webhook; gives the status."""
    port = unused_port()
    async with asyncio.TaskGroup() as handling, aiohttp.ClientSession() as client:
        webhook = Webhook(FakeTelegram().bot(), dispatcher, Sieve(OWNERS), secret=SECRET, handling=handling)

        async def post(body: Any, headers: dict[str, str] = GOOD, path: str = "/telegram") -> int:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            async with client.post(f"http://127.0.0.1:{port}{path}", data=BytesIO(data), headers=headers) as answer:
                assert await answer.read() in (b"", b"404: Not Found") or answer.status == 413
            if webhook.under_way and dispatcher.go_on.is_set():
                await asyncio.wait(webhook.under_way)
            return answer.status

        async with listening(webhook, host="127.0.0.1", port=port, path="/telegram"):
            yield post


async def test_a_delivery_of_an_owners_is_taken(post: Any, dispatcher: Fed) -> None:
    assert await post(row()) == 200
    [update] = dispatcher.updates
    assert update.message is not None
    assert update.message.text == "hi"


async def test_it_is_taken_before_it_is_handled(post: Any, dispatcher: Fed) -> None:
    dispatcher.go_on.clear()
    assert await post(row()) == 200
    assert await post(row()) == 200
    assert len(dispatcher.updates) == 2
    dispatcher.go_on.set()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {SECRET_HEADER: ""},
        {SECRET_HEADER: "guessed"},
        {SECRET_HEADER: SECRET[:-1]},
        {SECRET_HEADER: SECRET + "x"},
        {SECRET_HEADER: SECRET.upper()},
        {SECRET_HEADER: "gü\u200bßt"},
        {"X-Secret": SECRET},
    ],
)
@pytest.mark.parametrize("body", [row(), b"no JSON", b"x" * (LARGEST_UPDATE + 1)], ids=["good", "no JSON", "large"])
async def test_without_the_secret_token_nothing_is_read(
    post: Any, dispatcher: Fed, headers: dict[str, str], body: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aiohttp.web.Request, "read", None)
    with capture_logs() as logs:
        assert await post(body, headers) == 401
    assert dispatcher.updates == []
    assert logs == []


async def test_a_strangers_delivery_is_taken_and_dropped(post: Any, dispatcher: Fed) -> None:
    assert await post(row(STRANGER)) == 200
    assert dispatcher.updates == []


@pytest.mark.parametrize("body", [b"", b"no JSON", b"\xff", [], "update", {}, {"update_id": "7"}])
async def test_what_is_no_update_is_refused(post: Any, dispatcher: Fed, body: Any) -> None:
    assert await post(body) == 400
    assert dispatcher.updates == []


async def test_more_than_an_update_can_be_is_refused(post: Any, dispatcher: Fed) -> None:
    assert await post(row(text="x" * LARGEST_UPDATE)) == 413
    assert dispatcher.updates == []


async def test_an_update_that_cannot_be_read_is_taken_and_only_its_number_is_logged(post: Any, dispatcher: Fed) -> None:
    with capture_logs() as logs:
        assert await post(row(text=["my secret"])) == 200
    assert [(entry["event"], entry["update"]) for entry in logs] == [("update_unreadable", 7)]
    [update] = dispatcher.updates
    assert update.message is None


async def test_an_update_that_fails_is_no_others_trouble(post: Any, dispatcher: Fed) -> None:
    dispatcher.trouble = ZeroDivisionError()
    with capture_logs() as logs:
        assert await post(row()) == 200
        assert await post(row()) == 200
    assert [entry["event"] for entry in logs] == ["update_failed"] * 2


async def test_there_is_nothing_else_to_be_found(post: Any, dispatcher: Fed) -> None:
    assert await post(row(), path="/") == 404
    assert dispatcher.updates == []
