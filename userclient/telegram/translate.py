"""Telegram's words to ours: TL objects to domain values, RPC errors to `trouble`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from telethon import errors
from telethon.errors.common import AuthKeyNotFound
from telethon.tl import types

from core.contract.events import GuardLoss
from core.domain.sessions import Roster, Session
from userclient.trouble import (
    FloodWaitError,
    GuardLostError,
    NotAllowedYetError,
    RefusedError,
    UnknownHashError,
    UnreachableError,
)

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
NAMES = {class_: name for name, class_ in errors.rpc_errors_dict.items()}


def to_roster(answer: types.account.Authorizations, *, account: int, taken_at: datetime) -> Roster:
    """`account.authorizations` as a roster."""
    return Roster(
        account=account,
        sessions=tuple(to_session(authorization) for authorization in answer.authorizations),
        ttl_days=answer.authorization_ttl_days,
        taken_at=taken_at,
    )


def to_session(row: types.Authorization) -> Session:
    """`authorization` as a session."""
    return Session(
        hash=str(row.hash),
        device_model=row.device_model,
        platform=row.platform,
        system_version=row.system_version,
        api_id=row.api_id,
        app_name=row.app_name,
        app_version=row.app_version,
        created_at=row.date_created,
        active_at=row.date_active,
        ip=row.ip,
        country=row.country,
        region=row.region,
        current=bool(row.current),
        official_app=bool(row.official_app),
        password_pending=bool(row.password_pending),
        unconfirmed=bool(row.unconfirmed),
        secret_chats_disabled=bool(row.encrypted_requests_disabled),
        calls_disabled=bool(row.call_requests_disabled),
    )


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
