"""Errands that concern the whole account: its limit for idle sessions, websites, business bots, 2FA, login codes."""

from __future__ import annotations

from core.contract.commands import DeclineReset, DisconnectBot, DisconnectWebsite, DisconnectWebsites, KillCodes, SetTtl
from core.contract.replies import Outcome, Result
from userclient.errands.errand import Errand


async def set_ttl(command: SetTtl, errand: Errand) -> tuple[Result, ...]:
    """Have idle sessions end after so many days; the next look tells everybody."""
    async with errand.deeds.turn:
        await errand.guard.safety.set_ttl(command.days, seconds=await errand.seconds())
    return (errand.result(),)


async def disconnect_website(command: DisconnectWebsite, errand: Errand) -> tuple[Result, ...]:
    """Log one website out. Raises UnknownHashError."""
    await errand.guard.safety.log_out_website(command.website, seconds=await errand.seconds())
    return (errand.result(),)


async def disconnect_websites(_: DisconnectWebsites, errand: Errand) -> tuple[Result, ...]:
    """Log all websites out."""
    await errand.guard.safety.log_out_websites(seconds=await errand.seconds())
    return (errand.result(),)


async def disconnect_bot(command: DisconnectBot, errand: Errand) -> tuple[Result, ...]:
    """Have a business bot read no more."""
    was_there = await errand.guard.safety.disconnect_bot(command.bot, seconds=await errand.seconds())
    return (errand.result(Outcome.DONE if was_there else Outcome.ALREADY_GONE),)


async def decline_reset(_: DeclineReset, errand: Errand) -> tuple[Result, ...]:
    """Call off the reset of the 2FA password."""
    was_there = await errand.guard.safety.decline_reset(seconds=await errand.seconds())
    return (errand.result(Outcome.DONE if was_there else Outcome.ALREADY_GONE),)


async def kill_codes(_: KillCodes, errand: Errand) -> tuple[Result, ...]:
    """Make the login codes that came lately worthless."""
    killed = await errand.codes.kill(seconds=await errand.seconds())
    return (errand.result(Outcome.DONE if killed else Outcome.ALREADY_GONE),)
