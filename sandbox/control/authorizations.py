"""Routes of an account's sessions: they come, change and end, and what is pushed of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.control.bodies import INT32, Fields, body, flag, hash_, integer, moment, path_hash, text, wrong
from sandbox.control.checks import hashes
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of, keys_in_use
from sandbox.control.shapes import FLAGS, TEXTS, authorization
from sandbox.events import UNREGISTERED
from sandbox.mtproto.endings import REASONS
from sandbox.mtproto.server import MtprotoServer
from sandbox.people import Authorization
from sandbox.world import World

EDITABLE: Fields = {
    **dict.fromkeys(TEXTS, text),
    **dict.fromkeys(FLAGS, flag),
    "api_id": integer(0, INT32 - 1),
    "date_created": moment,
    "date_active": moment,
}
DETAILS: Fields = {"date": moment, "device": text, "location": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRoutes:
    """What can be done to sessions from outside."""

    world: World
    mtproto: MtprotoServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        authorizations = "/api/accounts/{user_id}/authorizations"
        app.router.add_post(authorizations, self.log_in)
        app.router.add_patch(f"{authorizations}/{{hash}}", self.change)
        app.router.add_delete(f"{authorizations}/{{hash}}", self.end)
        app.router.add_post(f"{authorizations}/{{hash}}/password", self.enter_password)
        app.router.add_post(f"{authorizations}/{{hash}}/pushes", self.push)
        app.router.add_post("/api/accounts/{user_id}/resets", self.end_others)

    async def log_in(self, request: web.Request) -> web.Response:
        """A session comes to be, without a client that holds it."""
        account = account_of(self.world, request)
        given = await body(request, {**EDITABLE, "push": flag, "hash": hash_})
        push = given.pop("push", not given.get("password_pending", False))
        if given.get("hash") in {*account.authorizations, *(ended.hash for ended in account.lingering())}:
            raise ControlError(409, f"the hash {given['hash']} is taken; leave it out for a new one")
        fields: dict[str, Any] = {"unconfirmed": push, **given}
        if "date_active" not in fields and "date_created" in fields:
            fields["date_active"] = fields["date_created"]
        added = self.world.log_in(Authorization(user_id=account.id, **fields), push=push)
        return answer(authorization(added, keys_in_use(self.mtproto)), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """A session's fields change, as its device or time changes them; nobody is told."""
        auth = self.world.authorization(account_of(self.world, request).id, path_hash(request))
        self.world.change(auth, **await body(request, EDITABLE))
        self.world.chats.changed()
        return answer(authorization(auth, keys_in_use(self.mtproto)))

    async def end(self, request: web.Request) -> web.Response:
        """A session is ended elsewhere; ?reason= is how its key's requests are answered from then on."""
        reason = request.query.get("reason", UNREGISTERED)
        if reason not in REASONS:
            raise wrong("reason", reason, f"one of {', '.join(REASONS)}; to deactivate, PATCH the account")
        self.world.log_out(
            self.world.authorization(account_of(self.world, request).id, path_hash(request)), reason=reason
        )
        return answer({})

    async def enter_password(self, request: web.Request) -> web.Response:
        """Whoever was asked for the password enters the right one: the login is complete, and is pushed now."""
        auth = self.world.authorization(account_of(self.world, request).id, path_hash(request))
        await body(request, {})
        if not auth.password_pending:
            raise ControlError(409, f"the authorization {auth.hash} waits for no password")
        self.world.complete(auth)
        return answer(authorization(auth, keys_in_use(self.mtproto)))

    async def end_others(self, request: web.Request) -> web.Response:
        """All sessions end at once, but the one that did it and those that are to be spared."""
        account = account_of(self.world, request)
        given = await body(request, {"by": hash_, "but": hashes})
        spared = {*given.get("but", ()), *([given["by"]] if "by" in given else ())}
        for one in spared:
            self.world.authorization(account.id, one)
        return answer({"ended": [str(one) for one in self.world.log_out_others(account, but=spared)]})

    async def push(self, request: web.Request) -> web.Response:
        """The account's other sessions are told of this one once more, or late, though it may be gone."""
        account, hash_ = account_of(self.world, request), path_hash(request)
        given = await body(request, {"unconfirmed": flag, **DETAILS})
        unconfirmed = given.pop("unconfirmed", True)
        if given and not unconfirmed:
            raise ControlError(400, f"{next(iter(given))!r} is only told of a login that is unconfirmed; leave it out")
        listed = (auth for auth in (*account.authorizations.values(), *account.lingering()) if auth.hash == hash_)
        details = {**_known(next(listed, None)), **given}
        if unconfirmed and (missing := [name for name in DETAILS if name not in details]):
            raise ControlError(400, f"no authorization {hash_} is listed; send {', '.join(missing)}, or it is settled")
        told = (details["date"], details["device"], details["location"]) if unconfirmed else None
        self.world.announce(account.id, hash_, told)
        shown = {**details, "date": int(details["date"].timestamp())} if unconfirmed else {}
        return answer({"hash": str(hash_), "unconfirmed": unconfirmed, **shown}, status=201)


def _known(auth: Authorization | None) -> dict[str, Any]:
    return {"date": auth.date_created, "device": auth.device_model, "location": auth.location} if auth else {}
