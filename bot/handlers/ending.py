"""Ending a session in two presses, and telling Telegram that a login was the owner's."""

from __future__ import annotations

from typing import Protocol

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from bot.courier import Courier
from bot.gateway import Gateway
from bot.views.alerts import with_line
from bot.views.answers import CONFIRM_HINT, KEPT, NO_REPLY, confirm_result, end_result, not_carried
from bot.views.buttons import (
    AskEnd,
    ConfirmEnd,
    KeepSession,
    WasMe,
    confirm_keyboard,
    original_keyboard,
    settled_keyboard,
)
from bot.views.screen import Screen
from core.bus import NoReplyError
from core.contract.commands import Carried, Command, ConfirmLogin, EndSession, NotCarried, Outcome, Result

log = structlog.get_logger()


class InWords(Protocol):
    """What came of a command, for the owner who gave it."""

    def __call__(self, result: Result, *, viewer: int) -> str:
        """The words for `viewer`, an owner's id."""


SETTLED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING})


def router() -> Router:
    """Handlers of the buttons that act."""
    ending = Router(name="ending")

    @ending.callback_query(AskEnd.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEnd, courier: Courier) -> None:
        await _swap(callback, confirm_keyboard(callback_data.account, callback_data.hash, callback_data.origin))
        await courier.acknowledge(callback, CONFIRM_HINT)

    @ending.callback_query(KeepSession.filter())
    async def keep(callback: CallbackQuery, callback_data: KeepSession, courier: Courier) -> None:
        await _swap(callback, original_keyboard(callback_data.account, callback_data.hash, callback_data.origin))
        await courier.acknowledge(callback, KEPT)

    @ending.callback_query(ConfirmEnd.filter())
    async def end(callback: CallbackQuery, callback_data: ConfirmEnd, gateway: Gateway, courier: Courier) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        settled, line = await _carry(gateway, account, EndSession(hash=hash_), callback.from_user.id, end_result)
        if settled:
            await _conclude(callback, courier, account, line)
        else:
            await _swap(callback, original_keyboard(account, hash_, callback_data.origin))
            await _reply(callback, courier, line)

    @ending.callback_query(WasMe.filter())
    async def was_me(callback: CallbackQuery, callback_data: WasMe, gateway: Gateway, courier: Courier) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        settled, line = await _carry(gateway, account, ConfirmLogin(hash=hash_), callback.from_user.id, confirm_result)
        await (_conclude(callback, courier, account, line) if settled else _reply(callback, courier, line))

    return ending


async def _carry(gateway: Gateway, account: int, command: Command, owner: int, in_words: InWords) -> tuple[bool, str]:
    """Have it done; whether that settles the message, and what to say."""
    try:
        reply = await gateway.ask(account, command, owner=owner)
    except NoReplyError:
        log.warning("no_reply", account=account, command=type(command).__name__, owner=owner)
        return False, NO_REPLY
    match reply:
        case Carried(results=(result,)):
            return result.outcome in SETTLED, in_words(result, viewer=owner)
        case NotCarried():
            return False, not_carried(reply)
        case _:
            raise TypeError(f"{type(command).__name__} was answered with {type(reply).__name__}")


async def _swap(callback: CallbackQuery, keyboard: InlineKeyboardMarkup) -> None:
    """Put another keyboard below the message, its text left alone."""
    if isinstance(callback.message, Message):
        try:
            await callback.message.edit_reply_markup(reply_markup=keyboard)
        except TelegramAPIError as error:  # pressed twice: it is there already; or it can't be had just now
            log.info("keyboard_kept", why=error.message)


async def _conclude(callback: CallbackQuery, courier: Courier, account: int, line: str) -> None:
    """Say on the message itself what came of it, and take its deciding buttons away."""
    await courier.acknowledge(callback)
    message = callback.message
    if isinstance(message, Message) and message.text:
        before = Text.from_entities(message.text, message.entities or [])
        screen = Screen(text=with_line(before, line), keyboard=settled_keyboard(account))
        if await courier.edit(message.chat.id, message.message_id, screen):
            return
    await courier.send(callback.from_user.id, Screen(text=Text(line), keyboard=settled_keyboard(account)))


async def _reply(callback: CallbackQuery, courier: Courier, line: str) -> None:
    """Say it in a message of its own: a passing notice could be missed."""
    await courier.acknowledge(callback)
    await courier.send(callback.from_user.id, Screen(text=Text(line)))
