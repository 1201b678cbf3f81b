"""getUpdates and the webhook."""

from __future__ import annotations

from typing import Any

from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import ApiError
from sandbox.botapi.polling import BY_WEBHOOK, WEBHOOK_ACTIVE
from sandbox.botapi.webhook import MOST_CONNECTIONS, read_target


async def get_updates(context: Context, params: Params) -> list[dict[str, Any]]:
    """Waits up to `timeout` seconds for the first update."""
    if context.webhook.target is not None:
        raise ApiError(409, WEBHOOK_ACTIVE)
    _allow(context, params)
    return await context.polling.get(
        offset=params.get("offset", 0), limit=params.get("limit", 100), wait=params.get("timeout", 0)
    )


async def set_webhook(context: Context, params: Params) -> bool:
    """Deliver to a URL from now on; an empty one is deleteWebhook."""
    if "url" not in params:
        return await delete_webhook(context, params)
    target = read_target(params)
    context.polling.terminate(BY_WEBHOOK)
    _allow(context, params)
    if params.get("drop_pending_updates"):
        context.world.chats.updates.pending.clear()
    context.webhook.point(target)
    return True


async def delete_webhook(context: Context, params: Params) -> bool:
    """Back to getUpdates."""
    if params.get("drop_pending_updates"):
        context.world.chats.updates.pending.clear()
    context.webhook.point(None)
    return True


async def get_webhook_info(context: Context, _: Params) -> dict[str, Any]:
    """Where updates go, how many wait, and what went wrong last."""
    target, error = context.webhook.target, context.webhook.last_error
    queue = context.world.chats.updates
    info: dict[str, Any] = {
        "url": target.url if target else "",
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending),
    }
    if error:
        info |= {"last_error_date": error[0], "last_error_message": error[1]}
    if target:
        info |= {"max_connections": target.max_connections or MOST_CONNECTIONS, "ip_address": target.ip_address}
    return info | ({"allowed_updates": sorted(queue.allowed)} if queue.allowed is not None else {})


def _allow(context: Context, params: Params) -> None:
    """What the bot wants from now on; an empty list is the default again, none leaves it as it was."""
    if "allowed_updates" in params:
        context.world.chats.updates.allowed = frozenset(params["allowed_updates"]) or None


METHODS: dict[str, Method] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
