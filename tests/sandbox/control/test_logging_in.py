"""A real MTProto client logs in with what the control API tells, and shows as connected."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[TelegramClient]:
    rsa.add_key(sandbox.mtproto.public_key, old=False)
    session = StringSession()
    session.set_dc(2, sandbox.mtproto.host, sandbox.mtproto.port)
    client = TelegramClient(session, 1, "not-real", device_model="Test guard")
    await client.connect()
    yield client
    await client.disconnect()


async def ours(api: Any) -> list[dict[str, Any]]:
    _, world = await api("GET", "/api/world")
    return [a for a in world["accounts"][0]["authorizations"] if a["device_model"] == "Test guard"]


async def test_the_code_signs_in_and_the_session_shows_as_connected(api: Any, client: TelegramClient) -> None:
    await client.send_code_request(PHONE)
    _, answer = await api("GET", f"/api/accounts/{ACCOUNT_ID}/login-code")
    me = await client.sign_in(PHONE, answer["code"])
    assert me.id == ACCOUNT_ID
    (auth,) = await ours(api)
    assert auth["connected"] is True
    _, calls = await api("GET", "/api/calls?layer=mtproto")
    assert "auth.signIn" in [call["method"] for call in calls]
    await client.disconnect()
    async with asyncio.timeout(5):
        while (await ours(api))[0]["connected"]:
            pass
    assert (await api("DELETE", f"/api/accounts/{ACCOUNT_ID}/authorizations/{auth['hash']}"))[0] == 200


async def test_a_qr_code_signs_in(api: Any, client: TelegramClient) -> None:
    login = await client.qr_login()
    waiting = asyncio.ensure_future(login.wait(5))
    token = base64.urlsafe_b64encode(login.token).decode().rstrip("=")
    assert (await api("POST", f"/api/accounts/{ACCOUNT_ID}/qr-logins", {"token": token}))[0] == 200
    assert (await waiting).id == ACCOUNT_ID
    assert (await api("POST", f"/api/accounts/{ACCOUNT_ID}/qr-logins", {"token": token}))[0] == 404
