"""A real connection of few means: what crosses it, in either direction, and what is made of it."""

from __future__ import annotations

import asyncio
import base64
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from telethon.tl import functions, types

from sandbox.faults import Fault
from sandbox.mtproto.pushing import _push, short
from sandbox.people import Authorization
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually, within_patience
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.settings import UserclientSettings
from userclient.telegram.allowed import GUARDING, UnlistedRequestError
from userclient.telegram.client import DEVICE_MODEL, FrugalClient, make_client
from userclient.telegram.guard import Guard, Push, connected
from userclient.telegram.sign_in import PasswordNeededError, SignIn, signing_in

CONNECTING = ["help.getConfig", "users.getUsers"]
PASSWORD = "correct horse"
SAID = "what a friend wrote, and nobody else's business"
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def settings(sandbox: Sandbox) -> UserclientSettings:
    return settings_for(sandbox)


@pytest.fixture
async def kept(sandbox: Sandbox, settings: UserclientSettings) -> GuardSession:
    return await sign_in(sandbox, settings)


class Calls:
    """What has been asked since."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._log = sandbox.world.calls
        self._before = len(self._log.calls)

    @property
    def methods(self) -> list[str]:
        return [call.method for call in list(self._log.calls)[self._before :]]


@pytest.fixture
async def guard(settings: UserclientSettings, kept: GuardSession, lease: Lease) -> AsyncIterator[Guard]:
    """A guard at work."""
    async with connected(settings, kept, lease) as guard:
        await guard.roster()
        yield guard


@pytest.fixture
def told(guard: Guard) -> asyncio.Queue[Push | None]:
    """What the guard makes of what it is told."""
    told: asyncio.Queue[Push | None] = asyncio.Queue()
    guard.on_login(told.put_nowait)
    return told


@pytest.fixture
def _one_data_centre() -> Iterator[None]:
    """Telethon keeps the addresses of data centres for the whole process."""
    FrugalClient._config = None
    yield
    FrugalClient._config = None


def push(sandbox: Sandbox, updates: Any) -> None:
    """Let Telegram send this to all sessions."""
    _push(sandbox.mtproto._datacentre, ACCOUNT_ID, updates)


def somebody_logs_in(sandbox: Sandbox, device: str = "Thief") -> Authorization:
    return sandbox.world.log_in(Authorization(user_id=ACCOUNT_ID, device_model=device, unconfirmed=True))


async def next_device(told: asyncio.Queue[Push | None]) -> str:
    """The next new login that the guard is told of."""
    while (login := await within_patience(told.get())) is None:
        pass
    return login.device


def friend() -> Any:
    return types.User(4242, access_hash=1, first_name="Grace", username="grace", phone="1555")


def channel() -> Any:
    return types.Channel(77, "A channel", photo=types.ChatPhotoEmpty(), date=NOW, access_hash=5, broadcast=True)


def message(*, in_channel: bool = False) -> Any:
    peer = types.PeerChannel(77) if in_channel else types.PeerUser(4242)
    return types.Message(1, peer_id=peer, date=NOW, message=SAID)


def conversation() -> Iterator[Any]:
    """What an account is sent all day, in every container, with gaps before it; each alone has Telethon fetch more."""
    of_friend = types.UpdateNewMessage(message(), pts=900, pts_count=1)
    in_channel = types.UpdateNewChannelMessage(message(in_channel=True), pts=3, pts_count=1)
    gap_in_channel = types.UpdateNewChannelMessage(message(in_channel=True), pts=900, pts_count=1)
    everybody: dict[str, Any] = {"users": [friend()], "chats": [channel()], "date": NOW}
    yield types.Updates(updates=[of_friend], **everybody, seq=0)
    yield types.Updates(updates=[in_channel], **everybody, seq=0)
    yield types.Updates(updates=[gap_in_channel], **everybody, seq=0)
    yield types.Updates(updates=[types.UpdateChannelTooLong(77, pts=950)], **everybody, seq=0)
    yield types.UpdatesCombined(updates=[of_friend], **everybody, seq_start=500, seq=501)
    yield types.UpdateShortMessage(1, 4242, SAID, pts=950, pts_count=1, date=NOW)
    yield types.UpdateShortChatMessage(1, 4242, 9, SAID, pts=951, pts_count=1, date=NOW)
    yield short(types.UpdateUserStatus(4242, types.UserStatusOnline(NOW)))
    yield types.UpdatesTooLong()


async def test_a_guard_asks_no_more_than_its_work_needs(
    sandbox: Sandbox, settings: UserclientSettings, kept: GuardSession, lease: Lease
) -> None:
    victim = next(iter(sandbox.world.person(ACCOUNT_ID).authorizations.values()))
    calls = Calls(sandbox)
    async with connected(settings, kept, lease) as guard:
        await guard.roster()
        assert calls.methods == [*CONNECTING, "users.getUsers", "account.getAuthorizations"]
        calls = Calls(sandbox)
        newcomer = somebody_logs_in(sandbox)
        await guard.confirm(str(newcomer.hash))
        await guard.end(str(victim.hash))
        await guard.stay_awake()
        await guard.line.close_in_time()
        await guard.log_out()
    assert calls.methods == [
        "account.changeAuthorizationSettings",
        "account.resetAuthorization",
        "updates.getState",
        "auth.logOut",
    ]
    assert str(victim.hash) not in {str(a.hash) for a in sandbox.world.person(ACCOUNT_ID).authorizations.values()}


async def test_connected_anew_it_still_asks_no_more_and_hears_of_logins(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None]
) -> None:
    calls = Calls(sandbox)
    sandbox.mtproto.drop_connections()
    assert await within_patience(told.get()) is None  # the loss
    await guard.roster()
    somebody_logs_in(sandbox)
    assert await next_device(told) == "Thief"
    assert calls.methods == [*CONNECTING, "account.getAuthorizations"]


@pytest.mark.parametrize(
    "request_",
    [
        functions.messages.GetHistoryRequest(types.InputPeerSelf(), 0, None, 0, 100, 0, 0, 0),
        functions.updates.GetDifferenceRequest(pts=1, date=NOW, qts=0),
        functions.account.DeleteAccountRequest("a mistake"),
        functions.auth.ExportLoginTokenRequest(1, "x", []),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_a_request_that_may_not_leave_raises_at_once_and_the_connection_goes_on(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None], request_: Any
) -> None:
    calls = Calls(sandbox)
    sandbox.world.faults.order(
        Fault(layer="mtproto", method="account.getAuthorizations", code=0, message="DELAY_0.2"),
    )
    roster = asyncio.ensure_future(guard.roster())
    await asyncio.sleep(0)
    with pytest.raises(UnlistedRequestError):
        await guard.line.ask(request_)
    assert not roster.done()
    assert (await roster).guard
    somebody_logs_in(sandbox)
    assert await next_device(told) == "Thief"
    assert told.empty()  # no loss was told
    assert calls.methods == ["account.getAuthorizations"]


async def test_nothing_that_is_said_in_chats_makes_it_fetch_anything_and_logins_come_through(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None]
) -> None:
    calls = Calls(sandbox)
    for number, updates in enumerate(conversation()):
        push(sandbox, updates)
        somebody_logs_in(sandbox, f"Thief {number}")
        assert await next_device(told) == f"Thief {number}"
    assert calls.methods == []
    assert (await guard.roster()).guard


async def test_a_login_is_heard_of_in_whatever_it_comes(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None]
) -> None:
    def login(device: str) -> Any:
        return types.UpdateNewAuthorization(7, unconfirmed=True, date=NOW, device=device, location="Delft")

    nobody: dict[str, Any] = {"users": [], "chats": [], "date": NOW}
    beside = types.UpdateNewMessage(message(), pts=900, pts_count=1)
    push(sandbox, types.UpdateShort(login("alone"), NOW))
    push(sandbox, types.Updates(updates=[beside, login("in a crowd"), beside], **nobody, seq=0))
    push(sandbox, types.Updates(updates=[login("late")], **nobody, seq=9))
    push(sandbox, types.Updates(updates=[login("with an old number")], **nobody, seq=2))
    push(sandbox, types.UpdatesCombined(updates=[login("one"), login("two")], **nobody, seq_start=40, seq=50))
    heard = [await next_device(told) for _ in range(6)]
    assert heard == ["alone", "in a crowd", "late", "with an old number", "one", "two"]


async def test_when_telegram_has_more_than_it_sends_the_roster_is_to_be_looked_at(
    sandbox: Sandbox,
    guard: Guard,
    told: asyncio.Queue[Push | None],
) -> None:
    push(sandbox, types.UpdatesTooLong())
    assert await within_patience(told.get()) is None


async def test_an_update_that_somebody_stumbles_over_does_not_keep_the_next_from_coming(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None]
) -> None:
    def stumble(_: Push | None) -> None:
        stumbled.set()
        raise ValueError("a bug")

    stumbled = asyncio.Event()
    guard.on_login(stumble)
    somebody_logs_in(sandbox)
    await within_patience(stumbled.wait())
    guard.on_login(told.put_nowait)
    somebody_logs_in(sandbox, "The next")
    assert await next_device(told) == "The next"


async def test_what_is_said_in_chats_is_neither_logged_nor_kept(
    sandbox: Sandbox, guard: Guard, told: asyncio.Queue[Push | None], caplog: pytest.LogCaptureFixture
) -> None:
    def people_kept() -> set[int]:
        gc.collect()
        return {kept.id for kept in gc.get_objects() if isinstance(kept, types.User | types.Channel)}

    def messages_kept() -> list[Any]:
        gc.collect()
        kinds = types.Message | types.UpdateShortMessage | types.UpdateShortChatMessage
        return [kept for kept in gc.get_objects() if isinstance(kept, kinds) and kept.message == SAID]

    with caplog.at_level(logging.DEBUG):
        for updates in conversation():
            push(sandbox, updates)
        del updates
        person = sandbox.world.person(ACCOUNT_ID)
        sandbox.world.service_message(person, f"Login code: 12345. {SAID}")
        somebody_logs_in(sandbox)
        assert await next_device(told) == "Thief"
        await guard.roster()
    assert "Handling update" in caplog.text  # Telethon did log
    for secret in (SAID, "12345", "Grace", "4242", "A channel"):
        assert secret not in caplog.text
    assert messages_kept() == []
    assert people_kept() <= {ACCOUNT_ID}
    client = guard.line._client
    assert client is not None
    assert client.session._entities == set()
    assert set(client._mb_entity_cache.hash_map) <= {ACCOUNT_ID}
    await eventually_acknowledged(sandbox)


async def eventually_acknowledged(sandbox: Sandbox) -> None:
    """Read or not, all has arrived: Telegram is not left to send it again and again."""
    own = next(a for a in sandbox.world.person(ACCOUNT_ID).authorizations.values() if a.device_model == DEVICE_MODEL)
    key = sandbox.mtproto._datacentre.keys.holder_of(own)
    assert key

    async def acknowledged() -> bool:
        # The acknowledgement of the last answer leaves with the next request.
        return all(len(session._unacknowledged) <= 1 for session in key.all_sessions() if session.connection)

    await eventually(acknowledged)


async def signed_in_by_code(sandbox: Sandbox, attempt: SignIn) -> int:
    await attempt.request_code(PHONE)
    return (await attempt.enter_code(sandbox.mtproto.login_code(PHONE) or "")).account


async def test_signing_in_by_code_asks_no_more_than_that(sandbox: Sandbox, settings: UserclientSettings) -> None:
    calls = Calls(sandbox)
    async with signing_in(settings) as attempt:
        assert await signed_in_by_code(sandbox, attempt) == ACCOUNT_ID
    assert calls.methods == [*CONNECTING, "auth.sendCode", "users.getUsers", "auth.signIn"]


async def test_a_code_can_be_asked_for_twice(sandbox: Sandbox, settings: UserclientSettings) -> None:
    calls = Calls(sandbox)
    async with signing_in(settings) as attempt:
        await attempt.request_code(PHONE)
        assert await signed_in_by_code(sandbox, attempt) == ACCOUNT_ID
    assert "auth.resendCode" in calls.methods


async def test_signing_in_with_a_password_asks_no_more_than_that(
    sandbox: Sandbox, settings: UserclientSettings
) -> None:
    sandbox.world.person(ACCOUNT_ID).password = PASSWORD
    calls = Calls(sandbox)
    async with signing_in(settings) as attempt:
        with pytest.raises(PasswordNeededError):
            await signed_in_by_code(sandbox, attempt)
        assert (await attempt.enter_password(PASSWORD)).account == ACCOUNT_ID
    assert calls.methods[-3:] == ["users.getUsers", "account.getPassword", "auth.checkPassword"]
    assert "updates.getDifference" not in calls.methods


@pytest.mark.parametrize("password", [None, PASSWORD])
async def test_signing_in_by_qr_code_asks_no_more_than_that(
    sandbox: Sandbox, settings: UserclientSettings, password: str | None
) -> None:
    sandbox.world.person(ACCOUNT_ID).password = password
    calls = Calls(sandbox)
    async with signing_in(settings) as attempt:
        url, _ = await attempt.new_qr()
        token = base64.urlsafe_b64decode(url.partition("=")[2] + "==")
        scanning = asyncio.ensure_future(attempt.scanned())
        await asyncio.sleep(0)
        sandbox.mtproto.scan_qr(token, ACCOUNT_ID)
        if password is None:
            signed_in = await within_patience(scanning)
        else:
            with pytest.raises(PasswordNeededError):
                await within_patience(scanning)
            signed_in = await attempt.enter_password(password)
    assert signed_in
    assert signed_in.account == ACCOUNT_ID
    assert calls.methods[:4] == [*CONNECTING, "auth.exportLoginToken", "auth.exportLoginToken"]
    assert set(calls.methods[4:]) <= {"users.getUsers", "account.getPassword", "auth.checkPassword"}


@pytest.mark.usefixtures("_one_data_centre")
async def test_an_account_of_another_data_centre_is_signed_in_there(
    sandbox: Sandbox, settings: UserclientSettings
) -> None:
    sandbox.world.faults.order(Fault(layer="mtproto", method="auth.sendCode", code=303, message="PHONE_MIGRATE_2"))
    calls = Calls(sandbox)
    async with signing_in(settings) as attempt:
        assert await signed_in_by_code(sandbox, attempt) == ACCOUNT_ID
    assert calls.methods == [
        *[*CONNECTING, "auth.sendCode", "updates.getState", "help.getConfig"],
        *[*CONNECTING, "auth.sendCode", "users.getUsers", "auth.signIn"],
    ]


async def test_who_signs_in_can_end_no_session_even_once_signed_in(
    sandbox: Sandbox, settings: UserclientSettings
) -> None:
    before = set(sandbox.world.person(ACCOUNT_ID).authorizations)
    async with signing_in(settings) as attempt:
        await signed_in_by_code(sandbox, attempt)
        for request in (
            functions.auth.ResetAuthorizationsRequest(),
            functions.account.ResetAuthorizationRequest(hash=next(iter(before))),
            functions.auth.LogOutRequest(),
        ):
            with pytest.raises(UnlistedRequestError):
                await attempt._client(request)
    assert before < set(sandbox.world.person(ACCOUNT_ID).authorizations)


async def test_a_guard_can_not_sign_in(sandbox: Sandbox, settings: UserclientSettings, kept: GuardSession) -> None:
    client = make_client(settings, kept.session)
    assert client._means is GUARDING  # what one gets who says nothing
    await client.connect()
    calls = Calls(sandbox)
    for asking in (client.send_code_request(PHONE), client.qr_login()):
        with pytest.raises(UnlistedRequestError):
            await asking
    await client.disconnect()
    assert set(calls.methods) <= {"users.getUsers"}
