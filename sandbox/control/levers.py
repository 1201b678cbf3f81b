"""Routes of the levers: what whoever runs this sandbox offers to have done outside it, pulled by a person on the page.

The sandbox knows none of what they do: it hands each pull to the one who offered the lever, and shows what they say.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from sandbox.control.bodies import Fields, body, checked, filled, flag, number, text, wrong
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.world import World

LONGEST_WAIT = 30
MOST_LEVERS = 20
MOST_PULLS = 20  # that wait to be taken; more is somebody's mistake
LEVER: Final[Fields] = {"name": filled, "text": filled, "about": text, "danger": flag}


def _levers(name: str, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_LEVERS or not all(isinstance(one, dict) for one in value):
        raise wrong(name, value, f"a list of at most {MOST_LEVERS} objects with some of: {', '.join(LEVER)}")
    levers = [{"about": "", "danger": False, **checked(one, LEVER)} for one in value]
    for lever in levers:
        if missing := {"name", "text"} - lever.keys():
            raise ControlError(400, f"a lever has no {missing.pop()!r}")
    return levers


@dataclass(frozen=True, slots=True, kw_only=True)
class LeverRoutes:
    """What is offered, and the pulls that nobody has taken yet, oldest first."""

    world: World
    _offered: dict[str, dict[str, Any]] = field(default_factory=dict)
    _pulls: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(MOST_PULLS))

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/levers", self.levers)
        app.router.add_put("/api/levers", self.offer)
        app.router.add_post("/api/levers/{name}/pulls", self.pull)
        app.router.add_post("/api/pulls/take", self.take)

    async def levers(self, _: web.Request) -> web.Response:
        """Those on offer."""
        return answer(list(self._offered.values()))

    async def offer(self, request: web.Request) -> web.Response:
        """These and no others are on offer from now on."""
        levers = (await body(request, {"levers": _levers}, required=("levers",)))["levers"]
        self._offered.clear()
        self._offered.update({lever["name"]: lever for lever in levers})
        self.world.chats.changed()
        return answer(levers)

    async def pull(self, request: web.Request) -> web.Response:
        """A person pulls one."""
        name = request.match_info["name"]
        await body(request, {})
        if name not in self._offered:
            raise ControlError(404, f"no lever {name!r} is on offer")
        try:
            self._pulls.put_nowait(name)
        except asyncio.QueueFull:
            raise ControlError(409, "nobody takes the pulls; is what offered the levers still running?") from None
        return answer({"name": name}, status=201)

    async def take(self, request: web.Request) -> web.Response:
        """The next pull, waited for `wait` seconds; null if none came. Taken once, by one."""
        given = await body(request, {"wait": number(0, LONGEST_WAIT)})
        try:
            async with asyncio.timeout(given.get("wait", 0)):
                return answer({"name": await self._pulls.get()})
        except TimeoutError:
            return answer({"name": None})
