"""The buttons of alerts that end no session: remind me, the former name, and what keeps somebody out."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import message_of, pass_through, press_of
from bot.press import Press
from bot.views.answers import STALE
from bot.views.buttons.alerts import CallOffReset, CutBot, CutWebsite, GiveFormerLabel, RemindMe, StopCodes
from bot.views.buttons.sessions import Origin
from core.contract.commands import (
    Command,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    KillCodes,
    LabelSession,
    RemindLater,
)
from core.contract.state import Snapshot
from core.domain.recognition import recognised

#: A guide keeps its buttons, whatever came of one: no message has this number.
NO_MESSAGE = 0


def router() -> Router:
    """Each has one thing done; the gate knows for which it asks a code."""
    alerted = Router(name="alerted")

    @alerted.callback_query(RemindMe.filter())
    async def remind(
        callback: CallbackQuery, callback_data: RemindMe, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command, account = RemindLater(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=Origin.ALERT)
        await pass_through(gate, callback, courier, press)

    @alerted.callback_query(GiveFormerLabel.filter())
    async def name(
        callback: CallbackQuery, callback_data: GiveFormerLabel, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account, hash_ = callback_data.account, callback_data.hash
        label = former_label(await gateway.snapshot(account), hash_)
        if not label:
            await courier.acknowledge(callback, STALE)
            return
        command = LabelSession(hash=hash_, label=label)
        press = await press_of(callback, gateway, command, account=account, origin=Origin.ALERT)
        await pass_through(gate, callback, courier, press)

    @alerted.callback_query(StopCodes.filter())
    async def kill(callback: CallbackQuery, callback_data: StopCodes, courier: Courier, gate: Gate) -> None:
        await pass_through(gate, callback, courier, _press(callback, KillCodes(), callback_data))

    @alerted.callback_query(CallOffReset.filter())
    async def call_off(callback: CallbackQuery, callback_data: CallOffReset, courier: Courier, gate: Gate) -> None:
        await pass_through(gate, callback, courier, _press(callback, DeclineReset(), callback_data))

    @alerted.callback_query(CutBot.filter())
    async def cut_bot(
        callback: CallbackQuery, callback_data: CutBot, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = _press(callback, DisconnectBot(bot=callback_data.bot), callback_data)
        known = await gateway.snapshot(callback_data.account)
        bots = (known.account_state.bots or ()) if known and known.account_state else ()
        name = next((bot.name for bot in bots if bot.id == callback_data.bot), "")
        await pass_through(gate, callback, courier, replace(press, name=name))

    @alerted.callback_query(CutWebsite.filter())
    async def cut_website(
        callback: CallbackQuery, callback_data: CutWebsite, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = _press(callback, DisconnectWebsite(website=callback_data.website), callback_data)
        known = await gateway.snapshot(callback_data.account)
        websites = (known.account_state.websites or ()) if known and known.account_state else ()
        name = next((website.domain for website in websites if website.hash == callback_data.website), "")
        await pass_through(gate, callback, courier, replace(press, name=name))

    return alerted


def former_label(known: Snapshot | None, hash_: str) -> str:
    """What the device of this session was called when it was logged in before; "" if that is not known."""
    session = known.roster.find(hash_) if known else None
    if known is None or session is None:
        return ""
    return recognised(session, ((former.session, former.text) for former in known.labels.former)) or ""


def _press(callback: CallbackQuery, command: Command, data: StopCodes | CallOffReset | CutBot | CutWebsite) -> Press:
    return Press.of(
        command,
        account=data.account,
        owner=callback.from_user.id,
        message_id=NO_MESSAGE if data.guide else message_of(callback),
        origin=Origin.LIST,
    )
