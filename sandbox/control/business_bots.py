"""Routes of the bots connected to an account's chats: they come, change, are confirmed and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from sandbox.control.bodies import Fields, body, flag, moment, path_user_id, text
from sandbox.control.bots import bot_fields, bot_of
from sandbox.control.checks import among
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of
from sandbox.control.security_shapes import business_bot
from sandbox.mtproto.api.business_bots import RECIPIENTS, RIGHTS
from sandbox.people import Person, now
from sandbox.security import BusinessBot
from sandbox.world import World

CHANGEABLE: Final[Fields] = {"rights": among(RIGHTS), "recipients": among(RECIPIENTS)}
FIELDS: Final[Fields] = {
    **CHANGEABLE,
    "bot": bot_fields,
    "device": text,
    "location": text,
    "date": moment,
    "unconfirmed": flag,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessBotRoutes:
    """What can be done to business bots from outside."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        bots = "/api/accounts/{user_id}/business-bots"
        app.router.add_post(bots, self.connect)
        app.router.add_patch(f"{bots}/{{bot_id}}", self.change)
        app.router.add_delete(f"{bots}/{{bot_id}}", self.disconnect)

    async def connect(self, request: web.Request) -> web.Response:
        """Somebody connects a bot; while it is unconfirmed the account's sessions are asked about it."""
        account = account_of(self.world, request)
        given = await body(request, FIELDS)
        given["bot"] = bot_of(self.world, given.get("bot", {}), named="Business bot")
        if given["bot"].id in account.security.business_bots:
            raise ControlError(409, f"the bot {given['bot'].id} is connected; PATCH it to change what it may do")
        added = BusinessBot(**{"date": now(), **given})
        self.world.connect_bot(account, added)
        return answer(business_bot(added), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """It may do more or less, which nobody is told; or it is confirmed elsewhere, which all are."""
        account = account_of(self.world, request)
        changed = _connected(account, request)
        given = await body(request, {**CHANGEABLE, "unconfirmed": flag})
        if given.pop("unconfirmed", changed.unconfirmed) is not changed.unconfirmed:
            if not changed.unconfirmed:
                raise ControlError(409, "it is confirmed; disconnect it and connect it anew")
            self.world.confirm_bot(account, changed)
        for name, value in given.items():
            setattr(changed, name, value)
        self.world.changed(account)
        return answer(business_bot(changed))

    async def disconnect(self, request: web.Request) -> web.Response:
        """It is disconnected elsewhere; nobody is told."""
        account = account_of(self.world, request)
        del account.security.business_bots[_connected(account, request).bot.id]
        self.world.changed(account)
        return answer({})


def _connected(account: Person, request: web.Request) -> BusinessBot:
    """Raises ControlError."""
    bot_id = path_user_id(request, "bot_id")
    try:
        return account.security.business_bots[bot_id]
    except KeyError:
        raise ControlError(404, f"no bot {bot_id} is connected") from None
