"""sendMessage and sendChatAction."""

from __future__ import annotations

from typing import Any

from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import bad_request
from sandbox.botapi.keyboards import read_markup
from sandbox.botapi.texts import link_preview, message_text
from sandbox.chats import replied
from sandbox.people import Person

ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "pick_up_location", "find_location", "record_video_note", "upload_video_note", "cancel",
    "record_audio", "upload_audio",
})  # fmt: skip


async def send_message(context: Context, params: Params) -> dict[str, Any]:
    """A text message."""
    content = {**message_text(context.world, params), **link_preview(params)}
    return send(context, params, content)


def send(context: Context, params: Params, content: dict[str, Any]) -> dict[str, Any]:
    """Put a message into the chat, with the fields that every kind of message shares."""
    markup = read_markup(params.get("reply_markup"))
    person = context.person(params, writing=True)
    shared = {
        **reply_to(context, person, params),
        **content,
        **({"has_protected_content": True} if params.get("protect_content") else {}),
    }
    if markup and "inline_keyboard" not in markup:  # shown to the person, but in no Message
        return context.world.chats.sent(person, shared, reply_markup=markup)
    return context.world.chats.sent(person, shared | ({"reply_markup": markup} if markup else {}))


def reply_to(context: Context, person: Person, params: Params) -> dict[str, Any]:
    """The message replied to, without what that one replied to."""
    reply = params.get("reply_parameters") or {}
    message_id = reply.get("message_id", params.get("reply_to_message_id", 0))
    if not message_id:
        return {}
    message = context.world.chats.message(person.id, message_id)
    if message is None:
        if reply.get("allow_sending_without_reply", params.get("allow_sending_without_reply")):
            return {}
        raise bad_request("message to be replied not found")
    return replied(message)


async def send_chat_action(context: Context, params: Params) -> bool:
    """Nothing stays of it but the call."""
    if params["action"].lower() not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    context.person(params, writing=True)
    return True


METHODS: dict[str, Method] = {"sendMessage": send_message, "sendChatAction": send_chat_action}
