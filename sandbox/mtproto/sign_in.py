"""How an auth key comes to stand for an account, and how it stops to: the steps that code, QR and password share."""

from __future__ import annotations

from sandbox.mtproto.ask import Ask
from sandbox.mtproto.devices import described
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.keys import AuthKey, ClientInfo
from sandbox.mtproto.pushing import announce
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
    authorization.password_pending = person.password is not None
    authorization.unconfirmed = person.password is None and has_company(person)
    key.authorization, key.ended_by = authorization, None
    world.log_in(authorization, push=not authorization.password_pending)
    return authorization


def pass_password(ask: Ask, person: Person, authorization: Authorization) -> None:
    """The password was right too: the login is complete, and only now the other sessions are told."""
    ask.world.change(
        authorization, password_pending=False, unconfirmed=has_company(person, authorization), date_active=ask.now
    )
    announce(ask.datacentre, authorization)


def has_company(person: Person, but: Authorization | None = None) -> bool:
    """Whether somebody is there who could confirm a login: another session that is fully signed in."""
    return any(not other.password_pending and other is not but for other in person.authorizations.values())


def refuse_deactivated(person: Person) -> None:
    """Raises RpcError USER_DEACTIVATED or USER_DEACTIVATED_BAN."""
    if person.deactivated:
        raise RpcError(UNAUTHORIZED, person.deactivated)


def leave(world: World, key: AuthKey) -> None:
    """Sign the key out by its own will: it may sign in again, and its connections stay."""
    authorization, key.authorization = key.authorization, None
    if authorization and authorization.hash in world.person(authorization.user_id).authorizations:
        world.log_out(authorization)
