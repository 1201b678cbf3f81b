"""A running sandbox: its world and its three servers on loopback; started by `python -m sandbox` and by tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sandbox.botapi.server import BotApiServer
from sandbox.control.server import ControlServer
from sandbox.mtproto.server import MtprotoServer
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The world and where its servers listen."""

    world: World
    mtproto: MtprotoServer
    botapi: BotApiServer
    control: ControlServer


@asynccontextmanager
async def running(world: World, *, port: int = 0) -> AsyncIterator[Sandbox]:
    """Run all servers over one world on 127.0.0.1; `port` is the control API's, every other is picked free.

    Raises OSError when the port is taken.
    """
    mtproto, botapi = MtprotoServer(world), BotApiServer(world)
    control = ControlServer(world, mtproto=mtproto, botapi=botapi)
    async with mtproto.listening(), botapi.listening(), control.listening(port=port):
        yield Sandbox(world=world, mtproto=mtproto, botapi=botapi, control=control)
