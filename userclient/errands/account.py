"""Errands that concern the whole account: its limit for idle sessions, websites, business bots, 2FA, login codes.

What was done is published at once, with who had it done, and is no news to the next look. A worker that dies before
that leaves it to the next look, which tells everybody and can't say who.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from core.contract.account_events import AccountAltered, TtlChanged
from core.contract.commands import DeclineReset, DisconnectBot, DisconnectWebsite, DisconnectWebsites, KillCodes, SetTtl
from core.contract.replies import Outcome, Result
from core.domain.account_state import AccountState, account_changes
from core.domain.chronicle import of_account, of_ttl
from core.domain.history import Entry, Kind
from userclient.errands.errand import Errand


async def set_ttl(command: SetTtl, errand: Errand) -> tuple[Result, ...]:
    """Have idle sessions end after so many days."""
    async with errand.deeds.turn:
        await errand.guard.safety.set_ttl(command.days, seconds=await errand.seconds())
        before = await errand.deeds.before()
        old, new, at, by = before.roster.ttl_days, command.days, errand.now, errand.by
        if old != new:
            event = TtlChanged(account=before.roster.account, at=at, before=old, after=new, by=by)
            roster = replace(before.roster, ttl_days=new)
            await errand.deeds.write(before, event, history=[of_ttl(old, new, at=at, by=by)], roster=roster)
    return (errand.result(),)


async def disconnect_website(command: DisconnectWebsite, errand: Errand) -> tuple[Result, ...]:
    """Log one website out. Raises UnknownHashError."""

    def without_it(state: AccountState) -> AccountState:
        return replace(state, websites=tuple(w for w in state.websites or () if w.hash != command.website))

    async with errand.deeds.turn:
        await errand.guard.safety.log_out_website(command.website, seconds=await errand.seconds())
        await _publish(errand, without_it)
    return (errand.result(),)


async def disconnect_websites(_: DisconnectWebsites, errand: Errand) -> tuple[Result, ...]:
    """Log all websites out."""
    async with errand.deeds.turn:
        await errand.guard.safety.log_out_websites(seconds=await errand.seconds())
        await _publish(errand, lambda state: replace(state, websites=()))
    return (errand.result(),)


async def disconnect_bot(command: DisconnectBot, errand: Errand) -> tuple[Result, ...]:
    """Have a business bot read no more."""

    def without_it(state: AccountState) -> AccountState:
        return replace(state, bots=tuple(bot for bot in state.bots or () if bot.id != command.bot))

    async with errand.deeds.turn:
        was_there = await errand.guard.safety.disconnect_bot(command.bot, seconds=await errand.seconds())
        if was_there:
            await _publish(errand, without_it)
    return (errand.result(Outcome.DONE if was_there else Outcome.ALREADY_GONE),)


async def decline_reset(_: DeclineReset, errand: Errand) -> tuple[Result, ...]:
    """Call off the reset of the 2FA password."""
    async with errand.deeds.turn:
        was_there = await errand.guard.safety.decline_reset(seconds=await errand.seconds())
        if was_there:
            await _publish(errand, lambda state: replace(state, reset_at=None))
    return (errand.result(Outcome.DONE if was_there else Outcome.ALREADY_GONE),)


async def _publish(errand: Errand, done: Callable[[AccountState], AccountState]) -> None:
    """Tell what that changed, as far as the last checkup knew of it; in the turn in which it was done."""
    before = await errand.deeds.before()
    if (known := before.account_state) is None:
        return
    state = done(known)
    if changes := account_changes(known, state):
        account, at, by = before.roster.account, errand.now, errand.by
        event = AccountAltered(account=account, at=at, changes=changes, state=state, by=by)
        await errand.deeds.write(before, event, history=of_account(changes, at=at, by=by), account_state=state)


async def kill_codes(_: KillCodes, errand: Errand) -> tuple[Result, ...]:
    """Make the login codes that came lately worthless."""
    seconds = await errand.seconds()
    at = errand.now  # one that comes while these are killed is not among them
    killed = await errand.codes.kill(seconds=seconds)
    if killed:
        async with errand.deeds.turn:
            entry = Entry(at=at, kind=Kind.CODES_KILLED, by=errand.by)
            await errand.deeds.write(await errand.deeds.before(), history=[entry])
    return (errand.result(Outcome.DONE if killed else Outcome.ALREADY_GONE),)
