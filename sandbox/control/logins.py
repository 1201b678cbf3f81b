"""Routes by which somebody without a client here logs in to an account, and its owner helps a client along."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from aiohttp import web

from sandbox.control.authorizations import EDITABLE
from sandbox.control.bodies import body, filled, shown, text
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of, keys_in_use
from sandbox.control.shapes import authorization
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.flood import FLOOD
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization
from sandbox.world import World

DECIDED = frozenset({"password_pending", "unconfirmed"})  # by Telegram, not by who logs in
DEVICE = {name: check for name, check in EDITABLE.items() if name not in DECIDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginRoutes:
    """The ways in."""

    world: World
    mtproto: MtprotoServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        account = "/api/accounts/{user_id}"
        app.router.add_get(f"{account}/login-code", self.login_code)
        app.router.add_post(f"{account}/login-codes", self.ask_for_code)
        app.router.add_post(f"{account}/sign-ins", self.sign_in)
        app.router.add_post(f"{account}/qr-logins", self.scan_qr)

    async def login_code(self, request: web.Request) -> web.Response:
        """The code that the account's owner would read in their app, and whether it is still good for anything."""
        phone = account_of(self.world, request).phone or ""
        return answer({"code": self.mtproto.login_code(phone), "live": self.mtproto.is_code_live(phone)})

    async def ask_for_code(self, request: web.Request) -> web.Response:
        """Somebody asks for a login code; what they are told, which is not the code."""
        account = account_of(self.world, request)
        await body(request, {})
        try:
            sent = self.mtproto.send_code(account.phone or "")
        except RpcError as error:
            raise _refused(error) from None
        return answer({"phone_code_hash": sent.code.hash, "in_app": sent.in_app}, status=201)

    async def sign_in(self, request: web.Request) -> web.Response:
        """Somebody enters a code; whether a password is asked for, or a confirmation, is up to the account."""
        account = account_of(self.world, request)
        fields = {**DEVICE, "phone_code_hash": text, "code": text}
        given = await body(request, fields, required=("phone_code_hash", "code"))
        code_hash, code = given.pop("phone_code_hash"), given.pop("code")
        made = Authorization(user_id=account.id, **given)
        try:
            self.mtproto.sign_in(account, code_hash, code, made)
        except RpcError as error:
            raise _refused(error) from None
        return answer(authorization(made, keys_in_use(self.mtproto)), status=201)

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


def _refused(error: RpcError) -> ControlError:
    """As Telegram words it."""
    return ControlError(429 if error.code == FLOOD else 400, error.message)
