"""One request on its way through a method: who asks, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.keys import AuthKey
from sandbox.mtproto.sessions import Session
from sandbox.people import Authorization, Person
from sandbox.people import now as clock
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """`ip` is the asker's address."""

    datacentre: DataCentre
    session: Session
    ip: str

    @property
    def world(self) -> World:
        """The world that it is all about."""
        return self.datacentre.world

    @property
    def key(self) -> AuthKey:
        """The permanent key that the asker's session belongs to."""
        return self.session.key.holder

    @property
    def now(self) -> datetime:
        """Telegram's clock."""
        return clock()

    @property
    def authorization(self) -> Authorization:
        """The asker's. Raises RpcError when there is none."""
        if self.key.authorization is None:
            raise RpcError(401, "AUTH_KEY_UNREGISTERED")
        return self.key.authorization

    @property
    def person(self) -> Person:
        """The account that the asker is signed in to. Raises RpcError likewise."""
        return self.world.person(self.authorization.user_id)
