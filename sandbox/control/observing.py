"""Routes that look at the world and its wires."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiohttp import web

from sandbox.botapi.server import BotApiServer
from sandbox.control.bodies import wrong
from sandbox.control.guard import answer
from sandbox.control.lookup import keys_in_use
from sandbox.control.masking import masked
from sandbox.control.ordering import LAYERS
from sandbox.control.shapes import account, call, person
from sandbox.mtproto.server import MtprotoServer
from sandbox.world import World

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservingRoutes:
    """The world as a whole, and its calls."""

    world: World
    mtproto: MtprotoServer
    botapi: BotApiServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/world", self.look)
        app.router.add_get("/api/calls", self.calls)
        app.router.add_get("/api/wires", self.wires)

    async def look(self, _: web.Request) -> web.Response:
        """Everyone, every session, and where the servers listen."""
        connected = keys_in_use(self.mtproto)
        mtproto, botapi = self.mtproto, self.botapi
        return answer(
            {
                "accounts": [account(one, connected) for one in self.world.accounts()],
                "owners": self.world.owners,
                "people": [person(human) for human in self.world.people.values()],
                "mtproto": {"host": mtproto.host, "port": mtproto.port, "public_key": mtproto.public_key},
                "botapi": {"url": botapi.url, "token": botapi.token, "username": self.world.chats.bot["username"]},
            }
        )

    async def calls(self, request: web.Request) -> web.Response:
        """The last 20,000 calls, oldest first; ?since=number for the later ones, ?layer= and ?method= for some."""
        since = _since(request)
        layer, method = request.query.get("layer"), request.query.get("method")
        if layer is not None and layer not in LAYERS:
            raise wrong("layer", layer, " or ".join(LAYERS))
        return answer(
            [
                call(entry)
                for entry in self.world.calls.after(since)
                if layer in (None, entry.layer) and method in (None, entry.method)
            ]
        )

    async def wires(self, request: web.Request) -> web.Response:
        """The last 200 calls for a person to read, secrets hidden, oldest first; ?since= for the later ones."""
        later = self.world.calls.after(_since(request))[-MOST_SHOWN:]
        return answer([masked(call(entry)) for entry in later])


def _since(request: web.Request) -> int:
    """The number of the call after which to begin; raises ControlError."""
    since = request.query.get("since", "0")
    if not re.fullmatch(r"[0-9]{1,12}", since):
        raise wrong("since", since, "the number of a call")
    return int(since)
