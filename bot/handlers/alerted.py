"""The buttons of alerts that end no session: remind me, the former name, and what keeps somebody out."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.delivery.alert_book import AlertBook
from bot.delivery.courier import Courier
from bot.delivery.sparing import Sparing
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.connected import name_of
from bot.handlers.connections import BOTS
from bot.handlers.ending import message_of, pass_through, press_of
from bot.handlers.websites import WEBSITES
from bot.press import NO_MESSAGE, Press
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

    alerted.include_router(_keeping_out())
    return alerted


def _keeping_out() -> Router:
    """What keeps somebody out, on alerts and on guides."""
    keeping_out = Router(name="keeping out")

    @keeping_out.callback_query(StopCodes.filter())
    async def kill(
        callback: CallbackQuery, callback_data: StopCodes, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = _press(callback, courier, KillCodes(), callback_data)
        await Sparing(book=AlertBook(redis=gateway.redis), account=press.account, owner=press.owner).close_codes()
        await pass_through(gate, callback, courier, press)

    @keeping_out.callback_query(CallOffReset.filter())
    async def call_off(callback: CallbackQuery, callback_data: CallOffReset, courier: Courier, gate: Gate) -> None:
        await pass_through(gate, callback, courier, _press(callback, courier, DeclineReset(), callback_data))

    @keeping_out.callback_query(CutBot.filter())
    async def cut_bot(
        callback: CallbackQuery, callback_data: CutBot, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = _press(callback, courier, DisconnectBot(bot=callback_data.bot), callback_data)
        name = await name_of(BOTS, gateway, account=callback_data.account, key=callback_data.bot)
        await pass_through(gate, callback, courier, replace(press, name=name))

    @keeping_out.callback_query(CutWebsite.filter())
    async def cut_website(
        callback: CallbackQuery, callback_data: CutWebsite, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        press = _press(callback, courier, DisconnectWebsite(website=callback_data.website), callback_data)
        name = await name_of(WEBSITES, gateway, account=callback_data.account, key=callback_data.website)
        await pass_through(gate, callback, courier, replace(press, name=name))

    return keeping_out


def former_label(known: Snapshot | None, hash_: str) -> str:
    """What the device of this session was called when it was logged in before; "" if that is not known."""
    session = known.roster.find(hash_) if known else None
    if known is None or session is None:
        return ""
    return recognised(session, ((former.session, former.text) for former in known.labels.former)) or ""


def _press(
    callback: CallbackQuery,
    courier: Courier,
    command: Command,
    data: StopCodes | CallOffReset | CutBot | CutWebsite,
) -> Press:
    return Press.of(
        command,
        account=data.account,
        owner=callback.from_user.id,
        # A guide keeps its buttons, whatever came of one.
        message_id=NO_MESSAGE if data.guide else message_of(callback),
        origin=Origin.NEWS,
        beside=() if data.guide else _beside(callback, courier),
    )


def _beside(callback: CallbackQuery, courier: Courier) -> tuple[tuple[str, str], ...]:
    """The other buttons of that message which decide something: they outlast this one."""
    message, owner = callback.message, callback.from_user.id
    markup = message.reply_markup if isinstance(message, Message) else None
    buttons = [button for row in markup.inline_keyboard for button in row] if markup else []
    opened = ((button.text, courier.seal.open(button.callback_data or "", owner)) for button in buttons)
    deciding = tuple(f"{kind.__prefix__}:" for kind in (StopCodes, CallOffReset, CutBot, CutWebsite))
    return tuple((text, data) for text, data in opened if data and data != callback.data and data.startswith(deciding))
