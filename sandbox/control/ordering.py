"""Routes of faults: ordered, shown while they are still to come, and called off."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.botapi.schema import Schema
from sandbox.control.bodies import INT64, Fields, body, integer, wrong
from sandbox.control.errors import ControlError
from sandbox.control.fault_codes import read_error
from sandbox.control.guard import answer
from sandbox.control.shapes import fault
from sandbox.faults import TORN, Fault
from sandbox.world import World

LAYERS = ("mtproto", "botapi")
MOST_TIMES = 1_000_000
ROSTER = "account.getAuthorizations"  # the only answer that can be torn


def _layer(name: str, value: Any) -> str:
    if value not in LAYERS:
        raise wrong(name, value, " or ".join(LAYERS))
    return str(value)


def _method(name: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_.]{1,64}|\*", value):
        raise wrong(name, value, "a method's name, or * for any")
    return value


FIELDS: Fields = {
    "layer": _layer,
    "method": _method,
    "error": lambda _, value: value,
    "times": integer(1, MOST_TIMES),
    "chat": integer(-INT64, INT64 - 1),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRoutes:
    """What is to go wrong."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_post("/api/faults", self.order)
        app.router.add_get("/api/faults", self.faults)
        app.router.add_delete("/api/faults", self.clear)

    async def order(self, request: web.Request) -> web.Response:
        """The next calls fail so."""
        given = await body(request, FIELDS, required=("layer", "method", "error"))
        code, message, parameters = read_error(given["layer"], given["error"])
        if given["layer"] == "botapi":
            given["method"] = _botapi_method(given["method"], by_chat="chat" in given)
        elif "chat" in given:
            raise ControlError(400, "'chat' is for the layer botapi; calls of mtproto have no chat_id")
        if message == TORN and (given["layer"], given["method"]) != ("mtproto", ROSTER):
            raise ControlError(400, f"{TORN} is for {ROSTER} on the layer mtproto alone")
        ordered = Fault(
            layer=given["layer"],
            method=given["method"],
            code=code,
            message=message,
            parameters=parameters,
            times=given.get("times", 1),
            chat=given.get("chat"),
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


def _botapi_method(method: str, *, by_chat: bool) -> str:
    """Its name as Telegram spells it; raises ControlError."""
    if method == "*":
        return method
    known = Schema.load().methods.get(method.lower())
    if known is None:
        raise ControlError(400, f"the Bot API has no method {method!r}")
    name, parameters = known
    if by_chat and "chat_id" not in parameters:
        raise ControlError(400, f"{name} has no chat_id; leave 'chat' out")
    return name
