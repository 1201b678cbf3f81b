"""Routes of accounts: their sessions come, change and go, their logins are helped along, 777000 writes to them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.control.bodies import (
    INT32,
    Fields,
    body,
    filled,
    flag,
    hash_,
    integer,
    moment,
    path_hash,
    path_user_id,
    shown,
    text,
    user_id,
)  # fmt: skip
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.shapes import FLAGS, TEXTS, authorization, person
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization, Person
from sandbox.world import World

EDITABLE: Fields = {
    **dict.fromkeys(TEXTS, text),
    **dict.fromkeys(FLAGS, flag),
    "api_id": integer(0, INT32 - 1),
    "date_created": moment,
    "date_active": moment,
}
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


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRoutes:
    """What accounts can be asked for and told."""

    world: World
    mtproto: MtprotoServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        account = "/api/accounts/{user_id}"
        app.router.add_post("/api/accounts", self.add)
        app.router.add_post(f"{account}/authorizations", self.log_in)
        app.router.add_patch(f"{account}/authorizations/{{hash}}", self.change)
        app.router.add_delete(f"{account}/authorizations/{{hash}}", self.end)
        app.router.add_post(f"{account}/service-messages", self.service_message)
        app.router.add_get(f"{account}/login-code", self.login_code)
        app.router.add_post(f"{account}/qr-logins", self.scan_qr)

    def connected(self) -> frozenset[int]:
        """The auth keys in use at this moment, unsigned."""
        keys = (connection.auth_key_id for connection in self.mtproto.connections)
        return frozenset(key % 2**64 for key in keys if key is not None)

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

    async def log_in(self, request: web.Request) -> web.Response:
        """A session comes to be, without a client that holds it."""
        account = self._account(request)
        given = await body(request, {**EDITABLE, "push": flag, "hash": hash_})
        push = given.pop("push", True)
        if given.get("hash") in account.authorizations:
            raise ControlError(409, f"the hash {given['hash']} is taken; leave it out for a new one")
        fields: dict[str, Any] = {"unconfirmed": push, **given}
        if "date_active" not in fields and "date_created" in fields:
            fields["date_active"] = fields["date_created"]
        added = self.world.log_in(Authorization(user_id=account.id, **fields), push=push)
        return answer(authorization(added, self.connected()), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """A session's fields change, as its device or time changes them; nobody is told."""
        auth = self.world.authorization(self._account(request).id, path_hash(request))
        self.world.change(auth, **await body(request, EDITABLE))
        self.world.chats.changed()
        return answer(authorization(auth, self.connected()))

    async def end(self, request: web.Request) -> web.Response:
        """A session is ended elsewhere."""
        self.world.log_out(self.world.authorization(self._account(request).id, path_hash(request)))
        return answer({})

    async def service_message(self, request: web.Request) -> web.Response:
        """777000 writes to the account."""
        account = self._account(request)
        given = await body(request, {"text": filled}, required=("text",))
        message = self.world.service_message(account, given["text"])
        return answer({**message, "date": int(message["date"].timestamp())}, status=201)

    async def login_code(self, request: web.Request) -> web.Response:
        """The code that the account's owner would read in their app."""
        return answer({"code": self.mtproto.login_code(self._account(request).phone or "")})

    async def scan_qr(self, request: web.Request) -> web.Response:
        """The account's app scans a QR code and accepts."""
        account = self._account(request)
        given = await body(request, {"token": filled}, required=("token",))
        token = given["token"].removeprefix("tg://login?token=")
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise ControlError(400, f"'token' is {shown(given['token'])}; send base64url") from None
        try:
            self.mtproto.scan_qr(raw, account.id)
        except LookupError:
            raise ControlError(404, "no such login token, or it has expired; export a new one") from None
        return answer({})

    def _account(self, request: web.Request) -> Person:
        """Raises ControlError or UnknownPersonError."""
        found = self.world.person(path_user_id(request))
        if not found.phone:
            raise ControlError(404, f"the person {found.id} has no phone number and so no account to log in to")
        return found
