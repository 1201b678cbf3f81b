"""How long unused sessions and an unused account last, and that new methods keep the rules of the old."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from sandbox.faults import Fault
from sandbox.mtproto.schema import method_name
from sandbox.people import Person, now
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]

GET = functions.account.GetAccountTTLRequest
SET = functions.account.SetAccountTTLRequest
A_BOT = types.InputUser(5, 0)
GUARDED = (
    GET(),
    SET(types.AccountDaysTTL(365)),
    functions.account.SetAuthorizationTTLRequest(7),
    functions.account.GetWebAuthorizationsRequest(),
    functions.account.ResetWebAuthorizationRequest(5),
    functions.account.ResetWebAuthorizationsRequest(),
    functions.account.GetConnectedBotsRequest(),
    functions.account.UpdateConnectedBotRequest(A_BOT, types.InputBusinessBotRecipients(), deleted=True),
    functions.account.ConfirmBotConnectionRequest(A_BOT),
    functions.account.GetPasskeysRequest(),
    functions.account.DeletePasskeyRequest("x"),
    functions.account.ResetPasswordRequest(),
    functions.account.DeclinePasswordResetRequest(),
    functions.account.InvalidateSignInCodesRequest(["12345"]),
    functions.account.ChangeAuthorizationSettingsRequest(0, call_requests_disabled=True),
    functions.auth.ResetAuthorizationsRequest(),
    functions.messages.GetHistoryRequest(types.InputPeerUser(777000, 0), 0, None, 0, 10, 0, 0, 0),
)
each_of_them = pytest.mark.parametrize("request_", GUARDED, ids=method_name)


async def test_an_account_lasts_eighteen_months_unless_told_otherwise(signed_in: SignedIn) -> None:
    client = await signed_in()
    assert (await client(GET())).days == 548
    assert await client(SET(types.AccountDaysTTL(365)))
    assert (await client(GET())).days == 365


@pytest.mark.parametrize("days", [29, 731, 0, -1])
async def test_an_account_can_not_last_shorter_or_longer_than_telegram_lets_it(signed_in: SignedIn, days: int) -> None:
    client = await signed_in()
    with pytest.raises(errors.TtlDaysInvalidError):
        await client(SET(types.AccountDaysTTL(days)))
    assert (await client(GET())).days == 548


@each_of_them
async def test_strangers_may_do_none_of_it(new_client: NewClient, request_: Any) -> None:
    client = new_client()
    await client.connect()
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(request_)


@each_of_them
async def test_a_frozen_account_may_do_none_of_it(signed_in: SignedIn, ada: Person, request_: Any) -> None:
    client = await signed_in()
    ada.frozen_since = now()
    with pytest.raises(errors.FrozenMethodInvalidError):
        await client(request_)


@each_of_them
async def test_each_can_be_made_to_wait(signed_in: SignedIn, world: World, request_: Any) -> None:
    client = await signed_in()
    world.faults.order(Fault(layer="mtproto", method=method_name(request_), code=420, message="FLOOD_WAIT_30"))
    with pytest.raises(errors.FloodWaitError) as wait:
        await client(request_)
    assert wait.value.seconds == 30
