"""Telegram's words to ours: TL objects to domain values, RPC errors to `trouble`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from telethon import errors
from telethon.errors.common import AuthKeyNotFound
from telethon.tl import types

from core.contract.mishaps import GuardLoss
from core.domain.sessions import AUTOCONFIRM_SECONDS, Roster, Session
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    UnknownHashError,
    UnreachableError,
)

log = structlog.get_logger()

#: The network's faults as Telethon hands them on, and answers that it could make nothing of.
NO_ANSWER = (
    OSError,
    TimeoutError,
    EOFError,
    errors.InvalidBufferError,
    errors.InvalidChecksumError,
    errors.SecurityError,
    errors.TypeNotFoundError,
    errors.BadMessageError,
)
#: A view shows 40 characters; a device chooses its own names, and a roster of long ones would fill Redis.
TEXT_BYTES_MOST = 160
#: Telegram takes 366 at the most; any number would do that a calendar can bear.
TTL_DAYS_MOST = 3660
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = {class_: name for name, class_ in errors.rpc_errors_dict.items()}


def to_roster(
    answer: types.account.Authorizations,
    *,
    account: int,
    taken_at: datetime,
    autoconfirm_seconds: int = AUTOCONFIRM_SECONDS,
) -> Roster:
    """`account.authorizations` as a roster."""
    return Roster(
        account=account,
        sessions=tuple(to_session(row) for row in answer.authorizations if is_hash(row.hash)),
        ttl_days=min(max(_number(answer.authorization_ttl_days), 0), TTL_DAYS_MOST),
        taken_at=taken_at,
        autoconfirm_seconds=autoconfirm_seconds,
    )


def to_session(row: types.Authorization) -> Session:
    """`authorization` as a session."""
    return Session(
        hash=str(row.hash),
        device_model=text(row.device_model),
        platform=text(row.platform),
        system_version=text(row.system_version),
        api_id=_number(row.api_id),
        app_name=text(row.app_name),
        app_version=text(row.app_version),
        created_at=moment(row.date_created) or NEVER,
        active_at=moment(row.date_active) or NEVER,
        ip=text(row.ip),
        country=text(row.country),
        region=text(row.region),
        current=bool(row.current),
        official_app=bool(row.official_app),
        password_pending=bool(row.password_pending),
        unconfirmed=bool(row.unconfirmed),
        secret_chats_disabled=bool(row.encrypted_requests_disabled),
        calls_disabled=bool(row.call_requests_disabled),
    )


def is_hash(value: object) -> bool:
    """Whether a row can be named by it; one that can't is left out, so that it hides no other."""
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return True
    log.error("session_unreadable")
    return False


def text(value: object) -> str:
    """A text that can be stored, cut to what anybody is shown of it; "" for what is none."""
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace")[:TEXT_BYTES_MOST].decode(errors="ignore")


def moment(value: object) -> datetime | None:
    """Aware, UTC where it doesn't say; None for what is none."""
    if not isinstance(value, datetime):
        return None
    return value if value.utcoffset() is not None else value.replace(tzinfo=UTC)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


@contextmanager
def telegrams_errors() -> Iterator[None]:
    """Raise what Telethon raises inside as one of `trouble`'s errors."""
    try:
        yield
    except errors.RPCError as error:
        raise _translated(error) from error
    except AuthKeyNotFound as error:  # transport error -404: the server has forgotten the key
        raise GuardLostError(GuardLoss.AUTH_KEY_INVALID) from error
    except NO_ANSWER as error:
        raise UnreachableError(type(error).__name__) from error


@contextmanager
def telethons_cancellations() -> Iterator[None]:
    """Raise ConnectionError where Telethon, disconnecting by itself, cancels what it had still to answer.

    Such a CancelledError that nobody asked for would end its task without a word.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    except asyncio.CancelledError:
        if task is None or task.cancelling() > before:
            raise
        raise ConnectionError("Telethon disconnected") from None


def _translated(error: errors.RPCError) -> Exception:
    name = str(NAMES.get(type(error)) or error.message or type(error).__name__)
    match error:
        # First: Telethon derives it from AuthKeyError, though the key is sound.
        case errors.FreshResetAuthorisationForbiddenError():
            return NotAllowedYetError()
        case errors.HashInvalidError():
            return UnknownHashError()
        # By `seconds`, not by FloodError: FrozenMethodInvalidError is one of those and knows no wait.
        case errors.FloodError() if seconds := getattr(error, "seconds", 0):
            return FloodWaitError(seconds)
        case errors.TimedOutError() | errors.ServerError():
            return UnreachableError(name)
    if name in GuardLoss.__members__:
        return GuardLostError(GuardLoss(name))
    return RefusedError(name)
