"""The list of sessions and what is pushed of it, as a stock Telethon client sees them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from sandbox.faults import Fault
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization, Person, now
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]
NewClient = Callable[..., Any]
Eventually = Callable[[Callable[[], Any]], Awaitable[Any]]
OfAge = Callable[[Person], None]
Watch = Callable[[Any], list[Any]]


PHONE = "99966200001"
GET = functions.account.GetAuthorizationsRequest
RESET = functions.account.ResetAuthorizationRequest


@pytest.fixture
def pushes() -> Watch:
    """What a client is pushed, by what is done with its `watch`."""
    seen: list[object] = []

    async def note(update: object) -> None:
        seen.append(update)

    def watch(client: Any) -> list[object]:
        client.add_event_handler(note, events.Raw(types.UpdateNewAuthorization))
        return seen

    return watch


@pytest.fixture
def stranger() -> Authorization:
    return Authorization(
        user_id=1001,
        device_model="Pixel 9",
        country="Netherlands",
        region="Amsterdam",
        ip="203.0.113.7",
        unconfirmed=True,
    )


async def test_the_list_has_ones_own_session_first_with_no_hash(
    signed_in: SignedIn, world: World, stranger: Authorization
) -> None:
    client = await signed_in()
    world.log_in(stranger, push=False)
    answer = await client(GET())
    own, other = answer.authorizations
    assert (own.current, own.hash, other.current, other.hash) == (True, 0, False, stranger.hash)
    assert (other.device_model, other.ip, other.country, other.unconfirmed) == (
        "Pixel 9",
        "203.0.113.7",
        "Netherlands",
        True,
    )
    assert answer.authorization_ttl_days == 183


async def test_a_new_login_is_pushed_to_the_others(
    signed_in: SignedIn, world: World, stranger: Authorization, pushes: Watch, eventually: Eventually
) -> None:
    client = await signed_in()
    seen = pushes(client)
    world.log_in(stranger)
    await eventually(lambda: seen)
    (update,) = seen
    assert (update.unconfirmed, update.hash, update.device, update.location, update.date) == (
        True,
        stranger.hash,
        "Pixel 9",
        "Amsterdam, Netherlands",
        stranger.date_created,
    )


async def test_a_login_by_a_real_client_is_pushed_but_not_to_itself(
    signed_in: SignedIn, pushes: Watch, eventually: Eventually
) -> None:
    first = await signed_in()
    seen = pushes(first)
    second = await signed_in(device_model="Second")
    await eventually(lambda: seen)
    assert [update.device for update in seen] == ["Second"]
    own = (await second(GET())).authorizations[0]
    assert own.current
    assert not own.unconfirmed, "nobody confirms themselves"


@pytest.mark.parametrize(("unconfirmed", "push"), [(True, False), (False, True)])
async def test_a_login_that_is_silent_or_needs_no_confirmation_is_not_pushed(
    *, signed_in: SignedIn, world: World, stranger: Authorization, pushes: Watch, unconfirmed: bool, push: bool
) -> None:
    client = await signed_in()
    seen = pushes(client)
    stranger.unconfirmed = unconfirmed
    world.log_in(stranger, push=push)
    await client(GET())
    assert not seen


async def test_a_confirmed_login_is_settled_for_everybody(
    signed_in: SignedIn, world: World, stranger: Authorization, pushes: Watch, eventually: Eventually
) -> None:
    client = await signed_in()
    seen = pushes(client)
    world.log_in(stranger, push=False)
    assert await client(functions.account.ChangeAuthorizationSettingsRequest(stranger.hash, confirmed=True))
    await eventually(lambda: seen)
    assert [(update.hash, update.unconfirmed, update.device) for update in seen] == [(stranger.hash, False, None)]
    assert not stranger.unconfirmed


async def test_silence_confirms_a_login_after_a_week(
    signed_in: SignedIn, world: World, stranger: Authorization
) -> None:
    client = await signed_in()
    stranger.date_created = now() - timedelta(days=7)
    world.log_in(stranger)
    assert not (await client(GET())).authorizations[1].unconfirmed


async def test_calls_and_secret_chats_are_switched_one_by_one(
    signed_in: SignedIn, world: World, stranger: Authorization
) -> None:
    client = await signed_in()
    world.log_in(stranger, push=False)
    change = functions.account.ChangeAuthorizationSettingsRequest
    await client(change(stranger.hash, call_requests_disabled=True))
    assert (stranger.call_requests_disabled, stranger.encrypted_requests_disabled) == (True, False)
    await client(change(0, encrypted_requests_disabled=True))
    assert (await client(GET())).authorizations[0].encrypted_requests_disabled


async def test_a_session_is_ended_once(
    *,
    signed_in: SignedIn,
    world: World,
    ada: Person,
    stranger: Authorization,
    of_age: OfAge,
    pushes: Watch,
    eventually: Eventually,
) -> None:
    client = await signed_in()
    seen = pushes(client)
    of_age(ada)
    world.log_in(stranger, push=False)
    assert await client(RESET(stranger.hash))
    assert stranger.hash not in ada.authorizations
    await eventually(lambda: seen)
    assert not seen[0].unconfirmed, "the pending login is settled"
    with pytest.raises(errors.HashInvalidError):
        await client(RESET(stranger.hash))


async def test_nobody_ends_themselves_or_a_session_of_somebody_elses(
    signed_in: SignedIn, world: World, ada: Person, of_age: OfAge
) -> None:
    client = await signed_in()
    of_age(ada)
    foreign = world.log_in(Authorization(user_id=1002))
    for hash_ in (0, *ada.authorizations, foreign.hash):
        with pytest.raises(errors.HashInvalidError):
            await client(RESET(hash_))


async def test_a_session_under_a_day_old_ends_nobody(
    signed_in: SignedIn, world: World, ada: Person, stranger: Authorization, of_age: OfAge
) -> None:
    client = await signed_in()
    world.log_in(stranger, push=False)
    with pytest.raises(errors.FreshResetAuthorisationForbiddenError):
        await client(RESET(stranger.hash))
    with pytest.raises(errors.FreshResetAuthorisationForbiddenError):
        await client(functions.auth.ResetAuthorizationsRequest())
    of_age(ada)
    assert await client(RESET(stranger.hash))


async def test_the_ended_client_is_dropped_and_unknown_from_then_on(
    server: MtprotoServer, signed_in: SignedIn, ada: Person, of_age: OfAge, eventually: Eventually
) -> None:
    guard, victim = await signed_in(), await signed_in()
    of_age(ada)
    victim_hash = (await guard(GET())).authorizations[1].hash
    before = [connected.address for connected in server.connections]
    await guard(RESET(victim_hash))
    await eventually(lambda: set(before) - {connected.address for connected in server.connections})
    with pytest.raises(errors.AuthKeyUnregisteredError):
        await victim(functions.updates.GetStateRequest())
    assert await guard(functions.updates.GetStateRequest())


async def test_all_others_are_ended_at_once_and_told_so(signed_in: SignedIn, ada: Person, of_age: OfAge) -> None:
    guard, victim = await signed_in(), await signed_in()
    of_age(ada)
    assert await guard(functions.auth.ResetAuthorizationsRequest())
    assert [row.current for row in (await guard(GET())).authorizations] == [True]
    with pytest.raises(errors.SessionRevokedError):
        await victim(functions.updates.GetStateRequest())


@pytest.mark.parametrize("days", [0, 367, -1])
async def test_a_lifetime_out_of_range_is_refused(signed_in: SignedIn, days: int) -> None:
    client = await signed_in()
    with pytest.raises(errors.TtlDaysInvalidError):
        await client(functions.account.SetAuthorizationTTLRequest(days))


async def test_the_lifetime_is_kept(signed_in: SignedIn) -> None:
    client = await signed_in()
    await client(functions.account.SetAuthorizationTTLRequest(30))
    assert (await client(GET())).authorization_ttl_days == 30


async def test_whoever_asks_is_active(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    (authorization,) = ada.authorizations.values()
    authorization.date_active -= timedelta(days=3)
    await client(functions.account.UpdateStatusRequest(offline=True))
    assert now() - authorization.date_active < timedelta(seconds=5)


async def test_a_message_of_telegrams_arrives(
    signed_in: SignedIn, world: World, ada: Person, eventually: Eventually
) -> None:
    client = await signed_in()
    seen: list[str] = []

    async def note(event: events.NewMessage.Event) -> None:
        seen.append(event.raw_text)

    client.add_event_handler(note, events.NewMessage(from_users=777000))
    for text in ("one", "two"):
        world.service_message(ada, text)
    await eventually(lambda: len(seen) == 2)
    assert seen == ["one", "two"]
    assert [message.text for message in await client.get_messages(777000, limit=5)] == ["two", "one"]
    assert [(dialog.id, dialog.message.text) for dialog in await client.get_dialogs()] == [(777000, "two")]


async def test_a_missed_message_is_caught_up_with(signed_in: SignedIn, world: World, ada: Person) -> None:
    client = await signed_in()
    state = await client(functions.updates.GetStateRequest())
    for number in range(150):
        world.service_message(ada, f"number {number}")
    first = await client(functions.updates.GetDifferenceRequest(state.pts, state.date, state.qts))
    assert [message.message for message in first.new_messages] == [f"number {number}" for number in range(100)]
    then = first.intermediate_state
    rest = await client(functions.updates.GetDifferenceRequest(then.pts, then.date, then.qts))
    assert [message.message for message in rest.new_messages] == [f"number {number}" for number in range(100, 150)]
    end = await client(functions.updates.GetDifferenceRequest(rest.state.pts, state.date, 0))
    assert isinstance(end, types.updates.DifferenceEmpty)


async def test_a_method_that_is_missing_says_so(signed_in: SignedIn, caplog: pytest.LogCaptureFixture) -> None:
    client = await signed_in()
    with pytest.raises(errors.InputMethodInvalidError):
        await client(functions.stories.GetAllReadPeerStoriesRequest())
    assert "stories.getAllReadPeerStories" in caplog.text


async def test_every_call_is_written_down_with_its_answer(
    signed_in: SignedIn, world: World, stranger: Authorization
) -> None:
    client = await signed_in()
    world.log_in(stranger, push=False)
    await client(GET())
    with pytest.raises(errors.FreshResetAuthorisationForbiddenError):
        await client(RESET(stranger.hash))
    listed, reset = list(world.calls.calls)[-2:]
    assert (listed.layer, listed.method, listed.who, listed.params) == (
        "mtproto",
        "account.getAuthorizations",
        1001,
        {},
    )
    assert listed.answer["authorizations"][1]["hash"] == str(stranger.hash)
    assert reset.params == {"hash": str(stranger.hash)}
    assert reset.answer == {"error": {"code": 406, "message": "FRESH_RESET_AUTHORISATION_FORBIDDEN"}}


async def test_an_ordered_fault_is_met_once(signed_in: SignedIn, world: World) -> None:
    client = await signed_in()
    world.faults.order(Fault(layer="mtproto", method="account.getAuthorizations", code=420, message="FLOOD_WAIT_77"))
    with pytest.raises(errors.FloodWaitError) as wait:
        await client(GET())
    assert wait.value.seconds == 77
    client._flood_waited_requests.clear()  # Telethon refuses by itself as long as it is to wait
    assert await client(GET())


async def test_an_ordered_drop_cuts_the_connection_and_the_client_asks_again(signed_in: SignedIn, world: World) -> None:
    client = await signed_in()
    world.faults.order(Fault(layer="mtproto", method="account.getAuthorizations", code=0, message="DROP"))
    assert await client(GET())
    assert [call.method for call in world.calls.calls].count("account.getAuthorizations") == 2


async def test_an_answer_can_get_lost_though_the_request_ran(
    signed_in: SignedIn, world: World, ada: Person, stranger: Authorization, of_age: OfAge
) -> None:
    client = await signed_in()
    of_age(ada)
    world.log_in(stranger, push=False)
    world.faults.order(Fault(layer="mtproto", method="account.resetAuthorization", code=0, message="DROP_ANSWER"))
    with pytest.raises(errors.HashInvalidError):  # the client asks again, and finds it done
        await client(RESET(stranger.hash))
    assert stranger.hash not in ada.authorizations


async def test_people_are_found(signed_in: SignedIn) -> None:
    client = await signed_in()
    me, telegram, other = await client(
        functions.users.GetUsersRequest(
            [types.InputUserSelf(), types.InputUser(777000, 0), types.InputUser(1002, 0), types.InputUser(5, 0)]
        )
    )
    assert (me.is_self, telegram.first_name, other.phone) == (True, "Telegram", None)
    full = await client(functions.users.GetFullUserRequest("me"))
    assert full.full_user.id == 1001


async def test_the_server_lists_its_own_address_alone(server: MtprotoServer, new_client: NewClient) -> None:
    client = new_client()
    await client.connect()
    config = await client(functions.help.GetConfigRequest())
    assert {(option.ip_address, option.port) for option in config.dc_options} == {(server.host, server.port)}
    assert (await client(functions.help.GetNearestDcRequest())).this_dc == 2
    period = (await client(functions.help.GetAppConfigRequest(0))).config.value[0]
    assert (period.key, period.value.value) == ("authorization_autoconfirm_period", 604800)


async def test_after_how_long_a_login_confirms_itself_is_said_anew_only_when_it_is_another(
    world: World, new_client: NewClient
) -> None:
    client = new_client()
    await client.connect()
    before = await client(functions.help.GetAppConfigRequest(0))
    same = await client(functions.help.GetAppConfigRequest(before.hash))
    assert isinstance(same, types.help.AppConfigNotModified)
    world.autoconfirm = timedelta(days=1)
    after = await client(functions.help.GetAppConfigRequest(before.hash))
    assert after.config.value[0].value.value == 86_400
