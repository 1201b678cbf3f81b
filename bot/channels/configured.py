"""The channels that ALERT_URLS names, and a test of each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from bot.channels import addresses
from bot.channels.channel import Channel, UndeliveredError
from bot.channels.posting import post
from bot.settings import BotSettings
from bot.views.letter import trial


def channels_of(settings: BotSettings) -> tuple[Channel, ...]:
    """Those that ALERT_URLS names, in its order."""
    found = addresses.split(settings.alert_urls.get_secret_value())
    services = [addresses.read(address, number=number) for number, address in enumerate(found, 1)]
    return tuple(
        Channel(name=name, ids=addresses.ids(address, settings.keyring), send=partial(post, service))
        for address, service, name in zip(found, services, addresses.names(services), strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How a channel took a message that was sent to try it; `to_do` is "" where it took it."""

    name: str
    well: bool
    to_do: str


async def send_test(settings: BotSettings) -> list[Tried]:
    """Send a message to each channel that says that it is a test; within half a minute."""
    channels = channels_of(settings)
    return list(await asyncio.gather(*map(_try_out, channels)))


async def _try_out(channel: Channel) -> Tried:
    try:
        await channel.deliver(trial())
    except UndeliveredError as error:
        to_do = f"{error}. Check its address in ALERT_URLS, and that this machine may reach it."
        return Tried(name=channel.name, well=False, to_do=to_do[0].upper() + to_do[1:])
    return Tried(name=channel.name, well=True, to_do="")
