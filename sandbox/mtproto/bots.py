"""Bots that an account let in, as TL objects, and what is pushed of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from telethon.tl import types

from sandbox.mtproto.mailbox import access_hash
from sandbox.people import now
from sandbox.security import Bot, BusinessBot


def as_users(bots: Iterable[Bot], *, business: bool = False) -> list[Any]:
    """Each as `user`, once. `business`: it may be connected to chats."""
    return [_as_user(bot, business=business) for bot in {bot.id: bot for bot in bots}.values()]


def _as_user(bot: Bot, *, business: bool) -> Any:
    return types.User(
        bot.id,
        bot=True,
        bot_business=business or None,
        bot_info_version=1,
        access_hash=access_hash(bot.id),
        first_name=bot.first_name,
        username=bot.username,
    )


def new_connection(connected: BusinessBot) -> Any:
    """`updateNewBotConnection`, of one that waits to be confirmed or was confirmed just now.

    Like `updateNewAuthorization` it goes to the account's sessions and has no pts, so those who are away never hear of
    it; `updateBotBusinessConnect` is for the bot itself [core.telegram.org/constructor/updateBotBusinessConnect].
    """
    if connected.unconfirmed:
        device, location = connected.device, connected.location
        update = types.UpdateNewBotConnection(connected.bot.id, date=connected.date, device=device, location=location)
    else:
        update = types.UpdateNewBotConnection(connected.bot.id, confirmed=True)
    return types.Updates([update], users=as_users([connected.bot], business=True), chats=[], date=now(), seq=0)
