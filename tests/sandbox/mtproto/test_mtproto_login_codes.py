"""Login codes as an account's own sessions hear of them, at once or later, and how one of them kills a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Person, now
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]
Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]

PHONE = "99966200001"
TELEGRAM = types.InputPeerUser(777000, 0)
KILL = functions.account.InvalidateSignInCodesRequest


@pytest.fixture
async def intruder(new_client: NewClient) -> Any:
    """Somebody else's client, connected."""
    client = new_client()
    await client.connect()
    return client


def history(**asked: Any) -> Any:
    nothing = {"offset_id": 0, "offset_date": None, "add_offset": 0, "limit": 100, "max_id": 0, "min_id": 0, "hash": 0}
    return functions.messages.GetHistoryRequest(TELEGRAM, **{**nothing, **asked})


async def test_a_code_reaches_every_session_of_the_account_as_a_message_of_telegrams(
    server: MtprotoServer, signed_in: SignedIn, intruder: Any, eventually: Eventually
) -> None:
    heard: list[tuple[int, Any]] = []

    def hear(number: int) -> Any:
        async def note(update: Any) -> None:
            heard.append((number, update))

        return note

    for number, client in enumerate((await signed_in(), await signed_in())):
        client.add_event_handler(hear(number), events.Raw(types.UpdateNewMessage))
    await intruder.send_code_request(PHONE)
    code = server.login_code(PHONE)
    await eventually(lambda: [update for _, update in heard if code in update.message.message][1:])
    told = [(number, update) for number, update in heard if code in update.message.message]
    assert {number for number, _ in told} == {0, 1}
    for _, update in told:
        assert update.message.peer_id == types.PeerUser(777000)
        assert (update.message.out, update.message.from_id, update.pts_count) == (False, None, 1)


async def test_a_session_that_was_away_finds_the_code_in_what_it_missed(
    server: MtprotoServer, signed_in: SignedIn, intruder: Any
) -> None:
    client = await signed_in()
    state = await client(functions.updates.GetStateRequest())
    await client.disconnect()
    await intruder.send_code_request(PHONE)
    await client.connect()
    missed = await client(functions.updates.GetDifferenceRequest(state.pts, state.date, state.qts))
    (message,) = missed.new_messages
    assert server.login_code(PHONE) in message.message
    (seen,) = (await client(history(min_id=message.id - 1))).messages
    assert seen.message == message.message


async def test_a_code_goes_out_by_sms_when_nobody_is_fully_signed_in(
    server: MtprotoServer, new_client: NewClient, bob: Person
) -> None:
    half = new_client()
    await half.connect()
    await half.send_code_request("99966200002")
    with pytest.raises(errors.SessionPasswordNeededError):
        await half.sign_in("99966200002", server.login_code("99966200002"))
    again = new_client()
    await again.connect()
    sent = await again.send_code_request("99966200002")
    assert isinstance(sent.type, types.auth.SentCodeTypeSms)
    assert not bob.service_messages


@pytest.mark.parametrize("between", ["", "-", " "])
async def test_a_killed_code_signs_nobody_in(
    server: MtprotoServer, signed_in: SignedIn, intruder: Any, ada: Person, between: str
) -> None:
    client = await signed_in()
    sent = await intruder.send_code_request(PHONE)
    code = server.login_code(PHONE)
    assert await client(KILL([between.join(code)]))
    with pytest.raises(errors.PhoneCodeExpiredError):
        await intruder.sign_in(PHONE, code)
    with pytest.raises(errors.PhoneCodeExpiredError):
        await intruder(functions.auth.ResendCodeRequest(PHONE, sent.phone_code_hash))
    assert len(ada.authorizations) == 1


async def test_what_is_no_code_of_ones_own_kills_nothing_and_is_no_error(
    server: MtprotoServer, signed_in: SignedIn, intruder: Any, ada: Person
) -> None:
    client = await signed_in()
    await intruder.send_code_request(PHONE)
    code = server.login_code(PHONE)
    other = f"{(int(code) + 1) % 100000:05}"
    assert await client(KILL([other, "", "no code"]))
    assert await client(KILL([]))
    assert (await intruder.sign_in(PHONE, code)).id == ada.id


async def test_a_killed_code_does_not_hinder_the_next(
    server: MtprotoServer, signed_in: SignedIn, intruder: Any, ada: Person
) -> None:
    client = await signed_in()
    await intruder.send_code_request(PHONE)
    await client(KILL([server.login_code(PHONE)]))
    sent = await intruder(functions.auth.SendCodeRequest(PHONE, 1234, "0" * 32, types.CodeSettings()))
    entered = functions.auth.SignInRequest(PHONE, sent.phone_code_hash, server.login_code(PHONE))
    assert (await intruder(entered)).user.id == ada.id


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"limit": 2}, [6, 5]),
        ({"limit": 2, "offset_id": 5}, [4, 3]),
        ({"limit": 2, "add_offset": 1}, [5, 4]),
        ({"limit": 2, "offset_id": 3, "add_offset": -2}, [4, 3]),
        ({"limit": 4, "offset_id": 6, "add_offset": -4}, [6]),
        ({"min_id": 4}, [6, 5]),
        ({"min_id": 6}, []),
        ({"max_id": 3}, [2, 1]),
        ({"limit": 2, "max_id": 3}, []),
        ({"min_id": 2, "max_id": 5}, [4, 3]),
    ],
    ids=str,
)
async def test_what_telegram_wrote_can_be_read_in_parts(
    signed_in: SignedIn, world: World, ada: Person, asked: Any, ids: list[int]
) -> None:
    client = await signed_in()
    for number in range(6):
        world.service_message(ada, f"number {number}")
    found = await client(history(**asked))
    assert [message.id for message in found.messages] == ids
    assert getattr(found, "count", len(found.messages)) == 6
    assert isinstance(found, types.messages.Messages if len(ids) == 6 else types.messages.MessagesSlice)


async def test_it_can_be_read_from_a_date_back_and_some_of_it_without_a_limit(
    signed_in: SignedIn, world: World, ada: Person
) -> None:
    client = await signed_in()
    for number in range(30):
        world.service_message(ada, f"number {number}")["date"] = now() - timedelta(days=30 - number)
    found = await client(history(limit=0, offset_date=now() - timedelta(days=10, hours=1)))
    assert [message.id for message in found.messages] == list(range(20, 0, -1))


async def test_a_stock_client_reads_it_forwards_too(signed_in: SignedIn, world: World, ada: Person) -> None:
    client = await signed_in()
    for number in range(6):
        world.service_message(ada, f"number {number}")
    messages = [message.id async for message in client.iter_messages(777000, reverse=True, min_id=2)]
    assert messages == [3, 4, 5, 6]


async def test_no_other_chat_can_be_read(signed_in: SignedIn) -> None:
    client = await signed_in()
    asked = history()
    asked.peer = types.InputPeerUser(5, 0)
    with pytest.raises(errors.PeerIdInvalidError):
        await client(asked)
