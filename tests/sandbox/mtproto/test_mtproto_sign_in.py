"""Signing in with a stock Telethon client: by code, by QR, with a password, and all that can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from telethon import TelegramClient, errors, events
from telethon.tl import functions, types

from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Person

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]
Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]


PHONE = "99966200001"
LOCKED = "99966200002"
PASSWORD = "correct horse"


async def test_a_code_signs_in(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in(device_model="Loom", system_version="Linux 6", app_version="0.1")
    me = await client.get_me()
    assert (me.id, me.first_name, me.phone) == (1001, "Ada", PHONE)
    (authorization,) = ada.authorizations.values()
    assert (authorization.device_model, authorization.system_version, authorization.app_version) == (
        "Loom",
        "Linux 6",
        "0.1",
    )
    assert (authorization.api_id, authorization.platform, authorization.ip) == (1234, "Linux", "127.0.0.1")
    assert not authorization.official_app
    assert not authorization.unconfirmed, "nobody else is there to confirm it"


async def test_the_id_of_an_official_app_is_believed(signed_in: SignedIn, ada: Person) -> None:
    await signed_in(api_id=2040, system_version="Windows 11")
    (authorization,) = ada.authorizations.values()
    assert (authorization.app_name, authorization.platform, authorization.official_app) == (
        "Telegram Desktop",
        "Windows",
        True,
    )


async def test_a_wrong_code_is_refused_and_the_right_one_still_works(
    server: MtprotoServer, new_client: NewClient
) -> None:
    client = new_client()
    await client.connect()
    await client.send_code_request(PHONE)
    right = server.login_code(PHONE)
    wrong = f"{(int(right) + 1) % 100000:05}"
    with pytest.raises(errors.PhoneCodeInvalidError):
        await client.sign_in(PHONE, wrong)
    assert (await client.sign_in(PHONE, right)).id == 1001


async def test_too_many_wrong_codes_make_one_wait(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    await client.send_code_request(PHONE)
    wrong = f"{(int(server.login_code(PHONE)) + 1) % 100000:05}"
    for _ in range(5):
        with pytest.raises(errors.PhoneCodeInvalidError):
            await client.sign_in(PHONE, wrong)
    with pytest.raises(errors.FloodWaitError):
        await client.sign_in(PHONE, server.login_code(PHONE))


async def test_a_code_is_void_once_the_next_is_sent_or_it_was_cancelled(
    server: MtprotoServer, new_client: NewClient
) -> None:
    client = new_client()
    await client.connect()
    first = await client.send_code_request(PHONE)
    code = server.login_code(PHONE)
    second = await client(
        functions.auth.SendCodeRequest(PHONE, 1234, "0" * 32, types.CodeSettings()),
    )
    with pytest.raises(errors.PhoneCodeExpiredError):
        await client(functions.auth.SignInRequest(PHONE, first.phone_code_hash, code))
    assert await client(functions.auth.CancelCodeRequest(PHONE, second.phone_code_hash))
    with pytest.raises(errors.PhoneCodeExpiredError):
        await client(functions.auth.SignInRequest(PHONE, second.phone_code_hash, server.login_code(PHONE)))


async def test_a_code_that_is_asked_for_again_stays_the_same(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    sent = await client.send_code_request(PHONE)
    code = server.login_code(PHONE)
    again = await client(functions.auth.ResendCodeRequest(PHONE, sent.phone_code_hash))
    assert isinstance(again.type, types.auth.SentCodeTypeSms)
    assert server.login_code(PHONE) == code


@pytest.mark.parametrize("phone", ["12", "not a number", "1" * 20, ""])
async def test_what_is_no_phone_number_is_refused(new_client: NewClient, phone: str) -> None:
    client = new_client()
    await client.connect()
    with pytest.raises(errors.PhoneNumberInvalidError):
        await client(functions.auth.SendCodeRequest(phone, 1234, "0" * 32, types.CodeSettings()))


async def test_a_number_without_an_account_gets_as_far_as_its_code(
    server: MtprotoServer, new_client: NewClient
) -> None:
    client = new_client()
    await client.connect()
    await client.send_code_request("99966200009")
    with pytest.raises(errors.PhoneNumberUnoccupiedError):
        await client.sign_in("99966200009", server.login_code("99966200009"))


async def test_the_code_is_shown_in_the_sessions_that_the_account_has(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient, eventually: Eventually
) -> None:
    client = await signed_in()
    seen: list[str] = []
    client.add_event_handler(lambda event: _note(seen, event.raw_text), events.NewMessage(from_users=777000))
    other = new_client()
    await other.connect()
    sent = await other.send_code_request(PHONE)
    assert type(sent.type).__name__ == "SentCodeTypeApp"
    await eventually(lambda: seen)
    assert server.login_code(PHONE) in seen[0]


async def _note(seen: list[str], text: str) -> None:
    seen.append(text)


async def test_a_code_that_was_given_away_can_be_made_worthless(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient
) -> None:
    client = await signed_in()
    other = new_client()
    await other.connect()
    await other.send_code_request(PHONE)
    code = server.login_code(PHONE)
    assert await client(functions.account.InvalidateSignInCodesRequest([code]))
    with pytest.raises(errors.PhoneCodeExpiredError):
        await other.sign_in(PHONE, code)


async def _with_code(server: MtprotoServer, new_client: NewClient, phone: str) -> TelegramClient:
    client = new_client()
    await client.connect()
    await client.send_code_request(phone)
    with pytest.raises(errors.SessionPasswordNeededError):
        await client.sign_in(phone, server.login_code(phone))
    return client


async def test_a_password_is_asked_for_and_checked(server: MtprotoServer, new_client: NewClient, bob: Person) -> None:
    client = await _with_code(server, new_client, LOCKED)
    (authorization,) = bob.authorizations.values()
    assert authorization.password_pending
    with pytest.raises(errors.SessionPasswordNeededError):
        await client(functions.users.GetUsersRequest([types.InputUserSelf()]))
    assert (await client(functions.account.GetPasswordRequest())).hint == "a horse"
    with pytest.raises(errors.PasswordHashInvalidError):
        await client.sign_in(password="wrong")
    assert (await client.sign_in(password=PASSWORD)).id == 1002
    assert not authorization.password_pending


async def test_an_answer_to_no_question_is_refused(server: MtprotoServer, new_client: NewClient) -> None:
    client = await _with_code(server, new_client, LOCKED)
    answer = types.InputCheckPasswordSRP(srp_id=1, A=b"\1" * 256, M1=bytes(32))
    with pytest.raises(errors.SrpIdInvalidError):
        await client(functions.auth.CheckPasswordRequest(answer))


async def test_others_see_the_pending_password_and_hear_only_of_the_complete_login(
    server: MtprotoServer, new_client: NewClient, eventually: Eventually
) -> None:
    first = await _with_code(server, new_client, LOCKED)
    await first.sign_in(password=PASSWORD)
    pushes: list[object] = []
    first.add_event_handler(lambda update: _collect(pushes, update), events.Raw(types.UpdateNewAuthorization))

    second = await _with_code(server, new_client, LOCKED)
    roster = (await first(functions.account.GetAuthorizationsRequest())).authorizations
    assert [(row.current, row.password_pending) for row in roster] == [(True, False), (False, True)]
    assert not pushes

    await second.sign_in(password=PASSWORD)
    await eventually(lambda: pushes)
    roster = (await first(functions.account.GetAuthorizationsRequest())).authorizations
    assert [(row.current, row.password_pending, row.unconfirmed) for row in roster] == [
        (True, False, False),
        (False, False, True),
    ]
    assert [update.hash for update in pushes] == [roster[1].hash]


async def _collect(seen: list[object], update: object) -> None:
    seen.append(update)


async def test_a_qr_code_scanned_by_its_owner_signs_in(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    login = await client.qr_login()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(login.wait(5))
        await asyncio.sleep(0)
        server.scan_qr(login.token, 1001)
    assert waiting.result().id == 1001


async def test_a_qr_code_is_accepted_by_another_session_too(
    server: MtprotoServer, signed_in: SignedIn, new_client: NewClient, ada: Person
) -> None:
    app, client = await signed_in(), new_client()
    await client.connect()
    login = await client.qr_login()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(login.wait(5))
        await asyncio.sleep(0)
        accepted = await app(functions.auth.AcceptLoginTokenRequest(login.token))
    assert waiting.result().id == 1001
    assert accepted.hash in ada.authorizations
    with pytest.raises(errors.AuthTokenInvalidError):
        await app(functions.auth.AcceptLoginTokenRequest(login.token))


async def test_a_qr_code_asks_for_the_password_too(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    login = await client.qr_login()
    server.scan_qr(login.token, 1002)
    with pytest.raises(errors.SessionPasswordNeededError):
        await login.recreate()
    assert (await client.sign_in(password=PASSWORD)).id == 1002


async def test_an_unknown_or_replaced_qr_code_cannot_be_scanned(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    login = await client.qr_login()
    old = login.token
    await login.recreate()
    with pytest.raises(LookupError):
        server.scan_qr(old, 1001)
    with pytest.raises(LookupError):
        server.scan_qr(b"nonsense", 1001)


async def test_who_is_deactivated_gets_in_no_more(server: MtprotoServer, signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    ada.deactivated = "USER_DEACTIVATED_BAN"
    with pytest.raises(errors.UserDeactivatedBanError):
        await client(functions.updates.GetStateRequest())


async def test_log_out_ends_the_session_and_the_key_may_sign_in_again(
    server: MtprotoServer, signed_in: SignedIn, ada: Person
) -> None:
    client = await signed_in()
    assert await client(functions.auth.LogOutRequest())
    assert not ada.authorizations
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await client(functions.updates.GetStateRequest())
    await client.send_code_request(PHONE)
    await client.sign_in(PHONE, server.login_code(PHONE))
    assert len(ada.authorizations) == 1
