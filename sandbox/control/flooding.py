"""The route by which strangers flood the bot."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.control.bodies import body, integer, number, wrong
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.strangers import KINDS, payload
from sandbox.world import World

MOST_A_SECOND = 10_000
LONGEST = 300  # seconds
TICK = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodRoutes:
    """Everybody else."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the route."""
        app.router.add_post("/api/floods", self.flood)

    async def flood(self, request: web.Request) -> web.Response:
        """Strangers send so many updates a second for so long; answered when it is over."""
        fields = {"per_second": integer(1, MOST_A_SECOND), "seconds": number(TICK, LONGEST), "kinds": _kinds}
        given = await body(request, fields, required=("per_second", "seconds"))
        queue = self.world.chats.updates
        kinds = [kind for kind in given.get("kinds", KINDS) if queue.wants(kind)]
        if not kinds:
            raise ControlError(409, "the bot has asked for no updates of these kinds, so Telegram sends it none")
        begun, sent = time.monotonic(), 0
        while (passed := time.monotonic() - begun) < given["seconds"]:
            due = int(passed * given["per_second"])
            for stranger in range(sent, due):
                kind = kinds[stranger % len(kinds)]
                queue.add(kind, payload(kind, stranger, self.world.chats.bot), lane=f"stranger {stranger}")
            sent = due
            await asyncio.sleep(TICK)
        return answer({"sent": sent, "kinds": kinds, "waiting": len(queue.pending)}, status=201)


def _kinds(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one in KINDS for one in value):
        raise wrong(name, value, f"a list of {', '.join(KINDS)}")
    return value
