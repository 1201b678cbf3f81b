"""Reply markup: what Telegram refuses, drops and keeps of a keyboard [tdlib/td, ReplyMarkup; server limits]."""

from __future__ import annotations

import json
from typing import Any

from sandbox.botapi.errors import bad_request
from sandbox.text.errors import TextError
from sandbox.text.formatted import REMOVED
from sandbox.text.links import check_link, user_of_link

MOST_IN_ROW = 8  # what is over is not shown
MOST_BUTTONS = 100
MOST_BYTES = 10 * 1024  # of the whole markup
MOST_DATA = 64  # bytes of callback data
MOST_COPIED = 256
STYLES = ("primary", "danger", "success")
LONGEST_PLACEHOLDER = 64  # characters [core.telegram.org/bots/api#forcereply]
FLAGS = ("remove_keyboard", "selective", "force_reply")
# In the order in which the server looks for them; the first one there makes the button.
ACTIONS = (
    "url", "callback_data", "callback_game", "pay", "switch_inline_query", "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat", "login_url", "web_app", "copy_text",
)  # fmt: skip

# Actions that are objects: the field that each must have, and its name in an error.
INNER = {"web_app": ("url", "Web App"), "login_url": ("url", "login"), "copy_text": ("text", "")}


def read_markup(value: Any, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The markup as Telegram keeps it, None for none; an inline keyboard alone stands in a `Message`.

    Raises ApiError.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if rows := value.get("inline_keyboard"):
        return _inline(rows)
    for flag in FLAGS:
        if not isinstance(value.get(flag, False), bool):
            raise bad_request(f'Field "{flag}" must be of type Boolean')
    kind = next((kind for kind in ("keyboard", "remove_keyboard", "force_reply") if value.get(kind)), None)
    if kind is None:
        return None
    if inline_only:
        raise bad_request("Inline keyboard expected")
    _check_reply_keyboard(value.get("keyboard"))
    selective = {"selective": True} if value.get("selective") else {}
    return {kind: value[kind], **selective, **_placeholder(value)}


def _inline(rows: Any) -> dict[str, Any] | None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    read = [[kept for kept in map(_button, row) if kept] for row in rows]
    kept = [row[:MOST_IN_ROW] for row in read if row]
    if not kept:
        return None
    markup: dict[str, Any] = {"inline_keyboard": kept}
    size = len(json.dumps(markup, ensure_ascii=False, separators=(",", ":")).encode())
    if sum(map(len, kept)) > MOST_BUTTONS or size > MOST_BYTES:
        raise bad_request("reply markup is too long")
    return markup


def _button(button: Any) -> dict[str, Any] | None:
    """A button as it is kept; None for one without a text, which Telegram leaves out."""
    if not isinstance(button, dict):
        raise _unreadable("InlineKeyboardButton must be an Object")
    if "text" not in button:
        raise _unreadable('Can\'t find field "text"')
    if not isinstance(button["text"], str):
        raise _unreadable('Field "text" must be of type String')
    style = str(button.get("style", "") or "").lower()
    if style not in ("", "default", *STYLES):
        raise _unreadable("invalid button style specified")
    action = next((a for a in ACTIONS if button.get(a) or (button.get(a) == "" and a.startswith("switch"))), None)
    if action is None:
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if not button["text"]:
        return None
    text = "".join(" " if char < " " and char != "\n" else char for char in button["text"] if char not in REMOVED)
    if not text:
        raise bad_request("Inline keyboard button text must be non-empty")
    looks = {"icon_custom_emoji_id": button.get("icon_custom_emoji_id"), "style": style if style in STYLES else None}
    return {"text": text, **{k: v for k, v in looks.items() if v}, action: _action(action, button[action])}


def _action(action: str, value: Any) -> Any:
    """What the button does, checked."""
    if action in ("callback_data", "url"):
        if not isinstance(value, str):
            raise _unreadable(f'Field "{action}" must be of type String')
        if action == "url":
            return _url(value, "Inline keyboard button")
        if len(value.encode()) > MOST_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action in INNER:
        field, label = INNER[action]
        if not isinstance(value, dict) or not isinstance(value.get(field), str):
            raise _unreadable(f'Can\'t find field "{field}"')
        if field == "url":
            return {**value, "url": _url(value["url"], f"Inline keyboard button {label}", https_only=True)}
        if not 1 <= len(value["text"]) <= MOST_COPIED:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return value


def _url(link: str, label: str, *, https_only: bool = False) -> str:
    if user_id := user_of_link(link):
        return f"tg://user?id={user_id}"
    try:
        checked = check_link(link)
    except TextError as error:
        raise bad_request(f"{label} {error}") from None
    if https_only and not checked.startswith("https://"):
        raise bad_request(f"{label} URL '{link}' is invalid: Only HTTPS links are allowed")
    return checked


def _placeholder(value: dict[str, Any]) -> dict[str, Any]:
    """What stands in the empty input field; an empty one is none."""
    placeholder = value.get("input_field_placeholder", "")
    if isinstance(placeholder, bool) or not isinstance(placeholder, str | int | float):
        raise bad_request('Field "input_field_placeholder" must be of type String')
    if len(str(placeholder)) > LONGEST_PLACEHOLDER:
        raise bad_request("REPLY_MARKUP_INVALID")  # the limit is Telegram's, the word a guess
    return {"input_field_placeholder": str(placeholder)} if placeholder != "" else {}


def _check_reply_keyboard(rows: Any) -> None:
    if rows is None:
        return
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('Field "keyboard" must be an Array of Arrays')
    for button in (button for row in rows for button in row):
        text = button.get("text") if isinstance(button, dict) else button
        if not isinstance(text, str):
            raise bad_request("Can't parse keyboard button: KeyboardButton must be a String or an Object")


def _unreadable(reason: str) -> Exception:
    return bad_request(f"Can't parse inline keyboard button: {reason}")
