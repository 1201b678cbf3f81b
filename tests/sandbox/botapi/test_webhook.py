"""Webhooks: delivery, the secret, order, retries, and replies that are calls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from sandbox.botapi.server import BotApiServer
from sandbox.listening import serving
from sandbox.people import Person
from sandbox.world import World


class Receiver:
    """A bot's webhook that answers as told."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[dict[str, Any], str | None]] = []
        self.statuses: list[int] = []
        self.reply: dict[str, Any] | None = None
        self.came = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        self.got.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        self.came.set()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.json_response(self.reply, status=status) if self.reply else web.Response(status=status)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                await self.came.wait()
                self.came.clear()


@pytest.fixture
async def receiver(server: BotApiServer) -> AsyncIterator[Receiver]:
    server.webhook.first_delay = 0.01
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    async with serving(app, port=0) as port:
        receiver.url = f"http://127.0.0.1:{port}/hook"
        yield receiver


async def test_updates_are_posted_with_the_secret(
    bot: Bot, owner: Person, world: World, receiver: Receiver, eventually: Any
) -> None:
    world.chats.wrote(owner, "waiting")
    assert await bot.set_webhook(receiver.url, secret_token="s3cret_-", max_connections=7)
    world.chats.wrote(owner, "new")
    await receiver.until(2)
    await eventually(lambda: not world.chats.updates.pending)
    assert [(update["message"]["text"], secret) for update, secret in receiver.got] == [
        ("waiting", "s3cret_-"),
        ("new", "s3cret_-"),
    ]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (receiver.url, 0, 7)


async def test_an_update_is_tried_again_until_it_is_taken_and_its_chat_keeps_order(
    bot: Bot, owner: Person, world: World, receiver: Receiver, eventually: Any
) -> None:
    receiver.statuses = [500, 503, 302, 200]
    await bot.set_webhook(receiver.url)
    world.chats.wrote(owner, "first")
    world.chats.wrote(owner, "second")
    await receiver.until(5)
    await eventually(lambda: not world.chats.updates.pending)
    assert [update["message"]["text"] for update, _ in receiver.got] == ["first"] * 4 + ["second"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"


async def test_a_reply_that_is_a_call_is_done(
    bot: Bot, owner: Person, world: World, receiver: Receiver, eventually: Any
) -> None:
    receiver.reply = {"method": "sendMessage", "chat_id": owner.id, "text": "from a reply"}
    await bot.set_webhook(receiver.url)
    world.chats.wrote(owner, "hi")
    await receiver.until(1)
    await eventually(lambda: not world.chats.updates.pending)
    assert world.chats.of(owner.id)[-1]["text"] == "from a reply"
    assert world.calls.calls[-1].method == "sendMessage"
    receiver.reply = {"method": "deleteWebhook"}
    world.chats.wrote(owner, "hi")
    await receiver.until(2)
    await eventually(lambda: not world.chats.updates.pending)
    assert (await bot.get_webhook_info()).url == receiver.url


async def test_an_unmodified_aiogram_webhook_answers_through_its_reply(
    bot: Bot, server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> SendMessage:
        return message.answer(f"you said {message.text} 😀")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="s").register(app, path="/hook")
    async with serving(app, port=0) as port:
        await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s")
        world.chats.wrote(owner, "hi")
        await eventually(lambda: not world.chats.updates.pending)
        await bot.delete_webhook()
    assert world.chats.of(owner.id)[-1]["text"] == "you said hi 😀"


async def test_polling_and_a_webhook_exclude_each_other(
    bot: Bot, server: BotApiServer, receiver: Receiver, eventually: Any
) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(_conflict(bot))
        await eventually(lambda: server.polling.under_way)
        await bot.set_webhook(receiver.url)
        assert "terminated by setWebhook request" in await poll
    assert (
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        in await _conflict(bot)
    )
    assert await bot.delete_webhook()
    assert await bot.get_updates() == []


async def _conflict(bot: Bot) -> str:
    with pytest.raises(TelegramConflictError) as caught:
        await bot.get_updates(timeout=30)
    return str(caught.value)


async def test_pending_updates_can_be_dropped(bot: Bot, owner: Person, world: World, receiver: Receiver) -> None:
    world.chats.wrote(owner, "old")
    assert await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_a_receiver_that_is_not_there_is_an_error_to_read(
    bot: Bot, server: BotApiServer, owner: Person, world: World, eventually: Any
) -> None:
    server.webhook.first_delay = 0.01
    await bot.set_webhook("http://127.0.0.1:9/hook")
    world.chats.wrote(owner, "hi")
    await eventually(lambda: server.webhook.last_error is not None)
    assert (await bot.get_webhook_info()).last_error_message == "Connection refused"
    assert (await bot.get_webhook_info()).pending_update_count == 1


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"url": "ftp://x"}, "invalid webhook URL specified"),
        (
            {"url": "https://example.org/hook"},
            "bad webhook: the sandbox delivers to loopback alone, not to example.org",
        ),
        ({"url": "http://127.0.0.1/", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "http://127.0.0.1/", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_wrong_webhook_is_refused(bot: Bot, params: Any, error: Any) -> None:
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.set_webhook(**params)
