"""The page: served whole from here, live, and closed to pages elsewhere."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import aiohttp
import pytest

from sandbox.control.live import files
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID


async def test_the_page_and_its_files_are_served_and_refer_to_nothing_elsewhere(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.get(sandbox.control.url + "/") as response:
        page = await response.text()
        assert response.content_type == "text/html"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    named = set(re.findall(r'(?:src|href|from) ?= ?"(/[^"]+)"|from "(/[^"]+)"', page))
    assert {a or b for a, b in named} == {"/page/page.css", "/page/chat.css", "/page/world.css", "/page/page.js"}
    for name in files():
        async with http.get(f"{sandbox.control.url}/page/{name}") as response:
            assert response.status == 200
            content = await response.text()
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(", content)
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\sstyle=|\son\w+=", content
        )


async def test_no_other_file_is_served(api: Any) -> None:
    for path in ("/page/nothing.js", "/page/..%2fserver.py", "/page/"):
        assert (await api("GET", path))[0] == 404


async def events(response: Any, count: int) -> list[str]:
    names: list[str] = []
    async for line in response.content:
        if line.startswith(b"event: "):
            names.append(line.decode().split()[1])
        if len(names) == count:
            break
    return names


@pytest.mark.parametrize(
    "request_",
    [
        ("POST", f"/api/chats/{OWNER_ID}/messages", {"text": "hi"}),
        ("POST", f"/api/accounts/{ACCOUNT_ID}/authorizations", {}),
        ("PUT", f"/api/chats/{OWNER_ID}/block", None),
        ("POST", "/api/accounts", {"id": 9, "phone": "99966200009"}),
    ],
)
async def test_a_change_is_told_at_once(sandbox: Sandbox, http: aiohttp.ClientSession, api: Any, request_: Any) -> None:
    async with asyncio.timeout(5), http.get(sandbox.control.url + "/api/events") as response:
        assert response.content_type == "text/event-stream"
        assert await events(response, 1) == ["ready"]
        await api(*request_)
        assert await events(response, 1) == ["changed"]


async def test_a_call_is_told_at_once(sandbox: Sandbox, http: aiohttp.ClientSession, method: Any) -> None:
    async with asyncio.timeout(5), http.get(sandbox.control.url + "/api/events") as response:
        assert await events(response, 1) == ["ready"]
        await method("getMe")
        assert await events(response, 1) == ["called"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::2]", "10.0.0.1:80", ""]
)
async def test_a_name_that_is_not_this_machine_is_refused(api: Any, host: str) -> None:
    assert (await api("GET", "/api/world", headers={"Host": host}))[0] == 403


@pytest.mark.parametrize("host", ["localhost:8080", "LOCALHOST", "127.0.0.1", "[::1]:8080"])
async def test_the_names_of_this_machine_are_let_in(api: Any, host: str) -> None:
    assert (await api("GET", "/api/world", headers={"Host": host}))[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"])
async def test_a_page_from_elsewhere_is_refused(api: Any, sandbox: Sandbox, origin: str) -> None:
    body = {"text": "hi"}
    assert (await api("POST", "/api/chats/5/messages", body, headers={"Origin": origin}))[0] == 403
    assert 5 not in sandbox.world.people
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await api("POST", "/api/chats/5/messages", body, headers=headers))[0] == 403


@pytest.mark.parametrize("path", ["/api/events", "/api/world", "/api/wires", "/page/page.js"])
async def test_a_page_from_elsewhere_can_not_even_listen(api: Any, path: str) -> None:
    assert (await api("GET", path, headers={"Origin": "http://127.0.0.1:1"}))[0] == 403
    assert (await api("GET", path, headers={"Host": "evil.example"}))[0] == 403
    for site in ("cross-site", "same-site"):  # another port of this machine is the same site
        assert (await api("GET", path, headers={"Sec-Fetch-Site": site}))[0] == 403


async def test_a_link_to_the_page_may_stand_anywhere(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get(sandbox.control.url + "/", headers={"Sec-Fetch-Site": "cross-site"}) as response:
        assert response.status == 200


async def test_every_route_that_changes_something_refuses_a_page_from_elsewhere(api: Any, sandbox: Sandbox) -> None:
    for method, path in [
        ("PUT", "/api/levers"),
        ("POST", "/api/levers/worker/pulls"),
        ("POST", "/api/pulls/take"),
        ("POST", f"/api/chats/{OWNER_ID}/presses"),
        ("DELETE", "/api/connections"),
        ("PATCH", f"/api/accounts/{ACCOUNT_ID}"),
    ]:
        for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            assert (await api(method, path, {}, headers=headers))[0] == 403, path


async def test_its_own_page_is_let_in(api: Any, sandbox: Sandbox) -> None:
    headers = {"Origin": sandbox.control.url, "Sec-Fetch-Site": "same-origin"}
    assert (await api("POST", "/api/chats/5/messages", {"text": "hi"}, headers=headers))[0] == 201
