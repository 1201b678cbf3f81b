"""Methods that look something up: the bot itself, a chat."""

from __future__ import annotations

from typing import Any

from sandbox.botapi.context import Context, Method, Params
from sandbox.chats import chat

ABILITIES = (
    "can_join_groups", "can_read_all_group_messages", "supports_inline_queries", "supports_guest_queries",
    "can_connect_to_business", "has_main_web_app", "has_topics_enabled", "allows_users_to_create_topics",
    "can_manage_bots",
)  # fmt: skip
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
MOST_REACTIONS = 11


async def get_me(context: Context, _: Params) -> dict[str, Any]:
    """The bot's own `User`."""
    return {**context.world.chats.bot, **dict.fromkeys(ABILITIES, False)}


async def get_chat(context: Context, params: Params) -> dict[str, Any]:
    """A private chat in full."""
    person = context.person(params)
    return {
        **chat(person),
        **({"active_usernames": [person.username]} if person.username else {}),
        "can_send_gift": True,
        "accepted_gift_types": dict.fromkeys(GIFTS, True),
        "max_reaction_count": MOST_REACTIONS,
        "accent_color_id": person.id % 7,
    }


METHODS: dict[str, Method] = {"getMe": get_me, "getChat": get_chat}
