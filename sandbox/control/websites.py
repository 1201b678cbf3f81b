"""Routes of an account's websites: somebody signs in to one by way of Telegram, and out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from sandbox.control.bodies import Fields, body, filled, hash_, moment, path_hash, text
from sandbox.control.bots import bot_fields, bot_of
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of
from sandbox.control.security_shapes import website
from sandbox.people import new_hash, now
from sandbox.security import Website
from sandbox.world import World

FIELDS: Final[Fields] = {
    "hash": hash_,
    "domain": filled,
    "bot": bot_fields,
    "browser": text,
    "platform": text,
    "ip": text,
    "region": text,
    "date_created": moment,
    "date_active": moment,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteRoutes:
    """What can be done to websites from outside; nobody is told, as Telegram tells nobody."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_post("/api/accounts/{user_id}/websites", self.add)
        app.router.add_delete("/api/accounts/{user_id}/websites/{hash}", self.remove)

    async def add(self, request: web.Request) -> web.Response:
        """The account's owner, or somebody in the account, signs in to a website."""
        account = account_of(self.world, request)
        given = await body(request, FIELDS, required=("domain",))
        if given.get("hash") in account.security.websites:
            raise ControlError(409, f"the hash {given['hash']} is taken; leave it out for a new one")
        given["bot"] = bot_of(self.world, given.get("bot", {}), named=given["domain"])
        created = given.pop("date_created", now())
        active = given.pop("date_active", created)
        added = Website(**{"hash": new_hash(), **given}, date_created=created, date_active=active)
        account.security.websites[added.hash] = added
        self.world.changed(account)
        return answer(website(added), status=201)

    async def remove(self, request: web.Request) -> web.Response:
        """It is disconnected elsewhere."""
        account, hash_ = account_of(self.world, request), path_hash(request)
        if account.security.websites.pop(hash_, None) is None:
            raise ControlError(404, f"no website with the hash {hash_}")
        self.world.changed(account)
        return answer({})
