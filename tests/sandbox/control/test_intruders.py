"""Somebody without a client here gets in, or tries to: by code, half way, past the password; and throws all out."""

from __future__ import annotations

from typing import Any

import pytest
from telethon import errors, events
from telethon.tl import functions, types

from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, OWNER_ID

ACCOUNT = f"/api/accounts/{ACCOUNT_ID}"
SESSIONS = f"{ACCOUNT}/authorizations"
ROSTER = functions.account.GetAuthorizationsRequest
KILL = functions.account.InvalidateSignInCodesRequest


@pytest.fixture
def pushed(guard: Any) -> list[tuple[str, bool, str | None]]:
    """The logins that the guard is pushed."""
    seen: list[tuple[str, bool, str | None]] = []

    async def note(update: Any) -> None:
        seen.append((str(update.hash), update.unconfirmed, update.device))

    guard.add_event_handler(note, events.Raw(types.UpdateNewAuthorization))
    return seen


async def asked(api: Any) -> tuple[str, str]:
    """A code's hash, and the code as the account's owner reads it."""
    status, sent = await api("POST", f"{ACCOUNT}/login-codes")
    assert (status, sent["in_app"]) == (201, True)
    _, read = await api("GET", f"{ACCOUNT}/login-code")
    assert read["live"] is True
    return sent["phone_code_hash"], read["code"]


async def enter(api: Any, code_hash: str, code: str, **device: Any) -> Any:
    return await api("POST", f"{ACCOUNT}/sign-ins", {"phone_code_hash": code_hash, "code": code, **device})


async def test_whoever_asks_for_a_code_is_not_told_it_and_the_guard_is(api: Any, guard: Any) -> None:
    heard: list[str] = []

    async def note(event: Any) -> None:
        heard.append(event.raw_text)

    guard.add_event_handler(note, events.NewMessage(from_users=777000))
    _, sent = await api("POST", f"{ACCOUNT}/login-codes", {})
    assert set(sent) == {"phone_code_hash", "in_app"}
    _, read = await api("GET", f"{ACCOUNT}/login-code")
    (message,) = await guard.get_messages(777000, limit=1)
    assert read["code"] in message.raw_text
    assert [read["code"] in text for text in heard] == [True]


async def test_a_code_lets_somebody_in_once_and_the_guard_is_asked_about_it(
    api: Any, pushed: Any, eventually: Any
) -> None:
    code_hash, code = await asked(api)
    status, made = await enter(api, code_hash, code, device_model="Xiaomi 13", country="Portugal")
    assert (status, made["device_model"], made["unconfirmed"], made["password_pending"]) == (
        201,
        "Xiaomi 13",
        True,
        False,
    )

    async def told() -> bool:
        return bool(pushed)

    await eventually(told)
    assert pushed == [(made["hash"], True, "Xiaomi 13")]
    assert (await enter(api, code_hash, code)) == (400, {"error": "PHONE_CODE_EXPIRED"})
    assert (await api("GET", f"{ACCOUNT}/login-code"))[1] == {"code": code, "live": False}


async def test_a_code_that_the_guard_killed_lets_nobody_in(api: Any, guard: Any) -> None:
    code_hash, code = await asked(api)
    assert await guard(KILL([code]))
    assert (await api("GET", f"{ACCOUNT}/login-code"))[1]["live"] is False
    assert (await enter(api, code_hash, code)) == (400, {"error": "PHONE_CODE_EXPIRED"})
    assert len((await guard(ROSTER())).authorizations) == 4


async def test_wrong_codes_and_too_many_of_them_are_refused_in_telegrams_words(api: Any) -> None:
    code_hash, code = await asked(api)
    wrong = f"{(int(code) + 1) % 100000:05}"
    for _ in range(5):
        assert (await enter(api, code_hash, wrong)) == (400, {"error": "PHONE_CODE_INVALID"})
    status, answer = await enter(api, code_hash, code)
    assert (status, answer["error"].rpartition("_")[0]) == (429, "FLOOD_WAIT")
    assert (await enter(api, "", code))[0] in (400, 429)


async def test_whoever_asks_for_too_many_codes_must_wait(api: Any) -> None:
    statuses = [(await api("POST", f"{ACCOUNT}/login-codes"))[0] for _ in range(11)]
    assert statuses == [201] * 10 + [429]


async def test_with_a_password_a_login_stays_half_way_until_it_is_entered(
    api: Any, guard: Any, pushed: Any, eventually: Any
) -> None:
    await api("PATCH", ACCOUNT, {"password": "secret"})
    _, made = await enter(api, *await asked(api), device_model="Xiaomi 13")
    assert (made["password_pending"], made["unconfirmed"]) == (True, False)
    pending = [row for row in (await guard(ROSTER())).authorizations if row.password_pending]
    assert [str(row.hash) for row in pending] == [made["hash"]]
    assert pushed == []
    status, complete = await api("POST", f"{SESSIONS}/{made['hash']}/password")
    assert (status, complete["password_pending"], complete["unconfirmed"]) == (200, False, True)

    async def told() -> bool:
        return bool(pushed)

    await eventually(told)
    assert pushed == [(made["hash"], True, "Xiaomi 13")]
    assert (await api("POST", f"{SESSIONS}/{made['hash']}/password"))[0] == 409


async def test_a_login_made_half_way_is_not_pushed_unless_it_is_told_to_be(api: Any, guard: Any, pushed: Any) -> None:
    status, made = await api("POST", SESSIONS, {"password_pending": True})
    assert (status, made["unconfirmed"]) == (201, False)
    await guard(ROSTER())
    assert pushed == []
    assert (await api("POST", SESSIONS, {"password_pending": True, "push": True}))[1]["unconfirmed"] is True


@pytest.mark.parametrize(
    "body", [{}, {"code": "1"}, {"phone_code_hash": "x"}, {"phone_code_hash": "x", "code": "1", "unconfirmed": False}]
)
async def test_a_wrong_login_is_refused(api: Any, body: Any) -> None:
    assert (await api("POST", f"{ACCOUNT}/sign-ins", body))[0] == 400


async def test_another_session_ends_all_the_others_and_the_guard_is_told_so(
    api: Any, guard: Any, sandbox: Sandbox
) -> None:
    _, intruder = await api("POST", SESSIONS, {"device_model": "Intruder"})
    before = set(sandbox.world.person(ACCOUNT_ID).authorizations)
    status, answer = await api("POST", f"{ACCOUNT}/resets", {"by": intruder["hash"]})
    assert status == 200
    assert {int(one) for one in answer["ended"]} == before - {int(intruder["hash"])}
    assert set(sandbox.world.person(ACCOUNT_ID).authorizations) == {int(intruder["hash"])}
    with pytest.raises(errors.SessionRevokedError):
        await guard(ROSTER())


async def test_some_can_be_spared_such_as_the_guard(api: Any, guard: Any, own: dict[str, Any]) -> None:
    _, intruder = await api("POST", SESSIONS, {})
    status, answer = await api("POST", f"{ACCOUNT}/resets", {"by": intruder["hash"], "but": [own["hash"]]})
    assert (status, len(answer["ended"])) == (200, 3)
    rows = (await guard(ROSTER())).authorizations
    assert [(row.current, str(row.hash)) for row in rows] == [(True, "0"), (False, intruder["hash"])]


async def test_all_can_be_ended_by_nobody_in_particular(api: Any, sandbox: Sandbox) -> None:
    assert len((await api("POST", f"{ACCOUNT}/resets"))[1]["ended"]) == 3
    assert not sandbox.world.person(ACCOUNT_ID).authorizations
    assert (await api("POST", f"{ACCOUNT}/resets"))[1] == {"ended": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [({"by": "7"}, 404), ({"but": ["7"]}, 404), ({"but": "7"}, 400), ({"but": [0]}, 400), ({"by": None}, 400)],
)
async def test_who_is_spared_must_be_there(api: Any, sandbox: Sandbox, body: Any, status: int) -> None:
    assert (await api("POST", f"{ACCOUNT}/resets", body))[0] == status
    assert len(sandbox.world.person(ACCOUNT_ID).authorizations) == 3


@pytest.mark.parametrize("path", ["login-codes", "sign-ins", "resets"])
async def test_only_accounts_are_broken_into(api: Any, path: str) -> None:
    assert (await api("POST", f"/api/accounts/{OWNER_ID}/{path}", {}))[0] == 404
