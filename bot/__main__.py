"""The bot's process, wired by hand: it shows, alerts and asks until it is told to stop."""

from __future__ import annotations

from bot import on_demand  # noqa: F401 - first, before anything that imports aiogram

# isort: split
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from aiogram import Dispatcher

from bot import handlers, serving
from bot.button_seal import ButtonSeal
from bot.channels.channel import Channel
from bot.channels.configured import channels_of
from bot.credentials import introduce, make_bot
from bot.delivery.announcer import Announcer
from bot.delivery.courier import Courier
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.delivery.suspicions import Suspicions
from bot.delivery.weekly import Weekly
from bot.desk import Desk
from bot.gate import Gate
from bot.gateway import Gateway
from bot.lookout import Lookout
from bot.menu import offer_commands
from bot.one_time_codes import OneTimeCodes
from bot.owners import OwnersOnly, SealedOnly
from bot.pictures.painter import Painter
from bot.rivals import Rivals
from bot.settings import BotSettings
from bot.unreadable import Unreadable
from core import logs
from core.connection import connect
from core.running import run
from core.settings import load
from core.switchboard import Switchboard

log = structlog.get_logger()


async def work(settings: BotSettings) -> None:
    """Serve the owners and tell them what happens; whichever of the two dies ends the process."""
    async with AsyncExitStack() as resources:
        # Apart, for a request waits for its reply on a connection: no number of presses may hold up an alert.
        # However many accounts, owners and channels there are, one connection waits for what happens.
        for_alerts = connect(settings, name="doorman-bot-alerts", most=8)
        for_owners = connect(settings, name="doorman-bot-owners", most=12)
        resources.push_async_callback(for_alerts.aclose)
        resources.push_async_callback(for_owners.aclose)
        bot = await resources.enter_async_context(make_bot(settings))
        await introduce(bot)
        courier, doorbells = Courier(bot=bot, seal=ButtonSeal(settings.keyring)), Doorbells()
        gateway, switchboard = Gateway(redis=for_owners), Switchboard(for_alerts)
        channels = channels_of(settings)
        announcer = Announcer(courier, settings.owner_ids, doorbells, channels)
        notifier = Notifier(
            redis=for_alerts,
            events=switchboard.store,
            owners=settings.owner_ids,
            gateway=Gateway(redis=for_alerts),
            courier=courier,
            doorbells=doorbells,
            suspicions=Suspicions(announcer),
            channels=channels,
        )
        bot.session.middleware(Unreadable())
        patience = settings.silent_after_seconds
        bot.session.middleware(Rivals(announcer, for_alerts, patience=patience))
        lookout = Lookout(redis=for_alerts, gateway=Gateway(redis=for_alerts), announcer=announcer, patience=patience)
        weekly = Weekly(
            redis=for_alerts,
            gateway=Gateway(redis=for_alerts),
            courier=courier,
            doorbells=doorbells,
            owners=settings.owner_ids,
        )
        desk = Desk(redis=for_owners, gateway=gateway, courier=courier)
        codes = OneTimeCodes(for_owners, settings.keyring)
        everyone = settings.codes_asked_of == "everyone"
        gate = Gate(
            codes=codes, gateway=gateway, courier=courier, desk=desk, announcer=announcer, asks_everyone=everyone
        )
        painter = Painter(Path(resources.enter_context(TemporaryDirectory(prefix="doorman-pictures-"))))
        dispatcher = dispatcher_of(
            settings.owner_ids,
            doorbells,
            gateway=gateway,
            courier=courier,
            gate=gate,
            channels=channels,
            painter=painter,
        )
        log.info("serving", owners=len(settings.owner_ids), webhook=bool(settings.webhook_url))
        async with asyncio.TaskGroup() as loops:
            loops.create_task(switchboard.run())
            loops.create_task(notifier.run())
            loops.create_task(codes.renew_all(settings.owner_ids))
            loops.create_task(desk.run())
            loops.create_task(announcer.run())
            loops.create_task(lookout.run())
            loops.create_task(weekly.run())
            loops.create_task(offer_commands(bot, *settings.owner_ids))
            loops.create_task(serving.serve(bot, dispatcher, settings))


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
    """What hands the owners' updates, and nobody else's, to the handlers."""
    dispatcher = Dispatcher(
        disable_fsm=True, gateway=gateway, courier=courier, gate=gate, channels=channels, painter=painter
    )
    dispatcher.update.outer_middleware(OwnersOnly(owners, doorbells))
    dispatcher.callback_query.outer_middleware(SealedOnly(courier))
    dispatcher.include_routers(*handlers.routers(owners))
    return dispatcher


def main() -> None:
    """Start the bot."""
    settings = load(BotSettings)
    logs.configure(settings, process="bot")
    run(work(settings))


if __name__ == "__main__":
    main()
