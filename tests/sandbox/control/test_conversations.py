"""What people do in their chats with the bot, played over the control API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import ForceReply, InaccessibleMessage, InlineKeyboardButton, InlineKeyboardMarkup

from sandbox.running import Sandbox
from sandbox.seed import OWNER_ID

CHAT = f"/api/chats/{OWNER_ID}"
KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [
            InlineKeyboardButton(text="End", callback_data="end:1"),
            InlineKeyboardButton(text="End", callback_data="end:2"),
        ],
        [
            InlineKeyboardButton(text="Back", callback_data="back"),
            InlineKeyboardButton(text="Site", url="https://example.org"),
        ],
    ]
)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(sandbox.botapi.url))
    yield Bot(sandbox.botapi.token, session=session)
    if session._session is not None:
        await session._session.close()


@pytest.fixture
async def message_id(api: Any, bot: Bot) -> int:
    """A message with buttons in the owner's chat; no updates wait."""
    await api("POST", f"{CHAT}/messages", {"text": "/start"})
    (update,) = await bot.get_updates()
    await bot.get_updates(offset=update.update_id + 1)
    return (await bot.send_message(OWNER_ID, "Sessions", reply_markup=KEYBOARD)).message_id


async def test_a_person_writes_and_the_bot_answers(api: Any, bot: Bot) -> None:
    assert await api("GET", f"{CHAT}/messages") == (200, [])
    status, message = await api("POST", f"{CHAT}/messages", {"text": "/start"})
    assert (status, message["text"], message["entities"][0]["type"]) == (201, "/start", "bot_command")
    (update,) = await bot.get_updates(timeout=5)
    assert update.message is not None
    await bot.send_message(OWNER_ID, "<b>Hello</b>", parse_mode="HTML")
    _, messages = await api("GET", f"{CHAT}/messages")
    assert [m["text"] for m in messages] == ["/start", "Hello"]
    assert messages[1]["from"]["is_bot"]


async def test_whoever_writes_first_is_a_stranger(api: Any, bot: Bot, sandbox: Sandbox) -> None:
    assert (await api("GET", "/api/chats/5/messages"))[0] == 404
    assert (await api("POST", "/api/chats/5/messages", {"text": "hi"}))[0] == 201
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.id == 5
    assert 5 not in sandbox.world.owners


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": " \n"},
        {"text": 5},
        {"text": "x" * 4097},
        {"text": "😀" * 2049},
        {"msg": "x"},
        {"text": "\u200b"},
        {"text": "x", "reply_to_message_id": "1"},
        {"text": "x", "reply_to_message_id": 0},
        {"text": "x", "reply_to_message_id": None},
    ],
)
async def test_a_wrong_message_is_refused_and_makes_nobody(api: Any, sandbox: Sandbox, body: Any) -> None:
    status, answer = await api("POST", "/api/chats/5/messages", body)
    assert status == 400
    assert answer["error"]
    assert 5 not in sandbox.world.people


async def test_a_person_replies_to_a_message(api: Any, bot: Bot, message_id: int) -> None:
    body = {"text": "first", "reply_to_message_id": message_id}
    status, first = await api("POST", f"{CHAT}/messages", body)
    assert status == 201
    await api("POST", f"{CHAT}/messages", {"text": "second", "reply_to_message_id": first["message_id"]})
    to_bot, to_person = [update.message.reply_to_message for update in await bot.get_updates() if update.message]
    assert to_bot is not None
    assert (to_bot.message_id, to_bot.text) == (message_id, "Sessions")
    assert to_bot.reply_markup is not None
    assert to_person is not None
    assert (to_person.text, to_person.reply_to_message) == ("first", None)


async def test_a_reply_to_a_message_that_is_not_there_is_refused(
    api: Any, bot: Bot, sandbox: Sandbox, message_id: int
) -> None:
    body = {"text": "x", "reply_to_message_id": 99}
    assert await api("POST", f"{CHAT}/messages", body) == (404, {"error": f"no message 99 in the chat of {OWNER_ID}"})
    assert (await api("POST", "/api/chats/5/messages", body | {"reply_to_message_id": message_id}))[0] == 404
    assert 5 not in sandbox.world.people
    assert await bot.get_updates() == []


async def test_a_message_that_asks_for_a_reply_says_so_and_whether_it_got_one(
    api: Any, bot: Bot, message_id: int
) -> None:
    asking = await bot.send_message(OWNER_ID, "Code?", reply_markup=ForceReply(input_field_placeholder="123456"))

    async def asked() -> list[Any]:
        _, messages = await api("GET", f"{CHAT}/messages")
        return [message.get("force_reply") for message in messages]

    waiting = {"answered": False, "input_field_placeholder": "123456"}
    assert await asked() == [None, None, waiting]
    for replied in (None, message_id):
        await api("POST", f"{CHAT}/messages", {"text": "x"} | ({"reply_to_message_id": replied} if replied else {}))
    assert (await asked())[2] == waiting
    _, reply = await api("POST", f"{CHAT}/messages", {"text": "1", "reply_to_message_id": asking.message_id})
    assert "force_reply" not in reply["reply_to_message"]
    await bot.delete_message(OWNER_ID, reply["message_id"])
    assert (await asked())[2] == waiting | {"answered": True}


async def test_a_person_deletes_a_message_for_both_and_the_bot_hears_nothing(
    api: Any, bot: Bot, message_id: int
) -> None:
    own, asking = 1, (await bot.send_message(OWNER_ID, "Code?", reply_markup=ForceReply())).message_id
    for deleted in (own, message_id, asking):
        path = f"{CHAT}/messages/{deleted}"
        assert await api("DELETE", path) == (200, {"deleted": True})
        assert (await api("DELETE", path))[0] == 404
    assert await api("GET", f"{CHAT}/messages") == (200, [])
    assert await bot.get_updates() == []
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=OWNER_ID, message_id=message_id)
    assert (await api("POST", f"{CHAT}/messages", {"text": "1", "reply_to_message_id": asking}))[0] == 404


@pytest.mark.parametrize(("path", "status"), [("x", 400), ("0", 400), ("-1", 400), ("99", 404), ("9" * 20, 400)])
async def test_what_is_no_message_is_not_deleted(api: Any, message_id: int, path: str, status: int) -> None:
    assert (await api("DELETE", f"{CHAT}/messages/{path}"))[0] == status
    assert len((await api("GET", f"{CHAT}/messages"))[1]) == 2


async def test_a_press_by_text_or_data_waits_for_the_answer(api: Any, bot: Bot, message_id: int) -> None:
    async with asyncio.TaskGroup() as group:
        body = {"message_id": message_id, "button": "Back", "wait": 5}
        press = group.create_task(api("POST", f"{CHAT}/presses", body))
        (update,) = await bot.get_updates(timeout=5)
        assert update.callback_query is not None
        assert update.callback_query.data == "back"
        await bot.answer_callback_query(update.callback_query.id, "Done", show_alert=True)
    status, outcome = press.result()
    assert status == 201
    assert outcome["answer"] == {"callback_query_id": outcome["callback_query_id"], "text": "Done", "show_alert": True}


async def test_an_answer_can_be_fetched_later(api: Any, bot: Bot, message_id: int) -> None:
    status, outcome = await api("POST", f"{CHAT}/presses", {"message_id": message_id, "button": "end:2"})
    assert (status, outcome["answer"]) == (201, None)
    path = f"{CHAT}/presses/{outcome['callback_query_id']}"
    assert (await api("GET", path))[1] == outcome
    await bot.answer_callback_query(outcome["callback_query_id"])
    assert (await api("GET", f"{path}?wait=5"))[1]["answer"] == {"callback_query_id": outcome["callback_query_id"]}
    assert (await api("GET", f"{path}?wait=x"))[0] == 400
    assert (await api("GET", f"{CHAT}/presses/12"))[0] == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"button": "Nowhere"}, 404),
        ({"button": "End"}, 409),
        ({"button": "Site"}, 409),
        ({"message_id": 99}, 404),
        ({"message_id": 1}, 404),
        ({"message_id": 2.0}, 400),
        ({"message_id": "2"}, 400),
        ({"button": 1}, 400),
        ({"wait": 31}, 400),
        ({"button": None}, 400),
        ({"data": "beside a button"}, 400),
        ({"group": -100123}, 400),
        ({"group": 100123}, 400),
    ],
)
async def test_a_wrong_press_is_refused(api: Any, bot: Bot, message_id: int, change: Any, status: int) -> None:
    got, answer = await api("POST", f"{CHAT}/presses", {"message_id": message_id, "button": "Back"} | change)
    assert got == status
    if "button" in change and status in (404, 409):
        assert {"text": "Back", "data": "back"} in answer["buttons"]
    assert await bot.get_updates() == []


@pytest.mark.parametrize("data", ["end:3", "", "x" * 64, "\x00"])
async def test_an_altered_app_sends_data_that_no_button_has(api: Any, bot: Bot, message_id: int, data: str) -> None:
    status, outcome = await api("POST", f"{CHAT}/presses", {"message_id": message_id, "data": data})
    assert status == 201
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert (update.callback_query.id, update.callback_query.data) == (outcome["callback_query_id"], data)
    assert update.callback_query.message is not None
    assert update.callback_query.message.message_id == message_id


async def test_an_altered_app_presses_in_a_group(api: Any, bot: Bot, message_id: int) -> None:
    body = {"message_id": 99, "data": "back", "group": -1_001_234_567_890}
    assert (await api("POST", f"{CHAT}/presses", body))[0] == 201
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    assert isinstance(update.callback_query.message, InaccessibleMessage)
    assert update.callback_query.message.chat.id == body["group"]
    assert update.callback_query.from_user.id == OWNER_ID


@pytest.mark.parametrize("body", [{}, {"data": "x" * 65}, {"data": "ж" * 33}, {"data": 5}, {"data": "x", "group": 0}])
async def test_made_up_data_that_telegram_would_not_carry_is_refused(
    api: Any, bot: Bot, message_id: int, body: Any
) -> None:
    assert (await api("POST", f"{CHAT}/presses", {"message_id": message_id} | body))[0] == 400
    assert await bot.get_updates() == []


async def test_blocking_shuts_the_bot_out_until_unblocked(api: Any, bot: Bot, message_id: int) -> None:
    assert await api("PUT", f"{CHAT}/block") == (200, {"blocked": True})
    assert (await api("POST", f"{CHAT}/messages", {"text": "hi"}))[0] == 409
    assert await api("DELETE", f"{CHAT}/block") == (200, {"blocked": False})
    assert (await api("POST", f"{CHAT}/messages", {"text": "hi"}))[0] == 201
    updates = await bot.get_updates()
    assert [u.my_chat_member.new_chat_member.status for u in updates if u.my_chat_member] == ["kicked", "member"]
