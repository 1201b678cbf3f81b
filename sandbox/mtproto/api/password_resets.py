"""`account.*`: the way to be rid of a password that nobody knows, and to stop whoever has taken it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError

#: How long a reset is pending, so that the account's owner can decline it: a week, as people report.
PENDING = timedelta(days=7)
#: How long after that nobody can ask for another. Telegram publishes no number.
DECLINED = timedelta(days=7)


def _reset_password(ask: Ask, _request: Any) -> Any:
    """Ask for it, then, once its time has come, ask again: it is done only then [TDLib, resetPassword]."""
    person, security = ask.person, ask.person.security
    if person.password is None:
        raise RpcError(400, "PASSWORD_EMPTY")
    if security.pending_reset_date is None:
        if security.reset_retry_date and security.reset_retry_date > ask.now:
            return types.account.ResetPasswordFailedWait(security.reset_retry_date)
        security.pending_reset_date = ask.now + PENDING
    elif security.pending_reset_date <= ask.now:
        person.drop_password()
        ask.world.changed(person)
        return types.account.ResetPasswordOk()
    ask.world.changed(person)
    return types.account.ResetPasswordRequestedWait(security.pending_reset_date)


def _decline_password_reset(ask: Ask, _request: Any) -> bool:
    security = ask.person.security
    if security.pending_reset_date is None:
        raise RpcError(400, "RESET_REQUEST_MISSING")
    security.pending_reset_date, security.reset_retry_date = None, ask.now + DECLINED
    ask.world.changed(ask.person)
    return True


METHODS: Final[Mapping[str, Method]] = {
    "account.resetPassword": Method(_reset_password),
    "account.declinePasswordReset": Method(_decline_password_reset),
}
