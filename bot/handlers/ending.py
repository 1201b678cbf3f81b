"""Ending a session in two presses, and telling Telegram that a login was the owner's."""

from __future__ import annotations

from contextlib import suppress

import structlog
from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text
from redis.exceptions import RedisError

from bot.alert_book import AlertBook
from bot.courier import Courier
from bot.gateway import Gateway
from bot.views.alerts import login_alert, with_line
from bot.views.answers import CONFIRM_HINT, KEPT, NO_REPLY, confirm_result, end_result, not_carried
from bot.views.buttons import (
    AskEnd,
    ConfirmEnd,
    KeepSession,
    Origin,
    WasMe,
    confirm_keyboard,
    original_keyboard,
    settled_keyboard,
)
from bot.views.card import card
from bot.views.screen import Screen
from core.bus import NoReplyError
from core.contract.commands import Carried, Command, ConfirmLogin, EndSession, NotCarried, Outcome, Result
from core.contract.events import SessionAppeared

log = structlog.get_logger()


SETTLED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING})


def router() -> Router:
    """Handlers of the buttons that act."""
    ending = Router(name="ending")

    @ending.callback_query(AskEnd.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEnd, courier: Courier) -> None:
        confirm = confirm_keyboard(callback_data.account, callback_data.hash, callback_data.origin)
        await courier.acknowledge(callback, CONFIRM_HINT)
        if not await _swap(callback, confirm):  # a message too old to be changed
            await courier.send(callback.from_user.id, Screen(text=Text(CONFIRM_HINT), keyboard=confirm))

    @ending.callback_query(KeepSession.filter())
    async def keep(callback: CallbackQuery, callback_data: KeepSession, courier: Courier) -> None:
        await _swap(callback, original_keyboard(callback_data.account, callback_data.hash, callback_data.origin))
        await courier.acknowledge(callback, KEPT)

    @ending.callback_query(ConfirmEnd.filter())
    async def end(
        callback: CallbackQuery, callback_data: ConfirmEnd, gateway: Gateway, courier: Courier, book: AlertBook
    ) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        reply = await _carry(gateway, account, EndSession(hash=hash_), callback.from_user.id)
        if isinstance(reply, Result) and reply.outcome in SETTLED:
            line = end_result(reply, viewer=callback.from_user.id)
            await _conclude(
                callback, courier, account, await _screen(gateway, account, reply, callback_data.origin, line)
            )
            return
        if reply == NO_REPLY:
            await _note(callback, book, account, hash_)
        await _swap(callback, original_keyboard(account, hash_, callback_data.origin))
        line = end_result(reply, viewer=callback.from_user.id) if isinstance(reply, Result) else reply
        await _reply(callback, courier, line)

    @ending.callback_query(WasMe.filter())
    async def was_me(callback: CallbackQuery, callback_data: WasMe, gateway: Gateway, courier: Courier) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        reply = await _carry(gateway, account, ConfirmLogin(hash=hash_), callback.from_user.id)
        line = confirm_result(reply, viewer=callback.from_user.id) if isinstance(reply, Result) else reply
        if isinstance(reply, Result) and reply.outcome in SETTLED:
            await _conclude(callback, courier, account, await _screen(gateway, account, reply, Origin.ALERT, line))
        else:
            await _reply(callback, courier, line)

    return ending


async def _carry(gateway: Gateway, account: int, command: Command, owner: int) -> Result | str:
    """Have it done; what came of it, or in words why nothing could be begun."""
    try:
        reply = await gateway.ask(account, command, owner=owner)
    except NoReplyError:
        log.warning("no_reply", account=account, command=type(command).__name__, owner=owner)
        return NO_REPLY
    match reply:
        case Carried(results=(result,)):
            return result
        case NotCarried():
            return not_carried(reply)
        case _:
            raise TypeError(f"{type(command).__name__} was answered with {type(reply).__name__}")


async def _note(callback: CallbackQuery, book: AlertBook, account: int, hash_: str) -> None:
    """Should it be done after all, let the message that was pressed say so, unless an alert will."""
    owner = callback.from_user.id
    with suppress(RedisError):  # what is known must be told, noted or not
        if callback.message is not None and await book.message(account, hash_, owner) is None:
            await book.enter(account, hash_, owner, callback.message.message_id)


async def _swap(callback: CallbackQuery, keyboard: InlineKeyboardMarkup) -> bool:
    """Put another keyboard below the message, its text left alone; whether it is there now."""
    if not isinstance(callback.message, Message):
        return False
    try:
        await callback.message.edit_reply_markup(reply_markup=keyboard)
    except TelegramAPIError as error:
        log.info("keyboard_kept", why=error.message)
        return "message is not modified" in error.message  # pressed twice: it is there already
    return True


async def _screen(gateway: Gateway, account: int, result: Result, origin: Origin, line: str) -> Screen | str:
    """The message once more with what came of it; the line alone where the session is not known any more."""
    session = result.session
    if session is None:
        return line
    if origin is Origin.CARD:
        return card(account, session, now=result.at, outcome=line)
    appeared = SessionAppeared(account=account, at=result.at, session=session)
    name = str(account)
    with suppress(RedisError):  # it was done, and that must be told
        name = await gateway.account_name(account)
    return login_alert(appeared, account_name=name, outcome=line)


async def _conclude(callback: CallbackQuery, courier: Courier, account: int, screen: Screen | str) -> None:
    """Say on the message itself what came of it, and take its deciding buttons away."""
    await courier.acknowledge(callback)
    message = callback.message
    if isinstance(screen, str):
        text = Text(screen)
        if isinstance(message, Message) and message.text:
            text = with_line(Text.from_entities(message.text, message.entities or []), screen)
        screen = Screen(text=text, keyboard=settled_keyboard(account))
    if message is None or not await courier.edit(callback.from_user.id, message.message_id, screen):
        await courier.send(callback.from_user.id, screen)


async def _reply(callback: CallbackQuery, courier: Courier, line: str) -> None:
    """Say it in a message of its own: a passing notice could be missed."""
    await courier.acknowledge(callback)
    await courier.send(callback.from_user.id, Screen(text=Text(line)))
