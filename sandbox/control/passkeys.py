"""Routes of an account's passkeys: one is made, used and removed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from sandbox.control.bodies import Fields, body, filled, moment, or_null
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.control.lookup import account_of
from sandbox.control.security_shapes import passkey
from sandbox.people import Person, now
from sandbox.security import Passkey
from sandbox.world import World

CHANGEABLE: Final[Fields] = {"name": filled, "last_usage_date": or_null(moment)}
FIELDS: Final[Fields] = {**CHANGEABLE, "id": filled, "date": moment}


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRoutes:
    """What can be done to passkeys from outside; nobody is told, as Telegram tells nobody."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        passkeys = "/api/accounts/{user_id}/passkeys"
        app.router.add_post(passkeys, self.add)
        app.router.add_patch(f"{passkeys}/{{id}}", self.change)
        app.router.add_delete(f"{passkeys}/{{id}}", self.remove)

    async def add(self, request: web.Request) -> web.Response:
        """Somebody in the account makes one."""
        account = account_of(self.world, request)
        given = await body(request, FIELDS, required=("name",))
        added = Passkey(**{"id": secrets.token_urlsafe(16), "date": now(), **given})
        if added.id in account.security.passkeys:
            raise ControlError(409, f"the id {added.id} is taken; leave it out for a new one")
        account.security.passkeys[added.id] = added
        self.world.changed(account)
        return answer(passkey(added), status=201)

    async def change(self, request: web.Request) -> web.Response:
        """It is used, or named anew."""
        account = account_of(self.world, request)
        changed = _kept(account, request)
        for name, value in (await body(request, CHANGEABLE)).items():
            setattr(changed, name, value)
        self.world.changed(account)
        return answer(passkey(changed))

    async def remove(self, request: web.Request) -> web.Response:
        """It is removed elsewhere."""
        account = account_of(self.world, request)
        del account.security.passkeys[_kept(account, request).id]
        self.world.changed(account)
        return answer({})


def _kept(account: Person, request: web.Request) -> Passkey:
    """Raises ControlError."""
    id_ = request.match_info["id"]
    try:
        return account.security.passkeys[id_]
    except KeyError:
        raise ControlError(404, f"no passkey with the id {id_!r}") from None
