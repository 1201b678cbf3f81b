"""Routes of the MTProto connections: who is and was connected, and cutting them off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from sandbox.control.bodies import wrong
from sandbox.control.guard import answer
from sandbox.control.shapes import connection
from sandbox.mtproto.server import MtprotoServer

KEY_IDS = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionRoutes:
    """The network as seen from the server."""

    mtproto: MtprotoServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/connections", self.connections)
        app.router.add_delete("/api/connections", self.cut)

    async def connections(self, request: web.Request) -> web.Response:
        """Past and present, in the order they began; ?auth_key_id= for one key's."""
        wanted = _auth_key_id(request)
        found = (one for one in self.mtproto.all_connections if wanted in (None, one.auth_key_id))
        return answer([connection(one) for one in sorted(found, key=lambda one: one.since)])

    async def cut(self, request: web.Request) -> web.Response:
        """All at once, without a word, as a broken network does; ?auth_key_id= for one key's."""
        return answer({"cut": self.mtproto.drop_connections(_auth_key_id(request))})


def _auth_key_id(request: web.Request) -> int | None:
    """Signed or not: clients differ in how they show it. Raises ControlError."""
    given = request.query.get("auth_key_id")
    if given is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,20}", given) or not -KEY_IDS // 2 <= int(given) < KEY_IDS:
        raise wrong("auth_key_id", given, "a 64-bit integer")
    return int(given) % KEY_IDS
