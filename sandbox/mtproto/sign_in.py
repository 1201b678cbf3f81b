"""How an auth key comes to stand for an account, and how it stops to: the steps that code, QR and password share."""

from __future__ import annotations

from sandbox.mtproto.ask import Ask
from sandbox.mtproto.devices import described
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.keys import AuthKey, ClientInfo
from sandbox.people import Authorization, Person
from sandbox.world import World

UNAUTHORIZED = 401
UNKNOWN_CLIENT = ClientInfo(api_id=0, device_model="", system_version="", app_version="")


def enter(ask: Ask, person: Person) -> Authorization:
    """The first step went well: list a new authorization, password-pending if there is a second step."""
    if ask.key.expires_at is not None:
        raise RpcError(UNAUTHORIZED, "AUTH_KEY_PERM_EMPTY")  # a temporary key that stands for none can't be a device
    return enter_with(ask.world, ask.key, person, ask.ip)


def enter_with(world: World, key: AuthKey, person: Person, ip: str) -> Authorization:
    """Likewise, for a key whose client isn't the asker."""
    refuse_deactivated(person)
    leave(world, key)
    authorization = described(person.id, key.client or UNKNOWN_CLIENT, ip, key.id)
    key.authorization, key.ended_by = authorization, None
    let_in(world, person, authorization)
    return authorization


def let_in(world: World, person: Person, authorization: Authorization) -> None:
    """List it. While its password is pending nobody is told; then, or without one, those who could confirm it are."""
    authorization.password_pending = person.password is not None
    authorization.unconfirmed = not authorization.password_pending and person.has_company()
    world.log_in(authorization, push=not authorization.password_pending)


def refuse_deactivated(person: Person) -> None:
    """Raises RpcError USER_DEACTIVATED or USER_DEACTIVATED_BAN."""
    if person.deactivated:
        raise RpcError(UNAUTHORIZED, person.deactivated)


def leave(world: World, key: AuthKey) -> None:
    """Sign the key out by its own will: it may sign in again, and its connections stay."""
    authorization, key.authorization = key.authorization, None
    if authorization and authorization.hash in world.person(authorization.user_id).authorizations:
        world.log_out(authorization)
