"""What happens in the world, told to the sessions that are to know of it."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.mailbox import new_message
from sandbox.mtproto.sessions import Session
from sandbox.people import Authorization, Person, now
from sandbox.world import LoggedIn, LoggedOut, ServiceMessage, Settled, WorldEvent


def tell(datacentre: DataCentre, event: WorldEvent) -> None:
    """Push what Telegram would push."""
    match event:
        case LoggedIn(authorization=authorization, push=True):
            announce(datacentre, authorization)
        case Settled(authorization=authorization):
            settled = types.UpdateNewAuthorization(authorization.hash)
            _push(datacentre, authorization.user_id, short(settled), but=authorization)
        case LoggedOut(authorization=authorization):
            revoke(datacentre, authorization)
        case ServiceMessage(person=person, message=message):
            _push(datacentre, person.id, new_message(message))
        case _:
            pass


def announce(datacentre: DataCentre, authorization: Authorization) -> None:
    """Tell the account's other sessions of a login that waits for their confirmation.

    `updateNewAuthorization` has date, device and place only with `unconfirmed`; without it, it says that a login is
    settled: clients then drop it from their list of unconfirmed ones. So a login that needs no confirmation is not
    pushed at all [core.telegram.org/constructor/updateNewAuthorization].
    """
    if authorization.unconfirmed:
        update = types.UpdateNewAuthorization(
            authorization.hash,
            unconfirmed=True,
            date=authorization.date_created,
            device=authorization.device_model,
            location=authorization.location,
        )
        _push(datacentre, authorization.user_id, short(update), but=authorization)


def revoke(datacentre: DataCentre, authorization: Authorization) -> None:
    """Its key is signed out, and whatever is connected with it is dropped."""
    key = datacentre.keys.holder_of(authorization)
    if key:
        key.authorization = None
        for session in key.all_sessions():
            session.subscribed = False
        for connection in key.all_connections():
            connection.close()


def short(update: Any) -> Any:
    """An update without pts, in the container that has no number, so that no client takes it for a repeat."""
    return types.UpdateShort(update, now())


def _push(datacentre: DataCentre, user_id: int, updates: Any, but: Authorization | None = None) -> None:
    for session in _sessions(datacentre, datacentre.world.person(user_id), but):
        session.push(updates)


def _sessions(datacentre: DataCentre, person: Person, but: Authorization | None) -> list[Session]:
    return [
        session
        for authorization in person.authorizations.values()
        if authorization is not but and not authorization.password_pending
        if (key := datacentre.keys.holder_of(authorization))
        for session in key.all_sessions()
        if session.subscribed
    ]
