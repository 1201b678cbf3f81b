"""One-time codes that an owner types, asked for or not."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from bot.codes.typed import codes_in, looks_like_code
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.views.codes import dropped


def router() -> Router:
    """Before all other handlers of messages: no code is to be left standing in a chat as good as it was."""
    codes = Router(name="codes")

    @codes.message(_is_code)
    async def code(message: Message, courier: Courier, gate: Gate) -> None:
        answers = message.reply_to_message.message_id if message.reply_to_message else None
        try:
            await gate.enter(message.chat.id, message.text or "", answers=answers)
        finally:
            await courier.delete(message.chat.id, message.message_id)

    @codes.message(_shows_code)
    @codes.edited_message(_shows_code)
    async def shown(message: Message, courier: Courier, gate: Gate) -> None:
        """Among other words, or put where other words were: no answer, but everybody in this chat reads it."""
        first, *others = codes_in(_words(message))
        try:
            if others:
                await gate.burn(message.chat.id, *others)
            await gate.enter(message.chat.id, first, answers=None)
        finally:
            await courier.delete(message.chat.id, message.message_id)

    @codes.message(Command("cancel", ignore_case=True))
    async def cancel(message: Message, courier: Courier, gate: Gate) -> None:
        await courier.send(message.chat.id, dropped(anything=gate.drop(message.chat.id)))

    return codes


def _is_code(message: Message) -> bool:
    return message.text is not None and looks_like_code(message.text)


def _shows_code(message: Message) -> bool:
    return bool(codes_in(_words(message)))


def _words(message: Message) -> str:
    return message.text or message.caption or ""
