"""How a guard's session dies, and what it is pushed of others, when the control API says so."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from sandbox.seed import ACCOUNT_ID

SESSIONS = f"/api/accounts/{ACCOUNT_ID}/authorizations"
STATE = functions.updates.GetStateRequest
DETAILS = {"device": "Pixel 9", "location": "Malmo, Sweden", "date": 1767319445}

#: Sign the guard out, and what every request of its key is answered from then on.
SIGNED_OUT = {
    "": errors.AuthKeyUnregisteredError,
    "?reason=AUTH_KEY_UNREGISTERED": errors.AuthKeyUnregisteredError,
    "?reason=SESSION_REVOKED": errors.SessionRevokedError,
    "?reason=SESSION_EXPIRED": errors.SessionExpiredError,
}
#: Likewise, and the key is good for nothing any more.
KILLED = {
    "?reason=AUTH_KEY_INVALID": errors.AuthKeyInvalidError,
    "?reason=AUTH_KEY_DUPLICATED": errors.AuthKeyDuplicatedError,
}


@pytest.mark.parametrize(("reason", "error"), [*SIGNED_OUT.items(), *KILLED.items()])
async def test_a_session_dies_of_what_it_is_said_to(
    api: Any, guard: Any, own: dict[str, Any], reason: str, error: type[Exception]
) -> None:
    assert await api("DELETE", f"{SESSIONS}/{own['hash']}{reason}") == (200, {})
    for _ in range(2):
        with pytest.raises(error):
            await guard(STATE())


@pytest.mark.parametrize("reason", SIGNED_OUT)
async def test_a_key_that_was_signed_out_may_ask_for_a_code_again(
    api: Any, guard: Any, own: dict[str, Any], reason: str
) -> None:
    await api("DELETE", f"{SESSIONS}/{own['hash']}{reason}")
    assert await guard.send_code_request("99966200001")


@pytest.mark.parametrize(("reason", "error"), KILLED.items())
async def test_a_key_that_was_killed_may_not(
    api: Any, guard: Any, own: dict[str, Any], reason: str, error: type[Exception]
) -> None:
    await api("DELETE", f"{SESSIONS}/{own['hash']}{reason}")
    with pytest.raises(error):
        await guard.send_code_request("99966200001")


async def test_a_key_can_be_forgotten_so_that_the_transport_itself_refuses_it(
    api: Any, guard: Any, own: dict[str, Any], new_guard: Any
) -> None:
    await api("DELETE", f"{SESSIONS}/{own['hash']}?reason=-404")
    again = await new_guard(guard.session, sign_in=False)
    with pytest.raises(errors.AuthKeyNotFound):
        await again.connect()
    for client in (guard, again):
        with pytest.raises(errors.AuthKeyNotFound):
            await client.disconnected


@pytest.mark.parametrize("reason", ["", "HASH_INVALID", "USER_DEACTIVATED"])
async def test_an_unknown_reason_ends_nobody(api: Any, guard: Any, own: dict[str, Any], reason: str) -> None:
    status, answer = await api("DELETE", f"{SESSIONS}/{own['hash']}?reason={reason}")
    assert status == 400
    assert "SESSION_REVOKED" in answer["error"]
    assert await guard(STATE())


@pytest.fixture
async def pushed(guard: Any) -> list[Any]:
    """What the guard is pushed of sessions."""
    seen: list[Any] = []

    async def note(update: Any) -> None:
        seen.append((update.hash, update.unconfirmed, update.device, update.location, update.date))

    guard.add_event_handler(note, events.Raw(types.UpdateNewAuthorization))
    await guard(STATE())
    return seen


async def test_a_login_is_pushed_late_and_again(api: Any, pushed: list[Any], eventually: Any) -> None:
    _, made = await api("POST", SESSIONS, {"device_model": "Pixel 9", "country": "Sweden", "push": False})
    path = f"{SESSIONS}/{made['hash']}/pushes"
    status, said = await api("POST", path)
    assert (status, said["unconfirmed"], said["device"], said["location"]) == (201, True, "Pixel 9", "Sweden")
    assert (said["hash"], said["date"]) == (made["hash"], made["date_created"])
    await api("POST", path, {"location": "Elsewhere"})
    await eventually(lambda: _has(pushed, 2))
    assert [(hash_, unconfirmed, device, place) for hash_, unconfirmed, device, place, _ in pushed] == [
        (int(made["hash"]), True, "Pixel 9", "Sweden"),
        (int(made["hash"]), True, "Pixel 9", "Elsewhere"),
    ]


async def test_a_login_is_said_to_be_settled_without_its_details(api: Any, pushed: Any, eventually: Any) -> None:
    _, made = await api("POST", SESSIONS, {"push": False, "unconfirmed": True})
    said = await api("POST", f"{SESSIONS}/{made['hash']}/pushes", {"unconfirmed": False})
    assert said == (201, {"hash": made["hash"], "unconfirmed": False})
    await eventually(lambda: _has(pushed, 1))
    assert pushed == [(int(made["hash"]), False, None, None, None)]
    assert (await _listed(api, made["hash"]))["unconfirmed"], "a push alone changes nothing"


async def test_a_login_that_is_gone_is_pushed_with_given_details(api: Any, pushed: Any, eventually: Any) -> None:
    assert (await api("POST", f"{SESSIONS}/-77/pushes", DETAILS))[0] == 201
    assert (await api("POST", f"{SESSIONS}/-77/pushes", {"unconfirmed": False}))[0] == 201
    await eventually(lambda: _has(pushed, 2))
    assert [update[:4] for update in pushed] == [
        (-77, True, "Pixel 9", "Malmo, Sweden"),
        (-77, False, None, None),
    ]
    assert pushed[0][4].timestamp() == DETAILS["date"]


async def test_nobody_is_told_of_themselves(api: Any, guard: Any, own: dict[str, Any], pushed: list[Any]) -> None:
    assert (await api("POST", f"{SESSIONS}/{own['hash']}/pushes"))[0] == 201
    await guard(STATE())
    assert pushed == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "no authorization -77 is listed; send date, device, location"),
        ({"device": "x", "date": 5}, "send location"),
        ({"unconfirmed": False, "device": "x"}, "'device' is only told of a login that is unconfirmed"),
        ({"unconfirmed": 1}, "send true or false"),
        ({"ip": "x"}, "unknown field 'ip'"),
    ],
)
async def test_a_wrong_push_is_refused(api: Any, body: Any, says: str) -> None:
    status, answer = await api("POST", f"{SESSIONS}/-77/pushes", body)
    assert status == 400
    assert says in answer["error"]


async def _has(pushed: list[Any], count: int) -> bool:
    return len(pushed) >= count


async def _listed(api: Any, hash_: str) -> Any:
    _, world = await api("GET", "/api/world")
    return next(auth for auth in world["accounts"][0]["authorizations"] if auth["hash"] == hash_)
