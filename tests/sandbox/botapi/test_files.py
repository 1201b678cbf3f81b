"""Documents and photos: sent, kept, downloaded."""

from __future__ import annotations

import struct
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile

from sandbox.botapi.server import BotApiServer
from sandbox.people import Person
from sandbox.world import World

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 30, 20) + b"\x08\x02\x00\x00\x00"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080014001e01011100")


async def test_a_document_can_be_downloaded_as_it_was_sent(bot: Bot, owner: Person, world: World) -> None:
    message = await bot.send_document(
        owner.id, BufferedInputFile(b"a,b\n", "sessions.csv"), caption="<i>all</i>", parse_mode="HTML"
    )
    assert message.document is not None
    assert (message.document.file_name, message.document.file_size, message.caption) == ("sessions.csv", 4, "all")
    assert [e.type for e in message.caption_entities or []] == ["italic"]
    file = await bot.get_file(message.document.file_id)
    assert file.file_path is not None
    content = await bot.download_file(file.file_path)
    assert content is not None
    assert content.read() == b"a,b\n"
    params = world.calls.calls[-2].params
    assert params["document"] == {"file_name": "sessions.csv", "mime_type": "application/octet-stream", "size": 4}


async def test_a_file_id_sends_the_file_again(bot: Bot, owner: Person) -> None:
    first = await bot.send_document(owner.id, BufferedInputFile(b"x", "x.txt"))
    assert first.document is not None
    second = await bot.send_document(owner.id, first.document.file_id)
    assert second.document == first.document
    with pytest.raises(TelegramBadRequest, match="wrong file identifier/HTTP URL specified"):
        await bot.send_document(owner.id, "nonsense")
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("nonsense")


@pytest.mark.parametrize("content", [PNG, JPEG])
async def test_a_photo_has_its_size(bot: Bot, owner: Person, content: bytes) -> None:
    message = await bot.send_photo(owner.id, BufferedInputFile(content, "qr.png"))
    assert message.photo is not None
    assert (message.photo[0].width, message.photo[0].height) == (30, 20)
    edited = await bot.edit_message_caption(chat_id=owner.id, message_id=message.message_id, caption="now")
    assert not isinstance(edited, bool)
    assert edited.caption == "now"


async def test_what_is_no_picture_is_no_photo(bot: Bot, call: Any, owner: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(owner.id, BufferedInputFile(b"text", "x.png"))
    assert (await call("sendPhoto", chat_id=owner.id))["description"] == (
        "Bad Request: there is no photo in the request"
    )


async def test_a_caption_has_at_most_1024_units(bot: Bot, owner: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_document(owner.id, BufferedInputFile(b"x", "x"), caption="😀" * 513)


async def test_a_file_that_is_not_there_is_not_found(http: aiohttp.ClientSession, server: BotApiServer) -> None:
    assert (await http.get(f"{server.url}/file/bot{server.token}/documents/none")).status == 404
    assert (await http.get(f"{server.url}/file/bot1:x/documents/none")).status == 401
