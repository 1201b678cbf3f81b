"""What may be asked of Telegram, tried with every method there is: what is on no list raises, and nothing leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon import TelegramClient
from telethon.tl import TLRequest, functions, types
from telethon.tl.alltlobjects import LAYER, tlobjects

from userclient.settings import UserclientSettings
from userclient.telegram.allowed import GUARDING, SIGNING_IN, WRAPPERS, Means, UnlistedRequestError
from userclient.telegram.client import make_client
from userclient.telegram.translate import telegrams_errors

EVERY_METHOD = tuple(one for one in tlobjects.values() if issubclass(one, TLRequest))
BOTH = pytest.mark.parametrize("means", [GUARDING, SIGNING_IN], ids=lambda means: means.purpose)
SELF, OTHER = types.InputUserSelf(), types.InputUser(1, 2)
STATE = functions.updates.GetStateRequest()

BOT = types.InputUser(user_id=7, access_hash=1)


def history(peer: Any, limit: int = 20) -> Any:
    return functions.messages.GetHistoryRequest(peer, 0, None, 0, limit, 0, 0, 0)


CONNECTING = [
    functions.help.GetConfigRequest(),
    functions.users.GetUsersRequest([SELF]),
    functions.PingRequest(1),
]
GUARDS = [
    *CONNECTING,
    functions.account.GetAuthorizationsRequest(),
    functions.account.ResetAuthorizationRequest(hash=7),
    functions.account.ChangeAuthorizationSettingsRequest(hash=7, confirmed=True),
    functions.account.ChangeAuthorizationSettingsRequest(
        hash=7, call_requests_disabled=True, encrypted_requests_disabled=False
    ),
    functions.account.SetAuthorizationTTLRequest(authorization_ttl_days=30),
    functions.account.GetPasswordRequest(),
    functions.account.DeclinePasswordResetRequest(),
    functions.account.GetAccountTTLRequest(),
    functions.account.GetWebAuthorizationsRequest(),
    functions.account.ResetWebAuthorizationRequest(hash=7),
    functions.account.ResetWebAuthorizationsRequest(),
    functions.account.GetConnectedBotsRequest(),
    functions.account.UpdateConnectedBotRequest(BOT, types.InputBusinessBotRecipients(), deleted=True),
    functions.account.GetPasskeysRequest(),
    functions.account.InvalidateSignInCodesRequest(codes=["12345"]),
    functions.updates.GetStateRequest(),
    functions.help.GetAppConfigRequest(hash=0),
    functions.users.GetUsersRequest([types.InputUser(777000, 0)]),
    history(types.InputPeerUser(777000, 5)),
    functions.auth.LogOutRequest(),
    functions.PingDelayDisconnectRequest(ping_id=1, disconnect_delay=60),
]
SIGN_INS = [
    *CONNECTING,
    functions.auth.SendCodeRequest("99966", 1, "hash", types.CodeSettings()),
    functions.auth.ResendCodeRequest("99966", "hash"),
    functions.auth.SignInRequest("99966", "hash", "12345"),
    functions.auth.ExportLoginTokenRequest(1, "hash", []),
    functions.auth.ImportLoginTokenRequest(b"token"),
    functions.account.GetPasswordRequest(),
    functions.auth.CheckPasswordRequest(types.InputCheckPasswordSRP(1, b"A", b"M1")),
    functions.updates.GetStateRequest(),
]


@pytest.fixture(autouse=True)
def _bare(bare: Path) -> None:
    """No setting of this machine's."""


class Wired:
    """A client that takes itself for connected; what it would send stays with it."""

    def __init__(self, means: Means) -> None:
        settings = UserclientSettings(_env_file=None, api_id=1, api_hash=SecretStr("x"), secret_key=SecretStr("k" * 32))
        self.client: TelegramClient = make_client(settings, "", means=means)
        self.client._sender._user_connected = True

    @property
    def leaving(self) -> list[Any]:
        return [state.request for state in self.client._sender._send_queue._deque]


def bare_instance(method: type) -> Any:
    """A request of a method whose arguments are of no interest here."""
    return object.__new__(method)


def wrapped(request: Any) -> Any:
    """As Telethon sends its first."""
    return functions.InvokeWithLayerRequest(
        LAYER, functions.InitConnectionRequest(1, "device", "1", "1", "en", "", "en", request)
    )


def wrappings(request: Any) -> Iterator[Any]:
    """The same request in all that can carry one."""
    yield wrapped(request)
    yield wrapped(wrapped(request))
    yield functions.InvokeAfterMsgRequest(1, request)
    yield functions.InvokeWithoutUpdatesRequest(request)
    yield wrapped(functions.InvokeWithoutUpdatesRequest(request))
    yield functions.InvokeWithTakeoutRequest(1, wrapped(request))


async def is_refused(wired: Wired, asked: Any) -> bool:
    """By either way that a request can go: a caller's, and Telethon's own."""
    refusals = 0
    try:
        await wired.client(asked)
    except UnlistedRequestError:
        refusals += 1
    try:
        wired.client._sender.send(asked)
    except UnlistedRequestError:
        refusals += 1
    return refusals == 2


def test_every_method_is_tried() -> None:
    assert len(EVERY_METHOD) > 700
    assert functions.messages.GetHistoryRequest in EVERY_METHOD
    assert functions.updates.GetDifferenceRequest in EVERY_METHOD


@BOTH
async def test_a_method_that_is_not_on_the_list_raises_and_nothing_leaves(means: Means) -> None:
    wired = Wired(means)
    unlisted = [method for method in EVERY_METHOD if method not in means.methods and method not in WRAPPERS]
    assert len(unlisted) > 700
    assert [method for method in unlisted if not await is_refused(wired, bare_instance(method))] == []
    assert wired.leaving == []


@BOTH
async def test_nor_does_it_leave_in_anything_that_carries_it(means: Means) -> None:
    wired = Wired(means)
    unlisted = [method for method in EVERY_METHOD if method not in means.methods and method not in WRAPPERS]
    let_through = [
        (method, carrier)
        for method in unlisted
        for carrier in wrappings(bare_instance(method))
        if not await is_refused(wired, carrier)
    ]
    assert let_through == []
    assert wired.leaving == []


@BOTH
@pytest.mark.parametrize("wrapper", sorted(WRAPPERS, key=lambda each: each.__name__))
async def test_what_could_carry_something_and_carries_nothing_does_not_leave(means: Means, wrapper: type) -> None:
    wired = Wired(means)
    assert await is_refused(wired, bare_instance(wrapper))
    assert wired.leaving == []


@BOTH
async def test_of_several_none_leaves_if_one_may_not(means: Means) -> None:
    wired = Wired(means)
    unlisted = functions.contacts.GetContactsRequest(hash=0)
    for several in ([STATE, unlisted], (unlisted, STATE), [STATE, wrapped(unlisted)], [[STATE]]):
        assert await is_refused(wired, several)
    with pytest.raises(UnlistedRequestError):
        await wired.client(one for one in [STATE, unlisted])
    assert wired.leaving == []


@pytest.mark.parametrize(("means", "examples"), [(GUARDING, GUARDS), (SIGNING_IN, SIGN_INS)])
async def test_what_is_on_the_list_leaves_bare_wrapped_and_with_others(means: Means, examples: list[Any]) -> None:
    assert {type(example) for example in examples} == set(means.methods)
    for example in examples:
        wired = Wired(means)
        wired.client._sender.send(example)
        first = wrapped(example)
        wired.client._sender.send(first)
        wired.client._sender.send(one for one in [STATE, example])
        assert wired.leaving == [example, first, STATE, example]


async def test_a_guard_can_not_sign_in_and_who_signs_in_can_end_no_session() -> None:
    guard, sign_in = Wired(GUARDING), Wired(SIGNING_IN)
    for request in SIGN_INS:
        if type(request) not in GUARDING.methods:
            assert await is_refused(guard, request)
    for request in GUARDS:
        if type(request) not in SIGNING_IN.methods:
            assert await is_refused(sign_in, request)
    assert guard.leaving == sign_in.leaving == []


@BOTH
@pytest.mark.parametrize("users", [[OTHER], [SELF, OTHER], [OTHER, SELF], []])
async def test_nobody_is_asked_about_but_the_account_itself(means: Means, users: list[Any]) -> None:
    assert await is_refused(Wired(means), functions.users.GetUsersRequest(users))


async def test_who_signs_in_asks_not_even_about_telegram() -> None:
    assert await is_refused(Wired(SIGNING_IN), functions.users.GetUsersRequest([types.InputUser(777000, 0)]))


@pytest.mark.parametrize(
    "request_",
    [
        history(types.InputPeerUser(777001, 0)),
        history(types.InputPeerSelf()),
        history(types.InputPeerEmpty()),
        history(types.InputPeerChat(777000)),
        history(types.InputPeerChannel(777000, 0)),
        history(types.InputPeerUserFromMessage(types.InputPeerSelf(), 1, 777000)),
        history(types.InputPeerUser(777000, 0), limit=21),
        history(types.InputPeerUser(777000, 0), limit=0),
        history(types.InputPeerUser(777000, 0), limit=-1),
    ],
    ids=str,
)
async def test_no_chat_is_read_but_the_end_of_telegrams_own(request_: Any) -> None:
    assert await is_refused(Wired(GUARDING), request_)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"confirmed": False},
        {"call_requests_disabled": False},
        {"encrypted_requests_disabled": True},
        {"confirmed": False, "call_requests_disabled": True, "encrypted_requests_disabled": True},
        {"confirmed": True, "call_requests_disabled": True},
        {"confirmed": True, "encrypted_requests_disabled": False},
    ],
)
async def test_a_session_is_confirmed_or_told_all_that_it_accepts_never_both_in_one(
    settings: dict[str, bool],
) -> None:
    request = functions.account.ChangeAuthorizationSettingsRequest(hash=7, **settings)
    assert await is_refused(Wired(GUARDING), request)


@pytest.mark.parametrize(
    "settings",
    [{}, {"deleted": False}, {"deleted": True, "rights": types.BusinessBotRights(reply=True)}],
)
async def test_no_bot_is_connected_to_the_account(settings: dict[str, Any]) -> None:
    request = functions.account.UpdateConnectedBotRequest(BOT, types.InputBusinessBotRecipients(), **settings)
    assert await is_refused(Wired(GUARDING), request)


async def test_a_request_that_only_derives_from_a_listed_one_is_another() -> None:
    class Disguised(functions.updates.GetStateRequest):  # type: ignore[misc]
        def _bytes(self) -> bytes:
            return bytes(functions.account.DeleteAccountRequest("disguised"))

    assert await is_refused(Wired(GUARDING), Disguised())


async def test_a_peer_is_not_even_looked_up_for_a_request_that_may_not_leave() -> None:
    wired = Wired(GUARDING)
    request = functions.messages.GetHistoryRequest("somebody", 0, None, 0, 100, 0, 0, 0)
    with pytest.raises(UnlistedRequestError, match=r"^messages\.getHistory: "):
        await wired.client(request)
    assert wired.leaving == []


def test_the_error_names_the_method_and_no_argument() -> None:
    with pytest.raises(UnlistedRequestError) as caught:
        GUARDING.checked(wrapped(functions.auth.SignInRequest("99966200001", "hash", "12345")))
    assert str(caught.value) == "auth.signIn: nothing that a guard at work may ask of Telegram"
    with pytest.raises(UnlistedRequestError, match=r"^invokeAfterMsg: nothing that a client that signs in "):
        SIGNING_IN.checked(functions.InvokeAfterMsgRequest(1, STATE))


def test_it_is_a_mistake_of_ours_and_never_taken_for_telegrams() -> None:
    with pytest.raises(UnlistedRequestError), telegrams_errors():
        GUARDING.checked(functions.account.DeleteAccountRequest("a mistake"))
