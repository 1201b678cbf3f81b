"""The guard's other requests over a real connection: what Telegram lists beside sessions, and what is changed there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.account_state import BusinessBot, Passkey, Website, account_changes
from core.domain.sessions import Session
from sandbox import security
from sandbox.faults import Fault
from sandbox.people import Authorization, Person, now
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually, within_patience
from userclient.lease import Lease
from userclient.telegram.guard import Guard, connected
from userclient.telegram.safety import Safety
from userclient.trouble import (
    GuardLostError,
    RefusedError,
    TooLateError,
    UnknownHashError,
    UnreachableError,
)

AT = now()
SHOP = security.Bot(id=9001, first_name="Shop", username="shop_bot")
READER = security.Bot(id=9002, first_name="Reads along", username="reads_bot")
OF_STATE = (
    "account.getPassword",
    "account.getAccountTTL",
    "account.getWebAuthorizations",
    "account.getConnectedBots",
    "account.getPasskeys",
)


@pytest.fixture
async def guard(sandbox: Sandbox, lease: Lease) -> AsyncIterator[Guard]:
    settings = settings_for(sandbox)
    async with connected(settings, await sign_in(sandbox, settings), lease) as guard:
        await guard.roster()
        yield guard


@pytest.fixture
def safety(guard: Guard) -> Safety:
    return guard.safety


@pytest.fixture
def person(sandbox: Sandbox) -> Person:
    return sandbox.world.person(ACCOUNT_ID)


@pytest.fixture
def phone(person: Person) -> Authorization:
    return next(a for a in person.authorizations.values() if a.device_model == "Pixel 8")


def fails(sandbox: Sandbox, method: str, message: str, *, code: int = 400, times: int = 1) -> None:
    sandbox.world.faults.order(Fault(layer="mtproto", method=method, code=code, message=message, times=times))


def signed_in_to(person: Person, hash_: int = -5) -> security.Website:
    website = security.Website(
        hash=hash_, bot=SHOP, domain="shop.example", browser="Firefox", date_created=AT, date_active=AT, ip="192.0.2.7"
    )
    person.security.websites[hash_] = website
    return website


def connect(sandbox: Sandbox, person: Person, bot: security.Bot = READER, **particulars: object) -> None:
    sandbox.world.connect_bot(person, security.BusinessBot(bot=bot, date=AT, **particulars))


# --- what Telegram says ---


async def test_of_a_plain_account_all_is_said(safety: Safety) -> None:
    before = now()
    state = await safety.state()
    assert state.taken_at >= before
    assert (state.has_password, state.has_recovery, state.reset_at) == (False, False, None)
    assert (state.unconfirmed_email, state.login_email, state.account_ttl_days) == ("", "", 548)
    assert (state.websites, state.bots, state.passkeys) == ((), (), ())


async def test_all_that_guards_an_account_is_said(safety: Safety, sandbox: Sandbox, person: Person) -> None:
    person.password = "correct horse"
    person.security.recovery_email = "ada@example.org"
    person.security.unconfirmed_email = "new@example.net"
    person.security.login_email = "ada@example.com"
    person.security.pending_reset_date = AT + timedelta(days=7)
    person.security.account_ttl_days = 365
    signed_in_to(person)
    connect(sandbox, person, rights=frozenset({"reply"}))
    person.security.passkeys["p1"] = security.Passkey(id="p1", name="Pixel 8", date=AT, last_usage_date=AT)
    state = await safety.state()
    assert (state.has_password, state.has_recovery, state.reset_at) == (True, True, AT + timedelta(days=7))
    assert (state.unconfirmed_email, state.login_email) == ("n**@e******.net", "a**@e******.com")
    assert state.account_ttl_days == 365
    assert state.websites == (
        Website(
            hash="-5",
            domain="shop.example",
            bot="Shop",
            browser="Firefox",
            platform="",
            created_at=AT,
            active_at=AT,
            ip="192.0.2.7",
            region="",
        ),
    )
    assert state.bots == (BusinessBot(id=9002, name="Reads along", username="reads_bot", can_reply=True),)
    assert state.passkeys == (Passkey(id="p1", name="Pixel 8", created_at=AT, used_at=AT),)


async def test_a_bot_without_rights_can_not_reply_and_an_unused_passkey_was_never_used(
    safety: Safety, sandbox: Sandbox, person: Person
) -> None:
    connect(sandbox, person)
    person.security.passkeys["p1"] = security.Passkey(id="p1", name="", date=AT)
    state = await safety.state()
    assert state.bots
    assert not state.bots[0].can_reply
    assert state.passkeys
    assert state.passkeys[0].used_at is None


@pytest.mark.parametrize("method", OF_STATE)
async def test_what_telegram_refuses_is_none_and_no_change(
    safety: Safety, sandbox: Sandbox, person: Person, method: str
) -> None:
    person.password = "correct horse"
    person.security.login_email = "ada@example.com"
    person.security.pending_reset_date = AT + timedelta(days=7)
    signed_in_to(person)
    connect(sandbox, person)
    before = await safety.state()
    fails(sandbox, method, "METHOD_INVALID")
    after = await safety.state()
    silent = {
        "account.getPassword": (after.has_password, after.has_recovery),
        "account.getAccountTTL": (after.account_ttl_days,),
        "account.getWebAuthorizations": (after.websites,),
        "account.getConnectedBots": (after.bots,),
        "account.getPasskeys": (after.passkeys,),
    }
    assert set(silent[method]) == {None}
    assert account_changes(before, after) == ()
    assert after.on_top_of(before) == replace(before, taken_at=after.taken_at)


@pytest.mark.parametrize(
    ("message", "code", "error"),
    [("SESSION_REVOKED", 401, GuardLostError), ("DROP", 0, UnreachableError)],
)
async def test_what_is_no_refusal_is_raised(
    safety: Safety, sandbox: Sandbox, message: str, code: int, error: type[Exception]
) -> None:
    fails(sandbox, "account.getPassword", message, code=code)
    with pytest.raises(error):
        await safety.state()


async def test_what_has_to_wait_is_not_told_nor_asked_again_before_its_time_and_the_rest_is(
    safety: Safety, sandbox: Sandbox
) -> None:
    fails(sandbox, "account.getPassword", "FLOOD_WAIT_30", code=420)
    state = await safety.state()
    assert (state.has_password, state.account_ttl_days) == (None, 548)
    assert (await safety.state()).has_password is None  # though the fault was for one call


# --- what is changed there ---


async def listed(guard: Guard, authorization: Authorization) -> Session:
    session = (await guard.roster()).find(str(authorization.hash))
    assert session
    return session


@pytest.mark.parametrize(("calls", "secret_chats"), [(False, True), (True, False), (False, False), (True, True)])
async def test_a_session_accepts_what_it_was_told_to(
    guard: Guard, phone: Authorization, *, calls: bool, secret_chats: bool
) -> None:
    phone.call_requests_disabled, phone.encrypted_requests_disabled = calls, secret_chats
    phone.unconfirmed, phone.date_created = True, AT  # of older ones Telegram waits for nothing
    await guard.safety.accept(str(phone.hash), calls=calls, secret_chats=secret_chats)
    session = await listed(guard, phone)
    assert (session.calls_disabled, session.secret_chats_disabled) == (not calls, not secret_chats)
    assert session.unconfirmed  # that it was the owner was not said by the way


async def test_of_a_session_that_is_gone_nothing_can_be_set(safety: Safety) -> None:
    with pytest.raises(UnknownHashError):
        await safety.accept("12345", calls=True, secret_chats=True)


@pytest.mark.parametrize("days", [1, 7, 30, 366])
async def test_idle_sessions_end_after_as_many_days_as_were_set(guard: Guard, days: int) -> None:
    await guard.safety.set_ttl(days)
    assert (await guard.roster()).ttl_days == days


async def test_one_website_is_logged_out_and_the_others_stay(safety: Safety, person: Person) -> None:
    signed_in_to(person)
    signed_in_to(person, 6)
    await safety.log_out_website("-5")
    assert list(person.security.websites) == [6]
    with pytest.raises(UnknownHashError):
        await safety.log_out_website("-5")


async def test_all_websites_are_logged_out_be_there_any_or_none(safety: Safety, person: Person) -> None:
    signed_in_to(person)
    signed_in_to(person, 6)
    for _ in range(2):
        await safety.log_out_websites()
        assert person.security.websites == {}


async def test_a_business_bot_reads_no_more(safety: Safety, sandbox: Sandbox, person: Person) -> None:
    connect(sandbox, person)
    assert await safety.disconnect_bot(READER.id)
    assert person.security.business_bots == {}
    assert not await safety.disconnect_bot(READER.id)


async def test_another_bot_than_the_one_named_goes_on(safety: Safety, sandbox: Sandbox, person: Person) -> None:
    connect(sandbox, person)
    assert not await safety.disconnect_bot(SHOP.id)
    assert list(person.security.business_bots) == [READER.id]


@pytest.mark.parametrize("refusal", ["BOT_NOT_CONNECTED_YET", "BOT_BUSINESS_MISSING"])
async def test_a_bot_that_somebody_disconnected_meanwhile_is_gone(
    safety: Safety, sandbox: Sandbox, person: Person, refusal: str
) -> None:
    connect(sandbox, person)
    fails(sandbox, "account.updateConnectedBot", refusal)
    assert not await safety.disconnect_bot(READER.id)


async def test_a_bot_is_disconnected_in_time_or_not_at_all(safety: Safety, sandbox: Sandbox, person: Person) -> None:
    connect(sandbox, person)
    fails(sandbox, "account.getConnectedBots", "DELAY_0.4")
    fails(sandbox, "account.updateConnectedBot", "DELAY_0.4")
    with pytest.raises((TooLateError, UnreachableError)):
        await safety.disconnect_bot(READER.id, seconds=0.6)


async def test_a_reset_of_the_password_is_called_off(safety: Safety, person: Person) -> None:
    person.password, person.security.pending_reset_date = "correct horse", AT + timedelta(days=7)
    assert await safety.decline_reset()
    assert (await safety.state()).reset_at is None
    assert not await safety.decline_reset()


async def test_a_code_is_good_for_nothing_once_it_is_killed(safety: Safety, sandbox: Sandbox) -> None:
    sandbox.mtproto.send_code(PHONE)
    code = sandbox.mtproto.login_code(PHONE)
    assert code
    await safety.kill_codes(["1234567"])
    assert sandbox.mtproto.is_code_live(PHONE)
    await safety.kill_codes(["1234567", code])
    assert not sandbox.mtproto.is_code_live(PHONE)


async def test_another_refusal_of_telegrams_is_raised_by_its_name(safety: Safety, sandbox: Sandbox) -> None:
    fails(sandbox, "account.declinePasswordReset", "X_Y_Z")
    with pytest.raises(RefusedError, match="X_Y_Z"):
        await safety.decline_reset()


async def test_what_is_not_answered_in_time_is_unreachable(safety: Safety, sandbox: Sandbox) -> None:
    fails(sandbox, "account.setAuthorizationTTL", "DELAY_5")
    with pytest.raises(UnreachableError):
        await within_patience(safety.set_ttl(30, seconds=0.2))


# --- what Telegram pushes ---


async def test_a_code_that_telegram_writes_is_handed_on(guard: Guard, sandbox: Sandbox, person: Person) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    guard.on_code(lambda code, _: heard.put_nowait(code))
    sandbox.world.service_message(person, "New login. Device: Pixel 9, app 12.1.1 (58412). IP = 192.0.2.7")
    sandbox.mtproto.send_code(PHONE)
    assert await within_patience(heard.get()) == sandbox.mtproto.login_code(PHONE)
    assert heard.empty()


async def test_a_code_is_heard_of_after_a_lost_connection_was_made_anew(guard: Guard, sandbox: Sandbox) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    lost = asyncio.Event()
    guard.on_code(lambda code, _: heard.put_nowait(code))
    guard.on_login(lambda _: lost.set())
    sandbox.mtproto.drop_connections()
    await within_patience(lost.wait())
    await guard.roster()
    sandbox.mtproto.send_code(PHONE)
    assert await within_patience(heard.get()) == sandbox.mtproto.login_code(PHONE)


async def test_that_a_business_bot_was_connected_is_a_reason_to_look(
    guard: Guard, sandbox: Sandbox, person: Person
) -> None:
    noticed = asyncio.Event()
    guard.on_business_bot(noticed.set)
    connect(sandbox, person)
    await within_patience(noticed.wait())

    async def is_listed() -> bool:
        return bool((await guard.safety.state()).bots)

    await eventually(is_listed)
