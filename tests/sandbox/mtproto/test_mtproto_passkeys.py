"""Passkeys, as a stock Telethon client lists and deletes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from sandbox.people import Person, now
from sandbox.security import Passkey

SignedIn = Callable[..., Awaitable[Any]]

LIST = functions.account.GetPasskeysRequest
DELETE = functions.account.DeletePasskeyRequest


async def test_none_are_listed_before_there_are_any(signed_in: SignedIn) -> None:
    client = await signed_in()
    assert (await client(LIST())).passkeys == []


async def test_each_is_listed_with_its_dates(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    made, used = now() - timedelta(days=40), now() - timedelta(days=2)
    for passkey in (
        Passkey(id="one", name="iCloud Keychain", date=made, last_usage_date=used),
        Passkey(id="two", name="Bitwarden", date=made),
    ):
        ada.security.passkeys[passkey.id] = passkey
    rows = (await client(LIST())).passkeys
    assert [(row.id, row.name, row.date, row.last_usage_date, row.software_emoji_id) for row in rows] == [
        ("one", "iCloud Keychain", made, used, None),
        ("two", "Bitwarden", made, None, None),
    ]


async def test_one_is_deleted_once(signed_in: SignedIn, ada: Person, bob: Person) -> None:
    client = await signed_in()
    for person in (ada, bob):
        person.security.passkeys["key"] = Passkey(id="key", name="Phone", date=now())
    assert await client(DELETE("key"))
    assert (await client(LIST())).passkeys == []
    with pytest.raises(errors.BadRequestError, match="PASSKEY_NOT_FOUND"):
        await client(DELETE("key"))
    assert bob.security.passkeys, "the other account's stays"
