"""Bots connected to an account's chats, as a stock Telethon client lists, confirms and disconnects them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from sandbox.people import Person, now
from sandbox.security import Bot, BusinessBot
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]

LIST = functions.account.GetConnectedBotsRequest
UPDATE = functions.account.UpdateConnectedBotRequest
CONFIRM = functions.account.ConfirmBotConnectionRequest
BOT = Bot(id=5_000_000_002, first_name="Assistant", username="assistant_bot")
NOBODY = types.InputBusinessBotRecipients()
STRANGER = types.InputUser(5_000_000_009, 0)


def disconnect(bot: Any) -> Any:
    return UPDATE(bot, NOBODY, deleted=True)


@pytest.fixture
def reader() -> BusinessBot:
    return BusinessBot(
        bot=BOT,
        rights=frozenset({"reply", "read_messages"}),
        recipients=frozenset({"existing_chats", "contacts"}),
        device="Chrome, Windows",
        location="Lisbon, Portugal",
        date=now(),
    )


@pytest.fixture
def pushes() -> Callable[[Any], list[Any]]:
    def watch(client: Any) -> list[Any]:
        seen: list[Any] = []

        async def note(update: Any) -> None:
            seen.append(update)

        client.add_event_handler(note, events.Raw(types.UpdateNewBotConnection))
        return seen

    return watch


async def test_none_are_listed_before_there_are_any(signed_in: SignedIn) -> None:
    client = await signed_in()
    answer = await client(LIST())
    assert (answer.connected_bots, answer.users) == ([], [])


async def test_each_is_listed_with_what_it_may_do_and_where_it_came_from(
    signed_in: SignedIn, world: World, ada: Person, reader: BusinessBot
) -> None:
    client = await signed_in()
    world.connect_bot(ada, reader)
    answer = await client(LIST())
    (row,), (user,) = answer.connected_bots, answer.users
    assert (row.bot_id, row.device, row.location, row.date) == (
        BOT.id,
        "Chrome, Windows",
        "Lisbon, Portugal",
        reader.date,
    )
    assert (row.rights.read_messages, row.rights.reply, row.rights.edit_name) == (True, True, False)
    assert (row.recipients.existing_chats, row.recipients.contacts, row.recipients.new_chats) == (True, True, False)
    assert (user.id, user.bot, user.bot_business, user.username) == (BOT.id, True, True, "assistant_bot")


async def test_a_connection_is_pushed_to_be_confirmed_and_then_as_confirmed(
    *,
    signed_in: SignedIn,
    world: World,
    ada: Person,
    reader: BusinessBot,
    pushes: Callable[[Any], list[Any]],
    eventually: Eventually,
) -> None:
    client, other = await signed_in(), await signed_in()
    seen = pushes(other)
    world.connect_bot(ada, reader)
    await eventually(lambda: seen)
    assert await client(CONFIRM(BOT.id)), "the push made the bot known"
    await eventually(lambda: len(seen) == 2)
    assert [(push.bot_id, push.confirmed, push.device, push.location, push.date) for push in seen] == [
        (BOT.id, False, "Chrome, Windows", "Lisbon, Portugal", reader.date),
        (BOT.id, True, None, None, None),
    ]
    assert not reader.unconfirmed
    assert await client(CONFIRM(BOT.id)), "once more changes nothing"
    await other(LIST())
    assert len(seen) == 2


async def test_a_connection_that_needs_no_confirmation_is_not_pushed(
    signed_in: SignedIn, world: World, ada: Person, reader: BusinessBot, pushes: Callable[[Any], list[Any]]
) -> None:
    client = await signed_in()
    seen = pushes(client)
    reader.unconfirmed = False
    world.connect_bot(ada, reader)
    assert (await client(LIST())).connected_bots
    assert not seen


async def test_a_bot_is_disconnected_once(signed_in: SignedIn, world: World, ada: Person, reader: BusinessBot) -> None:
    client = await signed_in()
    world.connect_bot(ada, reader)
    (user,) = (await client(LIST())).users
    answer = await client(disconnect(user))
    assert isinstance(answer, types.Updates)
    assert (await client(LIST())).connected_bots == []
    with pytest.raises(errors.BadRequestError, match="BOT_NOT_CONNECTED_YET"):
        await client(disconnect(user))


@pytest.mark.parametrize("request_", [disconnect(STRANGER), CONFIRM(STRANGER)], ids=lambda one: type(one).__name__)
async def test_a_bot_that_is_not_connected_can_be_neither_disconnected_nor_confirmed(
    signed_in: SignedIn, world: World, ada: Person, reader: BusinessBot, request_: Any
) -> None:
    client = await signed_in()
    with pytest.raises(errors.BadRequestError, match="BOT_NOT_CONNECTED_YET"):
        await client(request_)
    world.connect_bot(ada, reader)
    with pytest.raises(errors.BadRequestError, match="BOT_BUSINESS_MISSING"):
        await client(request_)
    assert ada.security.business_bots


async def test_no_account_here_may_connect_a_bot_by_itself(signed_in: SignedIn) -> None:
    client = await signed_in()
    with pytest.raises(errors.BadRequestError, match="BUSINESS_RECIPIENTS_EMPTY"):
        await client(UPDATE(STRANGER, NOBODY))
    with pytest.raises(errors.PremiumAccountRequiredError):
        await client(UPDATE(STRANGER, types.InputBusinessBotRecipients(contacts=True)))
