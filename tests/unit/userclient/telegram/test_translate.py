"""Telegram's words to ours: every error that means something of its own, and every field of a session."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from telethon import errors
from telethon.errors import rpc_message_to_error
from telethon.errors.common import AuthKeyNotFound
from telethon.extensions import BinaryReader
from telethon.tl import functions, types

from core.contract.mishaps import GuardLoss
from core.domain.sessions import Session
from tests.domain_values import MOST_NEGATIVE, NOW
from userclient.telegram.translate import telegrams_errors, to_roster, to_session
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    TelegramTrouble,
    UnknownHashError,
    UnreachableError,
)

REQUEST = functions.account.GetAuthorizationsRequest()


def translated(error: BaseException) -> TelegramTrouble:
    """What is raised instead."""
    with pytest.raises(TelegramTrouble) as caught, telegrams_errors():
        raise error
    assert caught.value.__cause__ is error
    return caught.value


def rpc(code: int, message: str) -> Exception:
    """The error that Telethon makes of Telegram's answer."""
    return rpc_message_to_error(types.RpcError(code, message), REQUEST)


LOSSES = {
    "AUTH_KEY_UNREGISTERED": 401,
    "AUTH_KEY_INVALID": 401,
    "AUTH_KEY_DUPLICATED": 406,
    "SESSION_REVOKED": 401,
    "SESSION_EXPIRED": 401,
    "USER_DEACTIVATED": 401,
    "USER_DEACTIVATED_BAN": 401,
}


@pytest.mark.parametrize(("name", "code"), LOSSES.items())
def test_the_death_of_the_session_is_a_lost_guard(name: str, code: int) -> None:
    trouble = translated(rpc(code, name))
    assert isinstance(trouble, GuardLostError)
    assert trouble.reason == GuardLoss(name)


def test_no_loss_is_left_untried() -> None:
    assert set(LOSSES) == {loss.value for loss in GuardLoss}


def test_a_key_that_the_server_has_forgotten_is_a_lost_guard() -> None:
    trouble = translated(AuthKeyNotFound())
    assert isinstance(trouble, GuardLostError)


def test_a_guard_too_young_to_end_others_is_not_lost() -> None:
    error = rpc(406, "FRESH_RESET_AUTHORISATION_FORBIDDEN")
    assert isinstance(error, errors.FreshResetAuthorisationForbiddenError)
    assert isinstance(error, errors.AuthKeyError)  # the trap
    assert isinstance(translated(error), NotAllowedYetError)


@pytest.mark.parametrize("code", [406, 400])
def test_a_guard_too_young_is_told_by_the_name_whatever_its_code(code: int) -> None:
    assert isinstance(translated(rpc(code, "FRESH_RESET_AUTHORISATION_FORBIDDEN")), NotAllowedYetError)


def test_a_session_that_is_gone_is_an_unknown_hash() -> None:
    assert isinstance(translated(rpc(400, "HASH_INVALID")), UnknownHashError)


@pytest.mark.parametrize(
    ("message", "seconds"),
    [("FLOOD_WAIT_30", 30), ("FLOOD_WAIT_86400", 86400), ("FLOOD_PREMIUM_WAIT_3", 3), ("SLOWMODE_WAIT_9", 9)],
)
def test_a_flood_wait_says_for_how_long(message: str, seconds: int) -> None:
    trouble = translated(rpc(420, message))
    assert isinstance(trouble, FloodWaitError)
    assert trouble.seconds == seconds


def test_a_frozen_account_is_no_flood_wait() -> None:
    error = rpc(420, "FROZEN_METHOD_INVALID")
    assert isinstance(error, errors.FloodError)  # the trap
    trouble = translated(error)
    assert isinstance(trouble, RefusedError)
    assert trouble.name == "FROZEN_METHOD_INVALID"


@pytest.mark.parametrize(
    ("code", "message"),
    [(500, "INTERDC_2_CALL_ERROR"), (500, "WORKER_BUSY_TOO_LONG_RETRY"), (-503, "Timeout"), (503, "Timedout")],
)
def test_a_server_in_trouble_is_unreachable(code: int, message: str) -> None:
    assert isinstance(translated(rpc(code, message)), UnreachableError)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionError("Cannot send requests while disconnected"),
        ConnectionRefusedError(),
        OSError("Network is unreachable"),
        TimeoutError(),
    ],
)
def test_a_broken_line_is_unreachable(error: Exception) -> None:
    assert isinstance(translated(error), UnreachableError)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (400, "INPUT_METHOD_INVALID"),
        (400, "API_ID_INVALID"),
        (401, "SESSION_PASSWORD_NEEDED"),
        (401, "AUTH_KEY_PERM_EMPTY"),
        (403, "SOMETHING_NEW_FORBIDDEN"),
        (406, "SOMETHING_ELSE_NEW"),
        (400, "NOBODY_KNOWS_THIS_YET"),
        (420, "FLOOD_SOMETHING"),
    ],
)
def test_any_other_answer_is_a_refusal_under_telegrams_own_name(code: int, message: str) -> None:
    trouble = translated(rpc(code, message))
    assert isinstance(trouble, RefusedError)
    assert trouble.name == message


def test_a_refusal_does_not_tell_what_was_asked() -> None:
    error = rpc_message_to_error(types.RpcError(400, "PHONE_NUMBER_INVALID"), functions.auth.LogOutRequest())
    assert str(translated(error)) == "PHONE_NUMBER_INVALID"


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyError("a bug")])
def test_a_bug_of_ours_is_not_taken_for_telegrams(error: Exception) -> None:
    with pytest.raises(type(error)), telegrams_errors():
        raise error


def test_cancelling_is_not_trouble() -> None:
    with pytest.raises(asyncio.CancelledError), telegrams_errors():
        raise asyncio.CancelledError


def row(**particulars: Any) -> types.Authorization:
    """An `authorization` with a value of its own in every field."""
    fields: dict[str, Any] = {
        "hash": 77,
        "device_model": "a device",
        "platform": "a platform",
        "system_version": "a system version",
        "api_id": 6,
        "app_name": "an app",
        "app_version": "an app version",
        "date_created": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "date_active": datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        "ip": "192.0.2.7",
        "country": "a country",
        "region": "a region",
    }
    return types.Authorization(**(fields | particulars))


def test_every_field_of_an_authorization_is_kept() -> None:
    assert to_session(row()) == Session(
        hash="77",
        device_model="a device",
        platform="a platform",
        system_version="a system version",
        api_id=6,
        app_name="an app",
        app_version="an app version",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        active_at=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC),
        ip="192.0.2.7",
        country="a country",
        region="a region",
    )


@pytest.mark.parametrize(
    ("telegrams", "ours"),
    [
        ("current", "current"),
        ("official_app", "official_app"),
        ("password_pending", "password_pending"),
        ("unconfirmed", "unconfirmed"),
        ("encrypted_requests_disabled", "secret_chats_disabled"),
        ("call_requests_disabled", "calls_disabled"),
    ],
)
def test_every_flag_of_an_authorization_is_kept(telegrams: str, ours: str) -> None:
    flags = ["current", "official_app", "password_pending", "unconfirmed", "secret_chats_disabled", "calls_disabled"]
    session = to_session(row(**{telegrams: True}))
    assert {flag: getattr(session, flag) for flag in flags} == {flag: flag == ours for flag in flags}


def test_a_negative_hash_is_kept_to_the_last_digit() -> None:
    assert to_session(row(hash=int(MOST_NEGATIVE))).hash == MOST_NEGATIVE


def test_an_answer_survives_the_wire() -> None:
    sent = types.account.Authorizations(
        authorization_ttl_days=180, authorizations=[row(hash=-(2**63), current=True, unconfirmed=False), row()]
    )
    received = BinaryReader(bytes(sent)).tgread_object()
    roster = to_roster(received, account=1001, taken_at=NOW)
    assert roster.account == 1001
    assert roster.ttl_days == 180
    assert roster.taken_at == NOW
    assert [(s.hash, s.current) for s in roster.sessions] == [(MOST_NEGATIVE, True), ("77", False)]
    assert all(s.created_at.utcoffset() is not None for s in roster.sessions)
