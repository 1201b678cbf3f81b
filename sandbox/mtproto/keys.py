"""Auth keys: each is one device, with the sessions and connections that use it; the authorization it stands for is the
world's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.mtproto.connection import Connection
from sandbox.mtproto.envelope import id_of
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.salts import Salts
from sandbox.people import Authorization

if TYPE_CHECKING:
    from sandbox.mtproto.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientInfo:
    """What `initConnection` says of a client."""

    api_id: int
    device_model: str
    system_version: str
    app_version: str


@dataclass(slots=True, kw_only=True, eq=False)
class AuthKey:
    """A key of 256 bytes. A temporary one expires, and is worth what the permanent one it is bound to is worth."""

    secret: bytes
    salts: Salts
    expires_at: float | None = None
    permanent: AuthKey | None = None
    temporary: AuthKey | None = None
    authorization: Authorization | None = None
    client: ClientInfo | None = None
    #: Why nobody is signed in with it any more, when that isn't plain AUTH_KEY_UNREGISTERED.
    ended_by: RpcError | None = None
    #: Set for good: every request is answered with it.
    dead_of: RpcError | None = None
    sessions: dict[int, Session] = field(default_factory=dict)
    connections: set[Connection] = field(default_factory=set)
    id: int = field(init=False)

    def __post_init__(self) -> None:
        self.id = id_of(self.secret)

    @property
    def holder(self) -> AuthKey:
        """The key that an authorization is tied to: this one, or the permanent one behind it."""
        return self.permanent or self

    @property
    def own(self) -> tuple[AuthKey, ...]:
        """This permanent key, and the temporary one bound to it."""
        return (self, self.temporary) if self.temporary else (self,)

    def all_connections(self) -> list[Connection]:
        """Whatever is connected with this permanent key, by itself or by its temporary one."""
        return [connection for key in self.own for connection in key.connections]

    def all_sessions(self) -> list[Session]:
        """Likewise, the sessions."""
        return [session for key in self.own for session in key.sessions.values()]

    def user_id(self) -> int | None:
        """Whose account it is signed in to, be the password still pending or not."""
        authorization = self.holder.authorization
        return authorization.user_id if authorization else None


@dataclass(slots=True)
class KeyRing:
    """All keys by their ids, unsigned."""

    _by_id: dict[int, AuthKey] = field(default_factory=dict)

    def add(self, key: AuthKey) -> None:
        """Know it from now on."""
        self._by_id[key.id] = key

    def find(self, key_id: int, *, now: float) -> AuthKey | None:
        """The key of that id, unless it expired."""
        key = self._by_id.get(key_id)
        if key and key.expires_at is not None and key.expires_at <= now:
            self.forget(key)
            return None
        return key

    def holder_of(self, authorization: Authorization) -> AuthKey | None:
        """The permanent key that holds this authorization."""
        key = self._by_id.get(authorization.auth_key_id) if authorization.auth_key_id is not None else None
        return key if key and key.authorization is authorization else None

    def forget(self, key: AuthKey) -> None:
        """Its id means nothing from now on."""
        self._by_id.pop(key.id, None)
        if key.permanent and key.permanent.temporary is key:
            key.permanent.temporary = None

    def bind(self, temporary: AuthKey, permanent: AuthKey) -> None:
        """A temporary key stands for a permanent one from now on; the one before it no longer does."""
        if permanent.temporary and permanent.temporary is not temporary:
            permanent.temporary.permanent = None
        temporary.permanent, permanent.temporary = permanent, temporary
