"""Who may ask: whether a key is alive, signed in and used in one place only."""

from __future__ import annotations

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.sign_in import leave, refuse_deactivated

DUPLICATED = RpcError(406, "AUTH_KEY_DUPLICATED")


def admit(ask: Ask, method: Method, *, wants_updates: bool) -> None:
    """Let a request through, and note that its session is active. Raises RpcError."""
    if ask.key.dead_of:
        raise _again(ask.key.dead_of)
    if method.needs_login:
        _check_login(ask, method)
        if ask.person.frozen_since and not method.open_to_frozen:
            raise RpcError(420, "FROZEN_METHOD_INVALID")
        _check_place(ask, wants_updates=wants_updates)
        ask.session.subscribed = ask.session.subscribed or wants_updates
        if ask.authorization.date_active < ask.now:
            ask.world.change(ask.authorization, date_active=ask.now)


def _check_login(ask: Ask, method: Method) -> None:
    key = ask.session.key
    if key.expires_at is not None and key.permanent is None:
        raise RpcError(401, "AUTH_KEY_PERM_EMPTY")
    if ask.key.authorization is None and ask.key.ended_by:
        raise _again(ask.key.ended_by)
    refuse_deactivated(ask.person)
    if ask.authorization.password_pending and not method.open_to_pending:
        raise RpcError(401, "SESSION_PASSWORD_NEEDED")


def _check_place(ask: Ask, *, wants_updates: bool) -> None:
    """One key used from two addresses at once is worth nothing any more, in either place.

    Telegram tells places by IP address; on loopback, 127.0.0.1 and 127.0.0.2 are two places. Connections that want no
    updates, such as those for files, don't count.
    """
    connection = ask.session.connection
    if not connection or not wants_updates:
        return
    connection.is_main = True
    others = [other for other in ask.key.all_connections() if other.is_main and other.is_open]
    if any(other.ip != connection.ip for other in others):
        ask.key.dead_of = DUPLICATED
        leave(ask.world, ask.key)
        raise _again(DUPLICATED)


def _again(error: RpcError) -> RpcError:
    """A fresh exception, for one that was raised before drags its traceback along."""
    return RpcError(error.code, error.message)
