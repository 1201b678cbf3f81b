"""What happens in the world, told to the sessions that are to know of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from telethon.tl import types

from sandbox.events import Announced, BotConnected, LoggedIn, LoggedOut, ServiceMessage, Settled, WorldEvent
from sandbox.mtproto.bots import new_connection
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.endings import revoke
from sandbox.mtproto.mailbox import new_message
from sandbox.mtproto.sessions import Session
from sandbox.people import Authorization, Person, now


def tell(datacentre: DataCentre, event: WorldEvent) -> None:
    """Push what Telegram would push."""
    match event:
        case LoggedIn(authorization=authorization, push=True):
            announce(datacentre, authorization)
        case Settled(authorization=authorization):
            _push(datacentre, authorization.user_id, new_authorization(authorization.hash), but=authorization.hash)
        case LoggedOut(authorization=authorization, reason=reason):
            revoke(datacentre, authorization, reason)
        case Announced(user_id=user_id, hash=hash_, details=details):
            _push(datacentre, user_id, new_authorization(hash_, details), but=hash_)
        case ServiceMessage(person=person, message=message):
            _push(datacentre, person.id, new_message(message))
        case BotConnected(user_id=user_id, connected=connected):
            _push(datacentre, user_id, new_connection(connected))
        case _:
            pass


def announce(datacentre: DataCentre, authorization: Authorization) -> None:
    """Tell the account's other sessions of a login that waits for their confirmation; no other login is pushed."""
    if authorization.unconfirmed:
        details = (authorization.date_created, authorization.device_model, authorization.location)
        update = new_authorization(authorization.hash, details)
        _push(datacentre, authorization.user_id, update, but=authorization.hash)


def new_authorization(hash_: int, details: tuple[datetime, str, str] | None = None) -> Any:
    """`updateNewAuthorization`. It has date, device and place only with `unconfirmed`; without it, it says that a login
    is settled: clients then drop it from their list [core.telegram.org/constructor/updateNewAuthorization].
    """
    if details is None:
        return short(types.UpdateNewAuthorization(hash_))
    date, device, location = details
    return short(
        types.UpdateNewAuthorization(hash_, unconfirmed=True, date=date, device=device, location=location),
    )


def short(update: Any) -> Any:
    """An update without pts, in the container that has no number, so that no client takes it for a repeat."""
    return types.UpdateShort(update, now())


def _push(datacentre: DataCentre, user_id: int, updates: Any, but: int | None = None) -> None:
    for session in _sessions(datacentre, datacentre.world.person(user_id), but):
        session.push(updates)


def _sessions(datacentre: DataCentre, person: Person, but: int | None) -> list[Session]:
    return [
        session
        for authorization in person.authorizations.values()
        if authorization.hash != but and not authorization.password_pending
        if (key := datacentre.keys.holder_of(authorization))
        for session in key.all_sessions()
        if session.subscribed
    ]
