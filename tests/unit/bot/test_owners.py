"""Only an owner is heard, and only in the private chat with them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiogram.types import Chat, TelegramObject, User

from bot.delivery.doorbells import Doorbells
from bot.owners import OwnersOnly
from tests.waiting import running

OWNER, OTHER_OWNER, STRANGER = 2002, 3003, 6666


def private(person: int) -> Chat:
    return Chat(id=person, type="private")


def user(person: int) -> User:
    return User(id=person, is_bot=False, first_name="Somebody")


async def heard(bells: Doorbells | None = None, **data: Any) -> bool:
    """Whether an update with this sender and chat gets through to the handlers."""
    got_through: list[dict[str, Any]] = []

    async def handler(_: TelegramObject, data: dict[str, Any]) -> str:
        got_through.append(data)
        return "answer"

    answer = await OwnersOnly(frozenset({OWNER, OTHER_OWNER}), bells or Doorbells())(handler, TelegramObject(), data)
    assert answer == ("answer" if got_through else None)
    return bool(got_through)


@pytest.mark.parametrize("owner", [OWNER, OTHER_OWNER])
async def test_an_owner_in_their_own_chat_is_heard(owner: int) -> None:
    assert await heard(event_from_user=user(owner), event_chat=private(owner))


@pytest.mark.parametrize(
    "data",
    [
        {"event_from_user": user(STRANGER), "event_chat": private(STRANGER)},
        {"event_from_user": user(STRANGER), "event_chat": private(OWNER)},
        {"event_from_user": user(OWNER), "event_chat": private(STRANGER)},
        {"event_from_user": user(OWNER), "event_chat": private(OTHER_OWNER)},
        {"event_from_user": user(OWNER), "event_chat": Chat(id=-100123, type="supergroup")},
        {"event_from_user": user(OWNER), "event_chat": Chat(id=-123, type="group")},
        {"event_from_user": user(OWNER), "event_chat": Chat(id=-100456, type="channel")},
        {"event_from_user": user(OWNER), "event_chat": Chat(id=OWNER, type="group")},
        {"event_from_user": user(OWNER), "event_chat": None},
        {"event_from_user": user(OWNER)},
        {"event_from_user": None, "event_chat": private(OWNER)},
        {"event_chat": private(OWNER)},
        {},
    ],
)
async def test_anybody_anywhere_else_gets_silence(data: dict[str, Any]) -> None:
    assert not await heard(**data)


async def test_an_owners_sign_of_life_rings_their_bell_and_nobody_elses() -> None:
    bells = Doorbells()
    mine, theirs = bells.of(OWNER), bells.of(OTHER_OWNER)
    async with running(mine.heard(seconds=60)) as one, running(theirs.heard(seconds=60)) as other:
        await asyncio.sleep(0)
        await heard(bells, event_from_user=user(OWNER), event_chat=private(OWNER))
        await one
        assert not other.done()


async def test_a_stranger_rings_no_bell() -> None:
    bells = Doorbells()
    async with running(bells.of(OWNER).heard(seconds=60)) as waiting:
        await asyncio.sleep(0)
        await heard(bells, event_from_user=user(STRANGER), event_chat=private(OWNER))
        await heard(bells, event_from_user=user(OWNER), event_chat=Chat(id=OWNER, type="group"))
        await asyncio.sleep(0)
        assert not waiting.done()
