"""`account.*`: the bots that are connected to an account's private chats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.bots import as_users
from sandbox.mtproto.errors import RpcError
from sandbox.people import now
from sandbox.security import BusinessBot

#: What a connected bot may be allowed [core.telegram.org/constructor/businessBotRights].
RIGHTS: Final = (
    "reply",
    "read_messages",
    "delete_sent_messages",
    "delete_received_messages",
    "edit_name",
    "edit_bio",
    "edit_profile_photo",
    "edit_username",
    "view_gifts",
    "sell_gifts",
    "change_gift_settings",
    "transfer_and_upgrade_gifts",
    "transfer_stars",
    "manage_stories",
)
#: And in which chats [core.telegram.org/constructor/businessBotRecipients].
RECIPIENTS: Final = ("existing_chats", "new_chats", "contacts", "non_contacts", "exclude_selected")


def _listed(connected: BusinessBot) -> Any:
    return types.ConnectedBot(
        connected.bot.id,
        types.BusinessBotRecipients(**dict.fromkeys(connected.recipients, True)),
        types.BusinessBotRights(**dict.fromkeys(connected.rights, True)),
        device=connected.device or None,
        date=connected.date,
        location=connected.location or None,
    )


def _get_connected_bots(ask: Ask, _request: Any) -> Any:
    kept = ask.person.security.business_bots.values()
    bots = as_users((connected.bot for connected in kept), business=True)
    return types.account.ConnectedBots([_listed(connected) for connected in kept], bots)


def _update_connected_bot(ask: Ask, request: Any) -> Any:
    """Bots are disconnected here. Connecting one needs Telegram Premium, which no account here has."""
    if not request.deleted:
        if not any(getattr(request.recipients, name) for name in (*RECIPIENTS, "users")):
            raise RpcError(400, "BUSINESS_RECIPIENTS_EMPTY")
        raise RpcError(403, "PREMIUM_ACCOUNT_REQUIRED")
    connected = _connected(ask, request.bot)
    del ask.person.security.business_bots[connected.bot.id]
    ask.world.changed(ask.person)
    return types.Updates([], users=as_users([connected.bot], business=True), chats=[], date=now(), seq=0)


def _confirm_bot_connection(ask: Ask, request: Any) -> bool:
    ask.world.confirm_bot(ask.person, _connected(ask, request.bot_id))
    return True


def _connected(ask: Ask, bot: Any) -> BusinessBot:
    """Raises RpcError for a bot that isn't.

    With `account.disablePeerConnectedBot` the first error is published so [core.telegram.org/api/errors]; that a bot
    that isn't the connected one is answered likewise is a guess.
    """
    kept = ask.person.security.business_bots
    if not kept:
        raise RpcError(400, "BOT_NOT_CONNECTED_YET")
    if (found := kept.get(getattr(bot, "user_id", 0))) is None:
        raise RpcError(400, "BOT_BUSINESS_MISSING")
    return found


METHODS: Final[Mapping[str, Method]] = {
    "account.getConnectedBots": Method(_get_connected_bots),
    "account.updateConnectedBot": Method(_update_connected_bot),
    "account.confirmBotConnection": Method(_confirm_bot_connection),
}
