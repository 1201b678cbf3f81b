"""What a person's app fetches beside the messages: the command menu of their chat, pictures and files."""

from __future__ import annotations

from typing import Any

import aiohttp

from sandbox.botapi.incoming import Upload
from sandbox.running import Sandbox
from sandbox.seed import OWNER_ID

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def menu(*names: str) -> list[dict[str, str]]:
    return [{"command": name, "description": f"Does {name}"} for name in names]


async def test_the_menu_is_that_of_the_narrowest_scope(api: Any, method: Any) -> None:
    path = f"/api/chats/{OWNER_ID}/commands"
    await api("POST", f"/api/chats/{OWNER_ID}/messages", {"text": "/start"})
    assert await api("GET", path) == (200, [])
    for scope, name in [
        ({"type": "default"}, "wide"),
        ({"type": "all_private_chats"}, "private"),
        ({"type": "chat", "chat_id": OWNER_ID}, "own"),
    ]:
        await method("setMyCommands", commands=menu(name), scope=scope)
        assert await api("GET", path) == (200, menu(name))
    assert (await api("GET", "/api/chats/5/commands"))[0] == 404


async def fetched(sandbox: Sandbox, http: aiohttp.ClientSession, content: bytes, query: str = "") -> tuple[str, str]:
    upload = Upload(name="a file <b>.html", mime_type="text/html", content=content)
    file = sandbox.botapi.account.keep(upload, "documents")
    async with http.get(f"{sandbox.control.url}/api/files/{file.file_id}{query}") as response:
        assert await response.read() == content
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        return response.content_type, response.headers["Content-Disposition"].split(";")[0]


async def test_a_picture_is_shown_and_everything_else_is_only_saved(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    assert await fetched(sandbox, http, PNG) == ("image/png", "inline")
    assert await fetched(sandbox, http, PNG, "?download") == ("image/png", "attachment")
    assert await fetched(sandbox, http, b"<script>") == ("application/octet-stream", "attachment")


async def test_a_file_that_is_not_there_is_not_found(api: Any) -> None:
    assert (await api("GET", "/api/files/nothing"))[0] == 404
