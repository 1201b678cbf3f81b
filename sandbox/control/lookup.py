"""Finds what a request's path names, and which sessions have a client behind them."""

from __future__ import annotations

from aiohttp import web

from sandbox.control.bodies import path_user_id
from sandbox.control.errors import ControlError
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Person
from sandbox.world import World


def account_of(world: World, request: web.Request) -> Person:
    """Whose account a path is about. Raises ControlError or UnknownPersonError."""
    found = world.person(path_user_id(request))
    if not found.phone:
        raise ControlError(404, f"the person {found.id} has no phone number and so no account to log in to")
    return found


def keys_in_use(mtproto: MtprotoServer) -> frozenset[int]:
    """The auth keys that are connected at this moment, unsigned."""
    keys = (connection.auth_key_id for connection in mtproto.connections)
    return frozenset(key % 2**64 for key in keys if key is not None)
