"""Routes that look at the world and its wires, and that order faults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.botapi.schema import Schema
from sandbox.botapi.server import BotApiServer
from sandbox.control.accounts import AccountRoutes
from sandbox.control.bodies import Fields, body, integer, wrong
from sandbox.control.errors import ControlError
from sandbox.control.fault_codes import read_error
from sandbox.control.guard import answer
from sandbox.control.shapes import authorization, call, fault, person
from sandbox.faults import Fault
from sandbox.mtproto.server import MtprotoServer
from sandbox.world import World

LAYERS = ("mtproto", "botapi")
MOST_TIMES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservingRoutes:
    """The world as a whole, its calls, its faults."""

    world: World
    mtproto: MtprotoServer
    botapi: BotApiServer
    accounts: AccountRoutes

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/world", self.look)
        app.router.add_get("/api/calls", self.calls)
        app.router.add_post("/api/faults", self.order)
        app.router.add_get("/api/faults", self.faults)
        app.router.add_delete("/api/faults", self.clear)

    async def look(self, _: web.Request) -> web.Response:
        """Everyone, every session, and where the servers listen."""
        connected = self.accounts.connected()
        accounts = [
            {
                **person(account),
                "ttl_days": account.ttl_days,
                "authorizations": [authorization(auth, connected) for auth in account.authorizations.values()],
            }
            for account in self.world.accounts()
        ]
        mtproto, botapi = self.mtproto, self.botapi
        return answer(
            {
                "accounts": accounts,
                "owners": self.world.owners,
                "people": [person(human) for human in self.world.people.values()],
                "mtproto": {"host": mtproto.host, "port": mtproto.port, "public_key": mtproto.public_key},
                "botapi": {"url": botapi.url, "token": botapi.token, "username": self.world.chats.bot["username"]},
            }
        )

    async def calls(self, request: web.Request) -> web.Response:
        """Every call so far, oldest first; ?since=number for the later ones, ?layer= and ?method= for some."""
        since = request.query.get("since", "0")
        if not re.fullmatch(r"[0-9]{1,12}", since):
            raise wrong("since", since, "the number of a call")
        layer, method = request.query.get("layer"), request.query.get("method")
        if layer is not None and layer not in LAYERS:
            raise wrong("layer", layer, " or ".join(LAYERS))
        return answer(
            [
                call(entry)
                for entry in self.world.calls.calls
                if entry.number > int(since) and layer in (None, entry.layer) and method in (None, entry.method)
            ]
        )

    async def order(self, request: web.Request) -> web.Response:
        """The next calls fail so."""
        fields: Fields = {
            "layer": _layer,
            "method": _method,
            "error": lambda _, value: value,
            "times": integer(1, MOST_TIMES),
        }
        given = await body(request, fields, required=("layer", "method", "error"))
        method = given["method"]
        if given["layer"] == "botapi" and method != "*":
            known = Schema.load().methods.get(method.lower())
            if known is None:
                raise ControlError(400, f"the Bot API has no method {method!r}")
            method = known[0]
        code, message, parameters = read_error(given["layer"], given["error"])
        ordered = Fault(
            layer=given["layer"],
            method=method,
            code=code,
            message=message,
            parameters=parameters,
            times=given.get("times", 1),
        )
        self.world.faults.order(ordered)
        return answer(fault(ordered), status=201)

    async def faults(self, _: web.Request) -> web.Response:
        """Those still to come."""
        return answer([fault(entry) for entry in self.world.faults.ordered])

    async def clear(self, _: web.Request) -> web.Response:
        """All is well again."""
        self.world.faults.ordered.clear()
        return answer({})


def _layer(name: str, value: Any) -> str:
    if value not in LAYERS:
        raise wrong(name, value, " or ".join(LAYERS))
    return str(value)


def _method(name: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_.]{1,64}|\*", value):
        raise wrong(name, value, "a method's name, or * for any")
    return value
