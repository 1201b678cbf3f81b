"""The control API and its page: one loopback HTTP server over the world, for tests and for a person's browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.botapi.server import BotApiServer
from sandbox.control.accounts import AccountRoutes
from sandbox.control.authorizations import AuthorizationRoutes
from sandbox.control.bot_profile import BotProfileRoutes
from sandbox.control.business_bots import BusinessBotRoutes
from sandbox.control.connections import ConnectionRoutes
from sandbox.control.conversations import ConversationRoutes
from sandbox.control.flooding import FloodRoutes
from sandbox.control.guard import guarded
from sandbox.control.levers import LeverRoutes
from sandbox.control.live import LiveRoutes
from sandbox.control.logins import LoginRoutes
from sandbox.control.observing import ObservingRoutes
from sandbox.control.ordering import FaultRoutes
from sandbox.control.passkeys import PasskeyRoutes
from sandbox.control.websites import WebsiteRoutes
from sandbox.listening import serving
from sandbox.mtproto.server import MtprotoServer
from sandbox.world import World

LARGEST_BODY = 256 * 1024


class ControlServer:
    """Everything in this sandbox that a person or a test can do."""

    def __init__(self, world: World, *, mtproto: MtprotoServer, botapi: BotApiServer) -> None:
        self.url = ""
        self._live = LiveRoutes(world)
        self._routes = (
            AccountRoutes(world=world, mtproto=mtproto),
            AuthorizationRoutes(world=world, mtproto=mtproto),
            LoginRoutes(world=world, mtproto=mtproto),
            WebsiteRoutes(world=world),
            BusinessBotRoutes(world=world),
            PasskeyRoutes(world=world),
            ConversationRoutes(world=world),
            BotProfileRoutes(world=world, botapi=botapi),
            ObservingRoutes(world=world, mtproto=mtproto, botapi=botapi),
            ConnectionRoutes(mtproto=mtproto),
            FaultRoutes(world=world),
            FloodRoutes(world=world),
            LeverRoutes(world=world),
            self._live,
        )

    @asynccontextmanager
    async def listening(self, *, port: int) -> AsyncIterator[None]:
        """Serve on 127.0.0.1; port 0 picks a free one. Raises OSError when it is taken."""
        app = web.Application(middlewares=[guarded], client_max_size=LARGEST_BODY)
        for routes in self._routes:
            routes.add_to(app)
        async with self._live.listening(), serving(app, port=port) as bound:
            self.url = f"http://127.0.0.1:{bound}"
            yield
