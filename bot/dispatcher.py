"""What hands the owners' updates, and nobody else's, to the handlers."""

from __future__ import annotations

from aiogram import Dispatcher

from bot import handlers
from bot.channels.channel import Channel
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.gate import Gate
from bot.gateway import Gateway
from bot.owners import OwnersOnly, SealedOnly
from bot.pictures.painter import Painter


def dispatcher_of(
    owners: frozenset[int],
    doorbells: Doorbells,
    *,
    gateway: Gateway,
    courier: Courier,
    gate: Gate,
    channels: tuple[Channel, ...],
    painter: Painter,
) -> Dispatcher:
    """The handlers get what they ask for by the names of these arguments."""
    dispatcher = Dispatcher(
        disable_fsm=True, gateway=gateway, courier=courier, gate=gate, channels=channels, painter=painter
    )
    dispatcher.update.outer_middleware(OwnersOnly(owners, doorbells))
    dispatcher.callback_query.outer_middleware(SealedOnly(courier))
    dispatcher.include_routers(*handlers.routers(owners))
    return dispatcher
