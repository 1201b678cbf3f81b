"""How Doorman fares: what it watches, since when, and where it is blind."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.screen import Screen
from bot.views.wording import ago, cleaned, moment, named
from core.contract.state import Condition, Pulse, Room, WorkerStatus
from core.domain.sessions import MAY_END_OTHERS_AFTER

CONDITIONS = {
    Condition.WATCHING: "✅ Watching.",
    Condition.UNREACHABLE: "⚠️ No connection to Telegram: new logins are not seen until it is back.",
    Condition.FLOOD_WAIT: "⚠️ Telegram asked for a pause: until then most new logins are still told, nothing else.",
    Condition.FROZEN: "⚠️ Telegram has frozen this account and refuses what Doorman asks. "
    "Open Telegram on your phone: it says why, and how to appeal.",
    Condition.REFUSED: "⚠️ Telegram refuses to list the sessions: new logins may not be seen.",
    Condition.INCOMPLETE: "⚠️ Telegram's lists of sessions are incomplete just now: most new logins are still told, "
    "nothing else.",
    Condition.GUARD_LOST: "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.",
    Condition.STOPPED: "⚠️ The worker was stopped: new logins are not seen until it runs again.",
}
NO_ACCOUNT = "Doorman watches no account yet. Run `doorman login` where Doorman runs."
REDIS_FULL = "⚠️ Doorman's Redis is full and takes nothing more: give it more memory, or make room."
EVICTION = (
    "⚠️ When it is full, this Redis may drop what Doorman keeps in it ({policy}): alerts could be lost. "
    "Set its maxmemory-policy to noeviction."
)


def no_account() -> Screen:
    """There is nothing to look at yet."""
    return Screen(text=Text(NO_ACCOUNT))


def why_unwatched(pulse: Pulse | None) -> str:
    """Why it is of no use to ask the worker; "" if it is."""
    if pulse is None or pulse.is_alive:
        return ""
    if pulse.has_ended:
        return CONDITIONS[pulse.status.condition]
    return f"⚠️ Doorman's worker is silent since {moment(pulse.beat_at)}. Check that `userclient` runs."


def status_page(pulses: list[tuple[int, Pulse | None]], *, version: str, room: Room, now: datetime) -> Screen:
    """All accounts, a paragraph each; None is an account whose worker has never reported."""
    nodes = [_paragraph(account, pulse, now=now) for account, pulse in pulses] or [Text("\n\n", NO_ACCOUNT)]
    warnings = [REDIS_FULL] if room.is_full else []
    warnings += [EVICTION.format(policy=room.policy)] if room.drops_lasting_keys else []
    return Screen(text=Text(Bold("Doorman"), f" {version}", *[f"\n\n{warning}" for warning in warnings], *nodes))


def detail_of(status: WorkerStatus) -> str:
    """The trouble by its technical name, for whoever looks it up."""
    whose = "Error" if status.condition is Condition.UNREACHABLE else "Telegram's answer"
    return f"{whose}: {cleaned(status.detail)}"


def _paragraph(account: int, pulse: Pulse | None, *, now: datetime) -> Text:
    if pulse is None:
        return Text("\n\n", Bold(f"Account {account}"), "\n⚠️ Its worker has not reported yet.")
    status = pulse.status
    head = Text("\n\n", named(status.account_name or str(account)), "\n")
    if pulse.has_ended:
        return Text(head, f"{CONDITIONS[status.condition]}\nThat was {moment(pulse.beat_at)}.")
    if pulse.is_silent:
        return Text(
            head,
            f"⚠️ The worker is silent since {moment(pulse.beat_at)} ({ago(pulse.beat_at, now=pulse.felt_at)}): "
            "new logins are not seen. Check that `userclient` runs.",
        )
    lines = [CONDITIONS[status.condition]]
    lines += [detail_of(status)] if status.detail else []
    lines += [f"Until {moment(status.until)}"] if status.until else []
    lines += [f"Running since {moment(status.watching_since)}"]
    lines += [f"Sessions last fetched {ago(status.last_roster_at, now=now)}"] if status.last_roster_at else []
    lines += [_may_end(status.guard_created_at, now=now)] if status.guard_created_at else []
    return Text(head, "\n".join(lines))


def _may_end(guard_created_at: datetime, *, now: datetime) -> str:
    allowed_from = guard_created_at + MAY_END_OTHERS_AFTER
    if now >= allowed_from:
        return "It may end other sessions."
    return f"⚠️ It may end other sessions from {moment(allowed_from)}: Telegram makes new sessions wait 24 hours."
