"""`account.*`: the websites that somebody signed in to by way of Telegram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.bots import as_users
from sandbox.mtproto.errors import RpcError
from sandbox.security import Website


def _listed(website: Website) -> Any:
    return types.WebAuthorization(
        hash=website.hash,
        bot_id=website.bot.id,
        domain=website.domain,
        browser=website.browser,
        platform=website.platform,
        date_created=website.date_created,
        date_active=website.date_active,
        ip=website.ip,
        region=website.region,
    )


def _get_web_authorizations(ask: Ask, _request: Any) -> Any:
    websites = sorted(ask.person.security.websites.values(), key=lambda website: website.date_active, reverse=True)
    bots = as_users(website.bot for website in websites)
    return types.account.WebAuthorizations([_listed(website) for website in websites], bots)


def _reset_web_authorization(ask: Ask, request: Any) -> bool:
    if ask.person.security.websites.pop(request.hash, None) is None:
        raise RpcError(400, "HASH_INVALID")
    ask.world.changed(ask.person)
    return True


def _reset_web_authorizations(ask: Ask, _request: Any) -> bool:
    """Without any there is nothing to end, and nothing wrong either."""
    ask.person.security.websites.clear()
    ask.world.changed(ask.person)
    return True


METHODS: Final[Mapping[str, Method]] = {
    "account.getWebAuthorizations": Method(_get_web_authorizations),
    "account.resetWebAuthorization": Method(_reset_web_authorization),
    "account.resetWebAuthorizations": Method(_reset_web_authorizations),
}
