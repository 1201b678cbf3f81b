"""The text of a message or caption out of a call's parameters, checked as Telegram checks it."""

from __future__ import annotations

from typing import Any

from sandbox.botapi.errors import bad_request
from sandbox.chats import LONGEST_TEXT, text_fields
from sandbox.text.errors import TextError
from sandbox.text.formatted import FormattedText, formatted
from sandbox.text.links import check_link
from sandbox.text.spans import FOUND_PRIORITY, PRIORITY, Span, utf16_length
from sandbox.world import World

LONGEST_SOURCE = 1 << 15  # bytes before parsing [tdlib/telegram-bot-api, get_formatted_text]
LONGEST_CAPTION = 1024
FOUND_ONLY = frozenset({"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"})
FOUND_ONLY |= {"bank_card_number"}
EXTRA = {"pre": "language", "text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}
OPTIONAL_EXTRA = frozenset({"pre"})


def message_text(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """`text` and `entities` for a Message; raises ApiError."""
    text = _read(world, params.get("text", ""), params, "entities")
    if utf16_length(text.text) > LONGEST_TEXT:
        raise bad_request("Message is too long")
    return text_fields(text)


def caption(world: World, params: dict[str, Any]) -> dict[str, Any]:
    """`caption` and `caption_entities`, nothing when there is none; raises ApiError."""
    if not params.get("caption"):
        return {}
    text = _read(world, params["caption"], params, "caption_entities")
    if utf16_length(text.text) > LONGEST_CAPTION:
        raise bad_request("Message caption is too long")
    return text_fields(text, text_key="caption", entities_key="caption_entities")


def _read(world: World, source: str, params: dict[str, Any], entities_key: str) -> FormattedText:
    if not source:
        raise bad_request("Message text is empty")
    if len(source.encode()) > LONGEST_SOURCE:
        raise bad_request("Text is too long")
    entities = [span for span in map(_span, params.get(entities_key, [])) if span]
    try:
        text = formatted(source, parse_mode=params.get("parse_mode", ""), entities=entities)
    except TextError as error:
        raise bad_request(error) from None
    return FormattedText(text=text.text, spans=tuple(s for s in (_with_user(world, s) for s in text.spans) if s))


def _span(entity: dict[str, Any]) -> Span | None:
    """An entity as given; None for the kinds that Telegram finds by itself and takes from nobody."""
    kind = entity["type"]
    if kind in FOUND_ONLY:
        return None
    if PRIORITY.get(kind, FOUND_PRIORITY) == FOUND_PRIORITY:
        raise bad_request("Can't parse MessageEntity: Unsupported type specified")
    extra: dict[str, Any] = {}
    if kind == "date_time":
        if "unix_time" not in entity:
            raise bad_request("Can't parse MessageEntity: Can't find field \"unix_time\"")
        extra = {k: entity[k] for k in ("unix_time", "date_time_format") if k in entity}
    elif key := EXTRA.get(kind):
        if entity.get(key):
            extra = {key: entity[key]}
        elif kind not in OPTIONAL_EXTRA:
            raise bad_request(f"Can't parse MessageEntity: Can't find field \"{key}\"")
    if kind == "text_link":
        try:
            extra = {"url": check_link(extra["url"])}
        except TextError as error:
            raise bad_request(f"Entity {error}") from None
    return Span(offset=entity["offset"], length=entity["length"], type=kind, extra=extra)


def _with_user(world: World, span: Span) -> Span | None:
    """A mention of a user with the user in it; one whom the bot can't know is dropped, as Telegram does."""
    if span.type != "text_mention":
        return span
    person = world.people.get(int(span.extra["user"].get("id", 0)))
    if person is None:
        return None
    user = {"id": person.id, "is_bot": False, "first_name": person.first_name}
    return Span(offset=span.offset, length=span.length, type=span.type, extra={"user": user})


def link_preview(params: dict[str, Any]) -> dict[str, Any]:
    """`link_preview_options` as they stand in the Message: only what was asked for."""
    options = params.get("link_preview_options") or {}
    if params.get("disable_web_page_preview"):
        options = {"is_disabled": True}
    kept = {name: value for name, value in options.items() if value}
    return {"link_preview_options": kept} if kept else {}
