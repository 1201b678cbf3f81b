"""Websites signed in to by way of Telegram, as a stock Telethon client lists and disconnects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions

from sandbox.people import Person, new_hash, now
from sandbox.security import Bot, Website

SignedIn = Callable[..., Awaitable[Any]]

LIST = functions.account.GetWebAuthorizationsRequest
END = functions.account.ResetWebAuthorizationRequest
END_ALL = functions.account.ResetWebAuthorizationsRequest
BOT = Bot(id=5_000_000_001, first_name="Tickets", username="tickets_bot")


def sign_in_to(person: Person, domain: str, *, bot: Bot = BOT, idle: int = 0) -> Website:
    website = Website(
        hash=new_hash(),
        bot=bot,
        domain=domain,
        browser="Firefox",
        platform="Linux",
        ip="203.0.113.7",
        region="Lisbon, Portugal",
        date_created=now() - timedelta(days=30),
        date_active=now() - timedelta(days=idle),
    )
    person.security.websites[website.hash] = website
    return website


async def test_none_are_listed_before_there_are_any(signed_in: SignedIn) -> None:
    client = await signed_in()
    answer = await client(LIST())
    assert (answer.authorizations, answer.users) == ([], [])


async def test_each_is_listed_with_all_that_telegram_knows_of_it(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    website = sign_in_to(ada, "tickets.example")
    (row,) = (await client(LIST())).authorizations
    assert (row.hash, row.bot_id, row.domain, row.browser, row.platform, row.ip, row.region) == (
        website.hash,
        BOT.id,
        "tickets.example",
        "Firefox",
        "Linux",
        "203.0.113.7",
        "Lisbon, Portugal",
    )
    assert (row.date_created, row.date_active) == (website.date_created, website.date_active)


async def test_the_bots_that_they_sign_in_with_come_along_each_once(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    for domain in ("one.example", "two.example"):
        sign_in_to(ada, domain)
    (bot,) = (await client(LIST())).users
    assert (bot.id, bot.bot, bot.first_name, bot.username) == (BOT.id, True, "Tickets", "tickets_bot")


async def test_the_last_used_come_first(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    for domain, idle in (("old.example", 9), ("new.example", 0), ("middle.example", 3)):
        sign_in_to(ada, domain, idle=idle)
    rows = (await client(LIST())).authorizations
    assert [row.domain for row in rows] == ["new.example", "middle.example", "old.example"]


async def test_one_is_disconnected_once(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    kept, gone = sign_in_to(ada, "kept.example"), sign_in_to(ada, "gone.example")
    assert await client(END(gone.hash))
    assert [row.hash for row in (await client(LIST())).authorizations] == [kept.hash]
    with pytest.raises(errors.HashInvalidError):
        await client(END(gone.hash))


async def test_nobody_disconnects_a_website_of_somebody_elses(signed_in: SignedIn, ada: Person, bob: Person) -> None:
    client = await signed_in()
    foreign = sign_in_to(bob, "foreign.example")
    for hash_ in (foreign.hash, 0, *ada.authorizations):
        with pytest.raises(errors.HashInvalidError):
            await client(END(hash_))
    assert await client(END_ALL())
    assert bob.security.websites


async def test_all_are_disconnected_at_once_and_sessions_are_left_alone(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    for domain in ("one.example", "two.example"):
        sign_in_to(ada, domain)
    assert await client(END_ALL())
    assert (await client(LIST())).authorizations == []
    assert await client(END_ALL()), "with none left it is no error"
    assert ada.authorizations
