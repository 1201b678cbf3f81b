"""Routes of accounts: they are added and changed, and 777000 writes to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from sandbox.control.bodies import (
    Fields,
    body,
    filled,
    flag,
    integer,
    moment,
    number,
    or_null,
    shown,
    text,
    user_id,
    wrong,
)
from sandbox.control.checks import email
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of, keys_in_use
from sandbox.control.shapes import DEACTIVATED, account, person
from sandbox.mtproto.api.lifetimes import LEAST_ACCOUNT_TTL, LEAST_TTL, MOST_ACCOUNT_TTL, MOST_TTL
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import DAY, Person, now
from sandbox.world import World

ACCOUNT: Fields = {
    "id": user_id,
    "phone": filled,
    "first_name": filled,
    "last_name": text,
    "username": filled,
    "language_code": filled,
    "password": filled,
    "password_hint": text,
    "owner": flag,
}


def _deactivated(name: str, value: Any) -> str:
    """What the wire says of it, empty for false."""
    if value is False:
        return ""
    if not isinstance(value, str) or value not in DEACTIVATED:
        raise wrong(name, value, f"{', '.join(DEACTIVATED)} or false")
    return DEACTIVATED[value]


#: What of a person can change; who they are and their number can't.
CHANGEABLE: Final[Fields] = {
    "first_name": filled,
    "last_name": text,
    "username": or_null(filled),
    "language_code": filled,
    "password": or_null(filled),
    "password_hint": text,
    "ttl_days": integer(LEAST_TTL, MOST_TTL),
    "deactivated": _deactivated,
    "frozen": flag,
    "linger_seconds": number(0, DAY),
}
#: Likewise, of what else guards the account.
SECURITY: Final[Fields] = {
    "recovery_email": or_null(email),
    "unconfirmed_email": or_null(email),
    "login_email": or_null(email),
    "pending_reset_date": or_null(moment),
    "account_ttl_days": integer(LEAST_ACCOUNT_TTL, MOST_ACCOUNT_TTL),
}
#: What there is only while there is a password.
OF_A_PASSWORD: Final = ("recovery_email", "pending_reset_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRoutes:
    """What accounts can be asked for and told."""

    world: World
    mtproto: MtprotoServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        account = "/api/accounts/{user_id}"
        app.router.add_post("/api/accounts", self.add)
        app.router.add_patch(account, self.change)
        app.router.add_post(f"{account}/service-messages", self.service_message)

    async def add(self, request: web.Request) -> web.Response:
        """One more account."""
        given = await body(request, ACCOUNT, required=("id", "phone"))
        phone = given["phone"].removeprefix("+")
        if not (phone.isascii() and phone.isdecimal() and 5 <= len(phone) <= 15):  # noqa: PLR2004  # E.164
            raise ControlError(400, f"'phone' is {shown(given['phone'])}; send 5 to 15 digits")
        if given["id"] in self.world.people:
            raise ControlError(409, f"the user id {given['id']} is taken")
        if any(other.phone == phone for other in self.world.accounts()):
            raise ControlError(409, f"the phone number {phone} is taken")
        owner = given.pop("owner", False)
        added = self.world.add_person(Person(**{**given, "phone": phone}), owner=owner)
        self.world.chats.changed()
        return answer(person(added), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """An account changes, or what Telegram makes of it; nobody is told, its next requests find out."""
        changed = account_of(self.world, request)
        given = await body(request, {**CHANGEABLE, **SECURITY})
        for name in OF_A_PASSWORD:
            if given.get(name) and not given.get("password", changed.password):
                raise ControlError(400, f"{name!r} is for an account with a password; send one too")
        if "password" in given and given["password"] is None:
            changed.drop_password()
        if "frozen" in given:
            frozen = given.pop("frozen")
            changed.frozen_since = (changed.frozen_since or now()) if frozen else None
        if given.get("linger_seconds") == 0:
            changed.ended.clear()
        for name, value in given.items():
            setattr(changed.security if name in SECURITY else changed, name, value)
        self.world.chats.changed()
        return answer(account(changed, keys_in_use(self.mtproto)))

    async def service_message(self, request: web.Request) -> web.Response:
        """777000 writes to the account."""
        addressee = account_of(self.world, request)
        given = await body(request, {"text": filled}, required=("text",))
        message = self.world.service_message(addressee, given["text"])
        return answer({**message, "date": int(message["date"].timestamp())}, status=201)
