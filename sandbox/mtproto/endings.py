"""How an authorization's auth key dies with it: what every request with it is answered from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.events import REVOKED, UNREGISTERED
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.keys import AuthKey
from sandbox.people import Authorization

FORGOTTEN = "-404"  # the server doesn't know the key any more: no request is answered, the transport itself says so
#: The key's device may sign in anew [core.telegram.org/api/errors].
SIGNED_OUT: Final[Mapping[str, int]] = {UNREGISTERED: 401, REVOKED: 401, "SESSION_EXPIRED": 401}
#: The key is good for nothing any more.
KILLED: Final[Mapping[str, int]] = {"AUTH_KEY_INVALID": 401, "AUTH_KEY_DUPLICATED": 406}
REASONS: Final = (*SIGNED_OUT, *KILLED, FORGOTTEN)


def revoke(datacentre: DataCentre, authorization: Authorization, reason: str) -> None:
    """Its key is signed out, for one of REASONS, and whatever is connected with it is dropped."""
    key = datacentre.keys.holder_of(authorization)
    if key is None:
        return
    key.authorization = None
    for session in key.all_sessions():
        session.subscribed = False
    for connection in key.all_connections():
        connection.close()
    _condemn(datacentre, key, reason)


def _condemn(datacentre: DataCentre, key: AuthKey, reason: str) -> None:
    if reason in KILLED:
        key.dead_of = RpcError(KILLED[reason], reason)
    elif reason in SIGNED_OUT:
        key.ended_by = RpcError(SIGNED_OUT[reason], reason)
    else:
        for each in key.own:
            datacentre.keys.forget(each)
