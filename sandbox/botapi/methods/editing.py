"""Edits of the bot's messages, and answers to presses."""

from __future__ import annotations

from typing import Any

from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import ApiError, bad_request
from sandbox.botapi.keyboards import read_markup
from sandbox.botapi.texts import caption, link_preview, message_text
from sandbox.people import Person, now
from sandbox.text.errors import TextError
from sandbox.text.links import check_link

LONGEST_NOTICE = 200
COMPARED = ("text", "entities", "caption", "caption_entities", "reply_markup")
TEXT = ("text", "entities", "link_preview_options")
CAPTION = ("caption", "caption_entities")
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


async def edit_message_text(context: Context, params: Params) -> dict[str, Any]:
    """Another text; the keyboard goes unless one is given."""
    content = {**message_text(context.world, params), **link_preview(params)}
    markup = read_markup(params.get("reply_markup"), inline_only=True)
    person, message = _own_message(context, params)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(context, person, message, {k: v for k, v in message.items() if k not in TEXT} | content, markup)


async def edit_message_caption(context: Context, params: Params) -> dict[str, Any]:
    """Another caption, or none."""
    content = caption(context.world, params)
    markup = read_markup(params.get("reply_markup"), inline_only=True)
    person, message = _own_message(context, params)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    return _edit(context, person, message, {k: v for k, v in message.items() if k not in CAPTION} | content, markup)


async def edit_message_reply_markup(context: Context, params: Params) -> dict[str, Any]:
    """Another keyboard, or none."""
    markup = read_markup(params.get("reply_markup"), inline_only=True)
    person, message = _own_message(context, params)
    return _edit(context, person, message, message, markup)


def _own_message(context: Context, params: Params) -> tuple[Person, dict[str, Any]]:
    if "chat_id" not in params and "message_id" not in params:
        if "inline_message_id" in params:
            raise bad_request("MESSAGE_ID_INVALID")
        raise bad_request("message identifier is not specified")
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    person = context.person(params)
    message = context.world.chats.message(person.id, params.get("message_id", 0))
    if message is None:
        raise bad_request("message to edit not found")
    # One sent with a reply keyboard, or asking for a reply, stays as it is [tdlib/td, MessagesManager].
    if (
        message["from"]["id"] != context.world.chats.bot["id"]
        or message["message_id"] in context.world.chats.reply_markups
    ):
        raise bad_request("message can't be edited")
    return person, message


def _edit(
    context: Context, person: Person, old: dict[str, Any], content: dict[str, Any], markup: dict[str, Any] | None
) -> dict[str, Any]:
    new = {k: v for k, v in content.items() if k != "reply_markup"} | ({"reply_markup": markup} if markup else {})
    if all(old.get(name) == new.get(name) for name in COMPARED):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    return context.world.chats.replace(person, {**new, "edit_date": int(now().timestamp())})


async def answer_callback_query(context: Context, params: Params) -> bool:
    """End a press's spinner, with a notice or without."""
    if len(params.get("text", "")) > LONGEST_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    if "url" in params:
        try:
            check_link(params["url"])
        except TextError:
            raise bad_request("URL_INVALID") from None
    if not context.world.chats.answer_press(params["callback_query_id"], params):
        raise ApiError(400, f"Bad Request: {TOO_OLD}")
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "answerCallbackQuery": answer_callback_query,
}
