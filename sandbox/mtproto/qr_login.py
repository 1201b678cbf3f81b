"""The acceptance of a QR login token, from a session of the account or by somebody who plays its owner."""

from __future__ import annotations

from telethon.tl import types

from sandbox.mtproto.login_tokens import LoginToken
from sandbox.mtproto.pushing import short
from sandbox.mtproto.sign_in import enter_with
from sandbox.people import Authorization, Person
from sandbox.world import World


def accept(world: World, token: LoginToken, person: Person) -> Authorization:
    """Sign the waiting session in to this account, and tell it to fetch the outcome. Raises RpcError."""
    session = token.session
    ip = session.connection.ip if session.connection else ""
    token.authorization = enter_with(world, session.key.holder, person, ip)
    session.push(short(types.UpdateLoginToken()))
    return token.authorization
