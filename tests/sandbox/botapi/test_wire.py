"""The HTTP side: bodies of every kind, tokens, unknown methods, the call log and faults."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter

from sandbox.botapi.methods import METHODS
from sandbox.botapi.schema import Schema
from sandbox.botapi.server import BotApiServer
from sandbox.faults import Fault
from sandbox.people import Person
from sandbox.world import World


@pytest.fixture
def url(server: BotApiServer) -> str:
    return f"{server.url}/bot{server.token}"


async def test_takes_json_forms_multipart_and_queries_alike(
    http: aiohttp.ClientSession, url: str, owner: Person
) -> None:
    params = {"chat_id": str(owner.id), "text": "hi"}
    multipart = aiohttp.FormData(params, default_to_multipart=True)
    answers = [
        await (await http.post(f"{url}/sendMessage", json=params | {"chat_id": owner.id})).json(),
        await (await http.post(f"{url}/sendMessage", data=params)).json(),
        await (await http.post(f"{url}/sendMessage", data=multipart)).json(),
        await (await http.get(f"{url}/sendMessage", params=params)).json(),
        await (await http.post(f"{url}/SENDMESSAGE", params={"chat_id": owner.id}, data={"text": "hi"})).json(),
    ]
    assert [answer["result"]["text"] for answer in answers] == ["hi"] * 5
    assert [answer["result"]["message_id"] for answer in answers] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("token", "status", "description"),
    [
        ("1000000001:wrong", 401, "Unauthorized"),
        ("1:x", 401, "Unauthorized"),
        ("nonsense", 404, "Not Found"),
        (":x", 404, "Not Found"),
    ],
)
async def test_refuses_a_wrong_token(
    http: aiohttp.ClientSession, server: BotApiServer, token: str, status: int, description: str
) -> None:
    async with http.get(f"{server.url}/bot{token}/getMe") as response:
        assert response.status == status
        assert await response.json() == {"ok": False, "error_code": status, "description": description}


async def test_a_path_that_is_no_method_is_not_found(http: aiohttp.ClientSession, server: BotApiServer) -> None:
    for path in ("/", f"/bot{server.token}", f"/bot{server.token}/", "/elsewhere"):
        assert (await http.get(server.url + path)).status == 404


async def test_an_unknown_method_is_an_error_never_a_silent_ok(call: Any, world: World) -> None:
    assert await call("sendNonsense", chat_id=1) == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }
    assert world.calls.calls[-1].method == "sendNonsense"


async def test_a_method_that_telegram_has_and_the_sandbox_lacks_says_so(call: Any) -> None:
    answer = await call("sendDice", chat_id=1)
    assert (answer["error_code"], answer["description"]) == (501, "Not Implemented: the sandbox does not have sendDice")


async def test_a_body_that_is_no_json_object_is_a_bad_request(http: aiohttp.ClientSession, url: str) -> None:
    for body in ("{", "[1]", "null"):
        async with http.post(f"{url}/getMe", data=body, headers={"Content-Type": "application/json"}) as response:
            assert response.status == 400


async def test_logs_every_call_with_typed_parameters_and_the_answer(bot: Bot, owner: Person, world: World) -> None:
    message = await bot.send_message(owner.id, "hi", disable_notification=True)
    call = world.calls.calls[-1]
    assert (call.layer, call.method, call.who) == ("botapi", "sendMessage", bot.id)
    assert call.params == {"chat_id": owner.id, "text": "hi", "disable_notification": True}
    assert call.answer["result"]["message_id"] == message.message_id
    json.dumps([call.params, call.answer])


async def test_an_unknown_parameter_is_ignored_and_logged(
    call: Any, owner: Person, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    assert (await call("sendMessage", chat_id=owner.id, text="hi", parsemode="HTML"))["ok"]
    assert world.calls.calls[-1].params["parsemode"] == "HTML"
    assert "unknown_parameters method=sendMessage names=parsemode" in caplog.text


async def test_a_poll_that_brings_nothing_is_not_logged(bot: Bot, world: World) -> None:
    assert await bot.get_updates(timeout=0) == []
    assert not world.calls.calls


async def test_an_ordered_429_carries_retry_after_and_passes(
    bot: Bot, http: aiohttp.ClientSession, url: str, owner: Person, world: World
) -> None:
    parameters = {"retry_after": 3}
    world.faults.order(
        Fault(
            layer="botapi",
            method="sendMessage",
            code=429,
            message="Too Many Requests: retry after 3",
            parameters=parameters,
            times=2,
        )
    )
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(owner.id, "hi")
    assert caught.value.retry_after == 3
    async with http.post(f"{url}/sendMessage", json={"chat_id": owner.id, "text": "hi"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
    assert (await bot.send_message(owner.id, "hi")).text == "hi"


async def test_a_fault_of_getupdates_shows_in_the_log(call: Any, world: World) -> None:
    world.faults.order(Fault(layer="botapi", method="*", code=502, message="Bad Gateway"))
    assert (await call("getUpdates"))["error_code"] == 502
    assert world.calls.calls[-1].method == "getUpdates"


async def test_drop_closes_the_connection_before_or_after_the_deed(bot: Bot, owner: Person, world: World) -> None:
    for message in ("DROP", "DROP_AFTER"):
        world.faults.order(Fault(layer="botapi", method="sendMessage", code=0, message=message))
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(owner.id, message)
    assert [message["text"] for message in world.chats.of(owner.id)] == ["/start", "DROP_AFTER"]


async def test_timeout_never_answers(http: aiohttp.ClientSession, url: str, owner: Person, world: World) -> None:
    world.faults.order(Fault(layer="botapi", method="getMe", code=0, message="TIMEOUT"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await http.get(f"{url}/getMe")
    assert (await http.get(f"{url}/getMe")).status == 200


async def test_wrong_types_are_bad_requests(call: Any, owner: Person) -> None:
    for method, params, text in (
        ("getUpdates", {"limit": "many"}, 'parameter "limit" must be of type Integer'),
        (
            "sendMessage",
            {"chat_id": owner.id, "text": "x", "disable_notification": "perhaps"},
            "must be of type Boolean",
        ),
        ("sendMessage", {"chat_id": owner.id, "text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup"),
        (
            "sendMessage",
            {"chat_id": owner.id, "text": "x", "reply_parameters": []},
            "can't parse reply parameters: expected",
        ),
        ("setMyCommands", {"commands": [{"command": "x"}]}, "can't parse BotCommand: Can't find field \"description\""),
    ):
        answer = await call(method, **params)
        assert answer["error_code"] == 400
        assert answer["description"].startswith("Bad Request: ")
        assert text in answer["description"]


def test_every_method_of_the_sandbox_is_one_of_telegrams() -> None:
    known = {name for name, _ in Schema.load().methods.values()}
    assert METHODS.keys() <= known
