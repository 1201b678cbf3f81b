"""deleteMessage and deleteMessages."""

from __future__ import annotations

from datetime import timedelta

from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import bad_request
from sandbox.people import now

DELETABLE = timedelta(hours=48)  # [core.telegram.org/bots/api#deletemessage]
MOST_AT_ONCE = 100


async def delete_message(context: Context, params: Params) -> bool:
    """One message, the bot's or the person's."""
    person = context.person(params)
    message = context.world.chats.message(person.id, params["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if now().timestamp() - message["date"] > DELETABLE.total_seconds():
        raise bad_request("message can't be deleted for everyone")
    context.world.chats.delete(person, params["message_id"])
    return True


async def delete_messages(context: Context, params: Params) -> bool:
    """Several; those that are not there are passed over."""
    if len(params["message_ids"]) > MOST_AT_ONCE:
        raise bad_request("Too many message identifiers specified")
    if any(message_id <= 0 for message_id in params["message_ids"]):
        raise bad_request("Invalid message identifier specified")
    person = context.person(params)
    for message_id in params["message_ids"]:
        context.world.chats.delete(person, message_id)
    return True


METHODS: dict[str, Method] = {"deleteMessage": delete_message, "deleteMessages": delete_messages}
