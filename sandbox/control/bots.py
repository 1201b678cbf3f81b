"""Reads from a request which bot it is about, one that an account let in."""

from __future__ import annotations

import secrets
from typing import Any, Final

from sandbox.control.bodies import LARGEST_ID, Fields, filled, or_null, user_id
from sandbox.control.checks import inner
from sandbox.control.errors import ControlError
from sandbox.security import Bot
from sandbox.world import SERVICE_USER_ID, World

FIELDS: Final[Fields] = {"id": user_id, "first_name": filled, "username": or_null(filled)}
bot_fields: Final = inner(FIELDS)


def bot_of(world: World, given: dict[str, Any], *, named: str) -> Bot:
    """Left out, its id is a new one and its name that. Raises ControlError for an id that a person has."""
    bot = Bot(**{"id": LARGEST_ID // 2 + secrets.randbelow(LARGEST_ID // 4), "first_name": named, **given})
    if bot.id in world.people or bot.id == SERVICE_USER_ID:
        raise ControlError(409, f"the user id {bot.id} is a person's; take another for the bot")
    return bot
