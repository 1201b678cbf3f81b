"""Routes of accounts: they are added and changed, their logins are helped along, 777000 writes to them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from sandbox.control.bodies import Fields, body, filled, flag, integer, number, or_null, shown, text, user_id, wrong
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of, keys_in_use
from sandbox.control.shapes import DEACTIVATED, account, person
from sandbox.mtproto.api.account import LEAST_TTL, MOST_TTL
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
        app.router.add_get(f"{account}/login-code", self.login_code)
        app.router.add_post(f"{account}/qr-logins", self.scan_qr)

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
        given = await body(request, CHANGEABLE)
        if "frozen" in given:
            frozen = given.pop("frozen")
            changed.frozen_since = (changed.frozen_since or now()) if frozen else None
        if given.get("linger_seconds") == 0:
            changed.ended.clear()
        for name, value in given.items():
            setattr(changed, name, value)
        self.world.chats.changed()
        return answer(account(changed, keys_in_use(self.mtproto)))

    async def service_message(self, request: web.Request) -> web.Response:
        """777000 writes to the account."""
        addressee = account_of(self.world, request)
        given = await body(request, {"text": filled}, required=("text",))
        message = self.world.service_message(addressee, given["text"])
        return answer({**message, "date": int(message["date"].timestamp())}, status=201)

    async def login_code(self, request: web.Request) -> web.Response:
        """The code that the account's owner would read in their app."""
        return answer({"code": self.mtproto.login_code(account_of(self.world, request).phone or "")})

    async def scan_qr(self, request: web.Request) -> web.Response:
        """The account's app scans a QR code and accepts."""
        scanning = account_of(self.world, request)
        given = await body(request, {"token": filled}, required=("token",))
        token = given["token"].removeprefix("tg://login?token=")
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise ControlError(400, f"'token' is {shown(given['token'])}; send base64url") from None
        try:
            self.mtproto.scan_qr(raw, scanning.id)
        except LookupError:
            raise ControlError(404, "no such login token, or it has expired; export a new one") from None
        return answer({})
