"""`account.*`: the list of sessions and what can be done to each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.api.passwords import get_password
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.login_codes import bare
from sandbox.people import Authorization
from sandbox.world import UnknownAuthorizationError

#: How young a session may not yet end others [core.telegram.org/method/account.resetAuthorization].
FRESH = timedelta(hours=24)
OWN = 0  # the hash of the asker's own session


def listed(authorization: Authorization, *, current: bool) -> Any:
    """As `authorization`. The asker's own has no hash by which it could be ended, and isn't the asker's to confirm."""
    return types.Authorization(
        hash=OWN if current else authorization.hash,
        device_model=authorization.device_model,
        platform=authorization.platform,
        system_version=authorization.system_version,
        api_id=authorization.api_id,
        app_name=authorization.app_name,
        app_version=authorization.app_version,
        date_created=authorization.date_created,
        date_active=authorization.date_active,
        ip=authorization.ip,
        country=authorization.country,
        region=authorization.region,
        current=current or None,
        official_app=authorization.official_app or None,
        password_pending=authorization.password_pending or None,
        encrypted_requests_disabled=authorization.encrypted_requests_disabled or None,
        call_requests_disabled=authorization.call_requests_disabled or None,
        unconfirmed=(authorization.unconfirmed and not current) or None,
    )


def refuse_fresh(ask: Ask) -> None:
    """Raises RpcError while the asker's session is too young to end others."""
    if ask.now - ask.authorization.date_created < FRESH:
        raise RpcError(406, "FRESH_RESET_AUTHORISATION_FORBIDDEN")


def _get_authorizations(ask: Ask, _request: Any) -> Any:
    for authorization in tuple(ask.person.authorizations.values()):
        if authorization.unconfirmed and ask.now - authorization.date_created >= ask.world.autoconfirm:
            ask.world.confirm(authorization)
    own = ask.authorization
    others = (other for other in ask.person.authorizations.values() if other is not own)
    by_activity = sorted((*others, *ask.person.lingering()), key=lambda other: other.date_active, reverse=True)
    return types.account.Authorizations(
        ask.person.ttl_days, [listed(own, current=True), *(listed(other, current=False) for other in by_activity)]
    )


def _other(ask: Ask, hash_: int) -> Authorization:
    try:
        other = ask.world.authorization(ask.authorization.user_id, hash_)
    except UnknownAuthorizationError:
        raise RpcError(400, "HASH_INVALID") from None
    if other is ask.authorization:
        raise RpcError(400, "HASH_INVALID")
    return other


def _reset_authorization(ask: Ask, request: Any) -> bool:
    refuse_fresh(ask)
    ask.world.log_out(_other(ask, request.hash))
    return True


def _change_authorization_settings(ask: Ask, request: Any) -> bool:
    authorization = ask.authorization if request.hash == OWN else _other(ask, request.hash)
    wanted = {
        "encrypted_requests_disabled": request.encrypted_requests_disabled,
        "call_requests_disabled": request.call_requests_disabled,
    }
    ask.world.change(authorization, **{name: value for name, value in wanted.items() if value is not None})
    if request.confirmed and authorization is not ask.authorization:
        ask.world.confirm(authorization)
    return True


def _invalidate_sign_in_codes(ask: Ask, request: Any) -> bool:
    """A code that isn't the account's own, or isn't good any more, is no error: the answer tells nobody what is."""
    if ask.person.phone:
        ask.datacentre.codes.void_all(bare(ask.person.phone), request.codes)
    return True


def _done(_ask: Ask, _request: Any) -> bool:
    """Nobody here looks at what it would change."""
    return True


METHODS: Final[Mapping[str, Method]] = {
    "account.getAuthorizations": Method(_get_authorizations),
    "account.resetAuthorization": Method(_reset_authorization),
    "account.changeAuthorizationSettings": Method(_change_authorization_settings),
    "account.invalidateSignInCodes": Method(_invalidate_sign_in_codes),
    "account.getPassword": Method(get_password, open_to_frozen=True, open_to_pending=True),
    "account.updateStatus": Method(_done),
    "account.registerDevice": Method(_done),
    "account.unregisterDevice": Method(_done),
}
