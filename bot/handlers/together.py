"""The buttons on a message that tells of several logins: that message stays as it is, and is settled by what comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.alert_book import AlertBook
from bot.delivery.bursts import Bursts
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import message_of, pass_through, press_of
from bot.handlers.ending_all import end_listed
from bot.press import NO_MESSAGE
from bot.views.answers import STALE, not_yet
from bot.views.buttons.sessions import Origin
from bot.views.buttons.together import AskEndApart, AskEndThese, ConfirmEndThese, WasMeToo
from bot.views.several_logins import OLD_QUESTION, end_apart, end_these
from core.contract.commands import ConfirmLogin


def router() -> Router:
    """Each is about logins that are on one message with others."""
    together = Router(name="together")

    @together.callback_query(WasMeToo.filter())
    async def was_me(
        callback: CallbackQuery, callback_data: WasMeToo, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command, account = ConfirmLogin(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=Origin.LIST)
        await pass_through(gate, callback, courier, replace(press, message_id=NO_MESSAGE))

    @together.callback_query(AskEndApart.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEndApart, gateway: Gateway, courier: Courier) -> None:
        account = callback_data.account
        known = await gateway.last_roster(account)
        session = known.find(callback_data.hash) if known else None
        if session is None:
            await courier.acknowledge(callback, STALE)
            return
        name = await gateway.account_name(account)
        await courier.acknowledge(callback)
        question = end_apart(account, session, account_name=name, now=datetime.now(UTC))
        await courier.send(callback.from_user.id, question)

    @together.callback_query(AskEndThese.filter())
    async def ask_all(callback: CallbackQuery, callback_data: AskEndThese, gateway: Gateway, courier: Courier) -> None:
        account, owner = callback_data.account, callback.from_user.id
        bursts = Bursts(book=AlertBook(redis=gateway.redis), account=account, owner=owner)
        several, known = await bursts.on(message_of(callback)), await gateway.last_roster(account)
        left = [login.hash for login in several.logins if not login.outcome] if several else []
        sessions = [session for hash_ in left if known and (session := known.find(hash_))]
        if not known or not sessions:
            await courier.acknowledge(callback, STALE)
            return
        question = end_these(
            account,
            sessions,
            list_name=await gateway.keep_list(account, sessions),
            account_name=await gateway.account_name(account),
            not_yet=not_yet(known.guard, now=datetime.now(UTC)),
        )
        await courier.acknowledge(callback)
        await courier.send(owner, question)

    @together.callback_query(ConfirmEndThese.filter())
    async def end_all(
        callback: CallbackQuery, callback_data: ConfirmEndThese, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account = callback_data.account
        sessions = await gateway.kept_list(account, callback_data.list)
        if not sessions:
            await courier.acknowledge(callback, OLD_QUESTION, as_alert=True)
            return
        await end_listed(callback, courier, gate, sessions, account=account)

    return together
