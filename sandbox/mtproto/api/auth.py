"""`auth.*`: signing in by code or by QR, signing out, ending all other sessions, binding temporary keys."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.account import listed, refuse_fresh
from sandbox.mtproto.api.method import Method, for_anyone
from sandbox.mtproto.api.passwords import check_password
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.code_sending import owner_of, send_code
from sandbox.mtproto.envelope import KEY_ID, unseal_binding
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.login_codes import DIGITS, LoginCode, digits
from sandbox.mtproto.mailbox import user
from sandbox.mtproto.qr_login import accept
from sandbox.mtproto.schema import MALFORMED, decode
from sandbox.mtproto.sign_in import enter, leave
from sandbox.people import Person

RESEND_AFTER = 60  # seconds
KEY_ID_MASK = (1 << 8 * KEY_ID) - 1


def _send_code(ask: Ask, request: Any) -> Any:
    if request.api_id <= 0 or not request.api_hash:
        raise RpcError(400, "API_ID_INVALID")
    sent = send_code(ask.datacentre, digits(request.phone_number))
    return _sent(sent.code, in_app=sent.in_app)


def _sent(code: LoginCode, *, in_app: bool) -> Any:
    kind = types.auth.SentCodeTypeApp if in_app else types.auth.SentCodeTypeSms
    following = types.auth.CodeTypeSms() if in_app else None
    return types.auth.SentCode(kind(DIGITS), code.hash, next_type=following, timeout=RESEND_AFTER)


def _resend_code(ask: Ask, request: Any) -> Any:
    return _sent(ask.datacentre.codes.pending(digits(request.phone_number), request.phone_code_hash), in_app=False)


def _cancel_code(ask: Ask, request: Any) -> bool:
    ask.datacentre.codes.void(ask.datacentre.codes.pending(digits(request.phone_number), request.phone_code_hash))
    return True


def _sign_in(ask: Ask, request: Any) -> Any:
    phone = digits(request.phone_number)
    ask.datacentre.codes.check(phone, request.phone_code_hash, request.phone_code or "")
    person = owner_of(ask.world, phone)
    if person is None:
        return types.auth.AuthorizationSignUpRequired()
    return _entered(ask, person, pending=enter(ask, person).password_pending)


def _entered(ask: Ask, person: Person, *, pending: bool) -> Any:
    if pending:
        raise RpcError(401, "SESSION_PASSWORD_NEEDED")
    ask.session.subscribed = True
    return types.auth.Authorization(user(person, is_self=True))


def _check_password(ask: Ask, request: Any) -> Any:
    answer = check_password(ask, request)
    ask.session.subscribed = True
    return answer


def _export_login_token(ask: Ask, request: Any) -> Any:
    if request.api_id <= 0 or not request.api_hash:
        raise RpcError(400, "API_ID_INVALID")
    token = ask.datacentre.tokens.export(ask.session)
    if token.authorization is None:
        return types.auth.LoginToken(token.expires, token.value)
    ask.datacentre.tokens.forget(token)
    if ask.key.authorization is not token.authorization:  # ended meanwhile
        raise RpcError(401, "AUTH_KEY_UNREGISTERED")
    pending = token.authorization.password_pending
    return types.auth.LoginTokenSuccess(_entered(ask, ask.person, pending=pending))


def _import_login_token(_ask: Ask, _request: Any) -> Any:
    """Only for a token of another data centre, and there is none."""
    raise RpcError(400, "AUTH_TOKEN_INVALID")


def _accept_login_token(ask: Ask, request: Any) -> Any:
    token = ask.datacentre.tokens.waiting(request.token)
    if token is None:
        raise RpcError(400, "AUTH_TOKEN_INVALID")
    if token.authorization:
        raise RpcError(400, "AUTH_TOKEN_ALREADY_ACCEPTED")
    return listed(accept(ask.world, token, ask.person), current=False)


def _log_out(ask: Ask, _request: Any) -> Any:
    leave(ask.world, ask.key)
    ask.session.subscribed = False
    return types.auth.LoggedOut()


def _reset_authorizations(ask: Ask, _request: Any) -> bool:
    refuse_fresh(ask)
    ask.world.log_out_others(ask.person, but=(ask.authorization.hash,))
    return True


def _bind_temp_auth_key(ask: Ask, request: Any) -> bool:
    temporary = ask.session.key
    permanent = ask.datacentre.keys.find(request.perm_auth_key_id & KEY_ID_MASK, now=time.time())
    if temporary.expires_at is None:
        raise RpcError(400, "TEMP_AUTH_KEY_EMPTY")
    if permanent is None:
        raise RpcError(400, "ENCRYPTED_MESSAGE_INVALID")
    try:
        inner = decode(unseal_binding(permanent.secret, request.encrypted_message))
    except MALFORMED:  # a broken envelope is among them
        raise RpcError(400, "ENCRYPTED_MESSAGE_INVALID") from None
    said = isinstance(inner, types.BindAuthKeyInner) and (
        inner.nonce == request.nonce,
        inner.temp_auth_key_id & KEY_ID_MASK == temporary.id,
        inner.perm_auth_key_id == request.perm_auth_key_id,
        inner.temp_session_id == ask.session.id,
        inner.expires_at == request.expires_at,
    )
    if not said or not all(said):
        raise RpcError(400, "ENCRYPTED_MESSAGE_INVALID")
    ask.datacentre.keys.bind(temporary, permanent)
    permanent.client = temporary.client or permanent.client
    return True


METHODS: Final[Mapping[str, Method]] = {
    "auth.sendCode": for_anyone(_send_code),
    "auth.resendCode": for_anyone(_resend_code),
    "auth.cancelCode": for_anyone(_cancel_code),
    "auth.signIn": for_anyone(_sign_in),
    "auth.checkPassword": for_anyone(_check_password),
    "auth.exportLoginToken": for_anyone(_export_login_token),
    "auth.importLoginToken": for_anyone(_import_login_token),
    "auth.acceptLoginToken": Method(_accept_login_token),
    "auth.logOut": for_anyone(_log_out),
    "auth.resetAuthorizations": Method(_reset_authorizations),
    "auth.bindTempAuthKey": for_anyone(_bind_temp_auth_key),
}
