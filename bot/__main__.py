"""The bot's process, wired by hand: it shows, alerts and asks until it is told to stop."""

from __future__ import annotations

from bot import on_demand  # noqa: F401 - first, before anything that imports aiogram

# isort: split
import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from aiogram import Bot

from bot import serving
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
from bot.dispatcher import dispatcher_of
from bot.gate import Gate
from bot.gateway import Gateway
from bot.leftovers import Leftovers
from bot.lookout import Lookout
from bot.menu import offer_commands
from bot.one_time_codes import OneTimeCodes
from bot.pictures.painter import Painter
from bot.rivals import Rivals
from bot.settings import BotSettings
from bot.unreadable import Unreadable
from core import logs
from core.connection import Store, connect
from core.running import run
from core.settings import load
from core.switchboard import Switchboard

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What every part of the process speaks to the owners through."""

    bot: Bot
    courier: Courier
    doorbells: Doorbells
    channels: tuple[Channel, ...]
    announcer: Announcer


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
        voice = voice_of(bot, settings)
        bot.session.middleware(Unreadable())
        bot.session.middleware(Rivals(voice.announcer, for_alerts, patience=settings.silent_after_seconds))
        pictures = Path(resources.enter_context(TemporaryDirectory(prefix="doorman-pictures-")))
        log.info("serving", owners=len(settings.owner_ids), webhook=bool(settings.webhook_url))
        async with asyncio.TaskGroup() as loops:
            start_telling(loops, settings, for_alerts, voice)
            start_obeying(loops, settings, for_owners, voice, pictures=pictures)


def voice_of(bot: Bot, settings: BotSettings) -> Voice:
    """The chat with each owner, and the channels besides."""
    courier, doorbells = Courier(bot=bot, seal=ButtonSeal(settings.keyring)), Doorbells()
    channels = channels_of(settings)
    announcer = Announcer(courier, settings.owner_ids, doorbells, channels)
    return Voice(bot=bot, courier=courier, doorbells=doorbells, channels=channels, announcer=announcer)


def start_telling(loops: asyncio.TaskGroup, settings: BotSettings, redis: Store, voice: Voice) -> None:
    """Tell the owners what happens, unasked."""
    gateway, switchboard = Gateway(redis=redis), Switchboard(redis)
    notifier = Notifier(
        redis=redis,
        events=switchboard.store,
        owners=settings.owner_ids,
        gateway=gateway,
        courier=voice.courier,
        doorbells=voice.doorbells,
        suspicions=Suspicions(voice.announcer),
        channels=voice.channels,
        together=timedelta(minutes=settings.logins_together_minutes),
    )
    patience = settings.silent_after_seconds
    lookout = Lookout(redis=redis, gateway=gateway, announcer=voice.announcer, patience=patience)
    weekly = Weekly(
        redis=redis, gateway=gateway, courier=voice.courier, doorbells=voice.doorbells, owners=settings.owner_ids
    )
    loops.create_task(switchboard.run())
    loops.create_task(notifier.run())
    loops.create_task(voice.announcer.run())
    loops.create_task(lookout.run())
    loops.create_task(weekly.run())


def start_obeying(
    loops: asyncio.TaskGroup, settings: BotSettings, redis: Store, voice: Voice, *, pictures: Path
) -> None:
    """Answer the owners, and do what they press."""
    gateway, codes = Gateway(redis=redis), OneTimeCodes(redis, settings.keyring)
    desk = Desk(redis=redis, gateway=gateway, courier=voice.courier)
    leftovers = Leftovers(redis=redis, gateway=gateway, courier=voice.courier, in_hand=desk.in_hand)
    gate = Gate(
        codes=codes,
        gateway=gateway,
        courier=voice.courier,
        desk=desk,
        announcer=voice.announcer,
        asks_everyone=settings.codes_asked_of == "everyone",
    )
    dispatcher = dispatcher_of(
        settings.owner_ids,
        voice.doorbells,
        gateway=gateway,
        courier=voice.courier,
        gate=gate,
        channels=voice.channels,
        painter=Painter(pictures),
    )
    loops.create_task(codes.renew_all(settings.owner_ids))
    loops.create_task(leftovers.run())
    loops.create_task(offer_commands(voice.bot, *settings.owner_ids))
    loops.create_task(serving.serve(voice.bot, dispatcher, settings))


def main() -> None:
    """Start the bot."""
    settings = load(BotSettings)
    logs.configure(settings, process="bot")
    run(work(settings))


if __name__ == "__main__":
    main()
