"""`account.*`: the passkeys that sign in to an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.security import Passkey


def _listed(passkey: Passkey) -> Any:
    return types.Passkey(passkey.id, passkey.name, passkey.date, last_usage_date=passkey.last_usage_date)


def _get_passkeys(ask: Ask, _request: Any) -> Any:
    return types.account.Passkeys([_listed(one) for one in ask.person.security.passkeys.values()])


def _delete_passkey(ask: Ask, request: Any) -> bool:
    """No error is published for an id that isn't there; this one is a guess."""
    if ask.person.security.passkeys.pop(request.id, None) is None:
        raise RpcError(400, "PASSKEY_NOT_FOUND")
    ask.world.changed(ask.person)
    return True


METHODS: Final[Mapping[str, Method]] = {
    "account.getPasskeys": Method(_get_passkeys),
    "account.deletePasskey": Method(_delete_passkey),
}
