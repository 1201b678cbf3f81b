"""Methods at large: what clients ask as they start, how requests are wrapped, and what is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]
NewBareClient = Callable[..., Awaitable[Any]]

HASH = "0" * 32
NEAREST = functions.help.GetNearestDcRequest
TELEGRAM = types.InputPeerUser(777000, 0)


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (functions.help.GetCdnConfigRequest(), types.CdnConfig),
        (functions.help.GetAppUpdateRequest("x"), types.help.NoAppUpdate),
        (functions.help.GetAppConfigRequest(1), types.help.AppConfig),
        (functions.help.GetTermsOfServiceUpdateRequest(), types.help.TermsOfServiceUpdateEmpty),
        (functions.help.GetPromoDataRequest(), types.help.PromoDataEmpty),
        (functions.langpack.GetLangPackRequest("tdesktop", "en"), types.LangPackDifference),
        (functions.langpack.GetLanguagesRequest("tdesktop"), list),
        (functions.messages.GetPinnedDialogsRequest(0), types.messages.PeerDialogs),
        (functions.messages.ReadHistoryRequest(TELEGRAM, 0), types.messages.AffectedMessages),
        (functions.account.GetPasswordRequest(), types.account.Password),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_clients_ask_as_they_start_is_answered(signed_in: SignedIn, request_: Any, answer: type) -> None:
    client = await signed_in()
    assert isinstance(await client(request_), answer)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (functions.auth.SendCodeRequest("99966200001", 0, HASH, types.CodeSettings()), errors.ApiIdInvalidError),
        (functions.auth.ExportLoginTokenRequest(1234, "", []), errors.ApiIdInvalidError),
        (functions.auth.ImportLoginTokenRequest(b"x"), errors.AuthTokenInvalidError),
        (functions.auth.SignInRequest("99966200001", "x", ""), errors.PhoneCodeEmptyError),
        (functions.auth.SignInRequest("99966200001", "", "12345"), errors.PhoneCodeHashEmptyError),
        (functions.auth.SignInRequest("99966200001", "x", "12345"), errors.PhoneCodeExpiredError),
        (functions.auth.CheckPasswordRequest(types.InputCheckPasswordEmpty()), errors.AuthKeyUnregisteredError),
        (functions.account.GetAuthorizationsRequest(), errors.AuthKeyUnregisteredError),
        (functions.updates.GetStateRequest(), errors.AuthKeyUnregisteredError),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_a_stranger_may_not_do_is_refused(new_client: NewClient, request_: Any, error: type) -> None:
    client = new_client()
    await client.connect()
    with pytest.raises(error):
        await client(request_)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (functions.auth.CheckPasswordRequest(types.InputCheckPasswordEmpty()), errors.PasswordEmptyError),
        (functions.updates.GetDifferenceRequest(0, None, 0), errors.PersistentTimestampEmptyError),
        (functions.updates.GetDifferenceRequest(-1, None, 0), errors.PersistentTimestampInvalidError),
        (functions.users.GetFullUserRequest(types.InputUser(5, 0)), errors.UserIdInvalidError),
        (functions.messages.ReadHistoryRequest(types.InputPeerUser(5, 0), 0), errors.PeerIdInvalidError),
        (functions.account.ChangeAuthorizationSettingsRequest(5, confirmed=True), errors.HashInvalidError),
        (functions.auth.AcceptLoginTokenRequest(b"x"), errors.AuthTokenInvalidError),
        (functions.auth.BindTempAuthKeyRequest(1, 2, None, b""), errors.TempAuthKeyEmptyError),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_makes_no_sense_is_refused(signed_in: SignedIn, request_: Any, error: type) -> None:
    client = await signed_in()
    with pytest.raises(error):
        await client(request_)


async def test_a_request_may_wait_for_others(signed_in: SignedIn) -> None:
    client = await signed_in()
    for wrapped in (
        functions.InvokeAfterMsgRequest(1, NEAREST()),
        functions.InvokeAfterMsgsRequest([1, 2], NEAREST()),
        functions.InvokeWithoutUpdatesRequest(NEAREST()),
    ):
        assert isinstance(await client(wrapped), types.NearestDc)


async def test_an_app_without_an_id_or_a_layer_is_not_let_in(new_bare_client: NewBareClient) -> None:
    client = await new_bare_client()
    await client.introduce()
    hello = functions.InitConnectionRequest(0, "Bare", "1", "1", "en", "", "en", NEAREST())
    assert (await client.ask(hello)).error_message == "API_ID_INVALID"
    layered = functions.InvokeWithLayerRequest(0, NEAREST())
    assert (await client.ask(layered)).error_message == "CONNECTION_LAYER_INVALID"


async def test_a_mistake_of_the_servers_is_an_answer_too(
    new_bare_client: NewBareClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await new_bare_client()
    await client.introduce()
    monkeypatch.setattr("sandbox.mtproto.api.help_.DC_ID", None)
    error = await client.ask(NEAREST())
    assert (error.error_code, error.error_message) == (500, "INTERNAL_SERVER_ERROR")
    monkeypatch.undo()
    assert isinstance(await client.ask(NEAREST()), types.NearestDc)


async def test_too_many_codes_make_one_wait(new_client: NewClient, world: World) -> None:
    client = new_client()
    await client.connect()
    send = functions.auth.SendCodeRequest("99966200001", 1234, HASH, types.CodeSettings())
    for _ in range(10):
        await client(send)
    with pytest.raises(errors.FloodWaitError):
        await client(send)
    assert not world.person(1001).service_messages, "nobody is there to read them"
