"""Inline keyboards: what is refused, dropped and kept."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.people import Person
from sandbox.world import World

MARKUP = "Bad Request: can't parse inline keyboard button: "


@pytest.fixture
def send(call: Any, owner: Person) -> Any:
    async def send(*rows: Any, **markup: Any) -> Any:
        keyboard = {"inline_keyboard": list(rows), **markup}
        return await call("sendMessage", chat_id=owner.id, text="x", reply_markup=keyboard)

    return send


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x", "callback_data": "d" * 65}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "ä" * 33}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x"}, MARKUP + "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": ""}, MARKUP + "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "d"}, MARKUP + 'Can\'t find field "text"'),
        ({"text": 5, "callback_data": "d"}, MARKUP + 'Field "text" must be of type String'),
        ({"text": "x", "callback_data": "d", "style": "loud"}, MARKUP + "invalid button style specified"),
        (
            {"text": "x", "url": "not a url"},
            "Bad Request: inline keyboard button URL 'not a url' is invalid: Disallowed character in URL host",
        ),
        (
            {"text": "x", "url": "nonsense"},
            "Bad Request: inline keyboard button URL 'nonsense' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "url": "ftp://example.org"},
            "Bad Request: inline keyboard button URL 'ftp://example.org' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "x", "web_app": {"url": "http://example.org"}},
            (
                "Bad Request: inline keyboard button Web App URL 'http://example.org' is invalid: "
                "Only HTTPS links are allowed"
            ),
        ),
        ({"text": "x", "copy_text": {"text": "c" * 257}}, "Bad Request: BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_a_wrong_button_is_refused_in_telegrams_words(send: Any, button: Any, description: str) -> None:
    answer = await send([button])
    assert answer["description"] == description


async def test_sixty_four_bytes_of_data_are_taken(send: Any) -> None:
    for data in ("d" * 64, "ä" * 32):
        answer = await send([{"text": "x", "callback_data": data}])
        assert answer["result"]["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == data


async def test_links_are_written_as_telegram_writes_them(send: Any) -> None:
    urls = ["Example.org", "https://example.org:8080/a b", "tg://user?id=5", "tg://settings/devices"]
    answer = await send([{"text": "x", "url": url} for url in urls])
    assert [button["url"] for button in answer["result"]["reply_markup"]["inline_keyboard"][0]] == [
        "http://example.org/",
        "https://example.org:8080/a%20b",
        "tg://user?id=5",
        "tg://settings/devices",
    ]


async def test_a_hundred_buttons_are_taken_and_no_more(send: Any) -> None:
    rows = [[{"text": "x", "callback_data": "d"} for _ in range(8)] for _ in range(12)]
    assert (await send(*rows, [{"text": "x", "callback_data": "d"}] * 4))["ok"]
    answer = await send(*rows, [{"text": "x", "callback_data": "d"}] * 5)
    assert answer["description"] == "Bad Request: reply markup is too long"


async def test_a_keyboard_of_too_many_bytes_is_too_long(send: Any) -> None:
    rows = [[{"text": "x" * 100, "callback_data": "d" * 64}] for _ in range(60)]
    assert (await send(*rows))["description"] == "Bad Request: reply markup is too long"


async def test_a_row_shows_eight_buttons(send: Any) -> None:
    answer = await send([{"text": str(n), "callback_data": "d"} for n in range(9)])
    assert len(answer["result"]["reply_markup"]["inline_keyboard"][0]) == 8


async def test_buttons_without_text_and_empty_rows_are_left_out(send: Any) -> None:
    answer = await send([], [{"text": "", "callback_data": "d"}], [{"text": "x", "callback_data": "d"}])
    assert answer["result"]["reply_markup"] == {"inline_keyboard": [[{"text": "x", "callback_data": "d"}]]}
    assert "reply_markup" not in (await send([], []))["result"]


async def test_a_keyboard_must_be_rows_of_buttons(send: Any, call: Any, owner: Person) -> None:
    assert (await send({"text": "x", "callback_data": "d"}))["error_code"] == 400
    answer = await call("sendMessage", chat_id=owner.id, text="x", reply_markup=[])
    assert answer["description"] == "Bad Request: object expected as reply markup"


@pytest.mark.parametrize(
    ("markup", "kept"),
    [
        ({}, {}),
        ({"input_field_placeholder": ""}, {}),
        ({"selective": False, "input_field_placeholder": "😀" * 64}, {"input_field_placeholder": "😀" * 64}),
        (
            {"selective": True, "input_field_placeholder": 123456},
            {"selective": True, "input_field_placeholder": "123456"},
        ),
    ],
)
async def test_a_message_that_asks_for_a_reply_shows_it_to_the_person_alone(
    call: Any, owner: Person, world: World, markup: Any, kept: Any
) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text="x", reply_markup={"force_reply": True, **markup})
    assert "reply_markup" not in answer["result"]
    assert "force_reply" not in answer["result"]
    asking = world.chats.reply_markups.shown(answer["result"])
    assert asking == answer["result"] | {"force_reply": {"answered": False, **kept}}


@pytest.mark.parametrize(
    ("markup", "description"),
    [
        ({"force_reply": "true"}, 'field "force_reply" must be of type Boolean'),
        ({"force_reply": True, "selective": 1}, 'field "selective" must be of type Boolean'),
        (
            {"force_reply": True, "input_field_placeholder": ["x"]},
            'field "input_field_placeholder" must be of type String',
        ),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "REPLY_MARKUP_INVALID"),
    ],
)
async def test_a_wrong_forced_reply_is_refused(call: Any, owner: Person, markup: Any, description: str) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text="x", reply_markup=markup)
    assert answer["description"] == f"Bad Request: {description}"


async def test_what_forces_no_reply_is_no_markup(call: Any, owner: Person, world: World) -> None:
    answer = await call("sendMessage", chat_id=owner.id, text="x", reply_markup={"force_reply": False})
    assert world.chats.reply_markups.shown(answer["result"]) == answer["result"]


async def test_reply_keyboards_are_taken_but_stand_in_no_message(call: Any, owner: Person) -> None:
    for markup in ({"keyboard": [[{"text": "x"}]]}, {"remove_keyboard": True}, {"force_reply": True}):
        answer = await call("sendMessage", chat_id=owner.id, text="x", reply_markup=markup)
        assert "reply_markup" not in answer["result"]
