"""`account.*`: how long an unused session lasts, and how long an unused account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError

LEAST_TTL, MOST_TTL = 1, 366  # days [core.telegram.org/method/account.setAuthorizationTTL]
LEAST_ACCOUNT_TTL, MOST_ACCOUNT_TTL = 30, 730  # days [TDLib, accountTtl]


def _set_authorization_ttl(ask: Ask, request: Any) -> bool:
    if not LEAST_TTL <= request.authorization_ttl_days <= MOST_TTL:
        raise RpcError(400, "TTL_DAYS_INVALID")
    ask.person.ttl_days = request.authorization_ttl_days
    ask.world.changed(ask.person)
    return True


def _get_account_ttl(ask: Ask, _request: Any) -> Any:
    return types.AccountDaysTTL(ask.person.security.account_ttl_days)


def _set_account_ttl(ask: Ask, request: Any) -> bool:
    if not LEAST_ACCOUNT_TTL <= request.ttl.days <= MOST_ACCOUNT_TTL:
        raise RpcError(400, "TTL_DAYS_INVALID")
    ask.person.security.account_ttl_days = request.ttl.days
    ask.world.changed(ask.person)
    return True


METHODS: Final[Mapping[str, Method]] = {
    "account.setAuthorizationTTL": Method(_set_authorization_ttl),
    "account.getAccountTTL": Method(_get_account_ttl),
    "account.setAccountTTL": Method(_set_account_ttl),
}
