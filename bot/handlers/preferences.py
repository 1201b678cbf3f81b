"""Doorman's own settings in the chat: quiet hours, the digest, and the rules by which it ends sessions."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot.choices import MistakeError, picked, would_end
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.choosing import answer, page
from bot.handlers.ending import pass_through
from bot.handlers.looking import show
from bot.handlers.pressing import press_on
from bot.views.answers import STALE
from bot.views.automation import switch_on_question
from bot.views.buttons.settings import AskSwitchOn, Choose, ShowSettings, Topic
from bot.views.preferences import settings_unknown

TYPED = {
    "quiet": Topic.QUIET,
    "countries": Topic.COUNTRIES,
    "unanswered": Topic.UNANSWERED,
    "idle": Topic.IDLE,
}


def router() -> Router:
    """Handlers of /settings, of the pages below it, and of what can be typed instead."""
    preferences = Router(name="preferences")

    @preferences.message(Command("settings", ignore_case=True))
    async def settings(message: Message, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        await answer(message.chat.id, Topic.ALL, "", gateway=gateway, courier=courier, gate=gate)

    @preferences.message(Command(*TYPED, ignore_case=True))
    async def set_typed(
        message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        topic = TYPED[command.command.casefold()]
        await answer(message.chat.id, topic, command.args or "", gateway=gateway, courier=courier, gate=gate)

    @preferences.callback_query(ShowSettings.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowSettings, gateway: Gateway, courier: Courier) -> None:
        await show(callback, courier, await page(gateway, callback_data.account, callback_data.topic))

    @preferences.callback_query(AskSwitchOn.filter())
    async def ask(callback: CallbackQuery, callback_data: AskSwitchOn, gateway: Gateway, courier: Courier) -> None:
        account, rule = callback_data.account, callback_data.rule
        name, snapshot = await gateway.account_name(account), await gateway.snapshot(account)
        if snapshot is None:
            await show(callback, courier, settings_unknown(account_name=name))
            return
        seen = await gateway.seen(account, owner=callback.from_user.id)
        known, now = snapshot.preferences, datetime.now(UTC)
        ends = would_end(rule, seen.roster, seen.standings, known, now=now) if seen else None
        screen = switch_on_question(account, rule, known, account_name=name, would_end=ends, now=now)
        await show(callback, courier, screen)

    @preferences.callback_query(Choose.filter())
    async def choose(
        callback: CallbackQuery, callback_data: Choose, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account = callback_data.account
        snapshot = await gateway.snapshot(account)
        if snapshot is None:
            await show(callback, courier, settings_unknown(account_name=await gateway.account_name(account)))
            return
        try:
            choice = picked(callback_data.topic, callback_data.value, snapshot.preferences, now=datetime.now(UTC))
        except MistakeError:  # of another version
            await courier.acknowledge(callback, STALE, as_alert=True)
            return
        await pass_through(gate, callback, courier, press_on(callback, choice.command, account=account))

    return preferences
