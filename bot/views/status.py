"""How Doorman fares: what it watches, since when, and where it is blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from aiogram.utils.formatting import Bold, Text

from bot.views.expecting import expectations
from bot.views.locking import lock_line
from bot.views.losses import why_lost
from bot.views.screen import Screen
from bot.views.wording import ago, cleaned, moment, named
from core.contract.state import Condition, Pulse, Room, WorkerStatus
from core.domain.awaited import Wanted
from core.domain.preferences import Preferences
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
    Condition.STOPPED: "⚠️ The worker was stopped: new logins are not seen until it runs again.",
}
#: Why a checkup fails, while the sessions can be watched.
UNCHECKED: Mapping[Condition, str] = {
    Condition.UNREACHABLE: "Telegram does not answer that",
    Condition.FLOOD_WAIT: "Telegram asked for a pause",
    Condition.FROZEN: "Telegram has frozen this account",
    Condition.REFUSED: "Telegram refuses to tell",
}
FAULT = "of a fault in Doorman: its log says which"
#: A single look that fails is made up for by the next.
UNCHECKED_LONG = timedelta(minutes=5)
UNREAD = (
    "⚠️ Telegram's own chat can't be read since {since}: login codes that come while Doorman has no connection are not "
    "told."
)
NO_ACCOUNT = "Doorman watches no account yet. Run `doorman login` where Doorman runs."
REDIS_FULL = "⚠️ Doorman's Redis is full and takes nothing more: give it more memory, or make room."
NONE_SET: Mapping[int, Preferences] = MappingProxyType({})
NONE_WANTED: Mapping[int, Sequence[Wanted]] = MappingProxyType({})
NO_CODES = "⚠️ You have no one-time codes yet, which protected actions need: run `doorman enroll` where Doorman runs."
EVICTION = (
    "⚠️ When it is full, this Redis may drop what Doorman keeps in it ({policy}): alerts could be lost. "
    "Set its maxmemory-policy to noeviction."
)


def no_account() -> Screen:
    """There is nothing to look at yet."""
    return Screen(text=Text(NO_ACCOUNT))


def condition_of(status: WorkerStatus, *, briefly: bool = False) -> str:
    """How the worker fares; briefly enough for a passing notice."""
    if status.condition is Condition.GUARD_LOST:
        return why_lost(status.detail, briefly=briefly)
    return CONDITIONS[status.condition]


def why_unwatched(pulse: Pulse | None, *, briefly: bool = False) -> str:
    """Why it is of no use to ask the worker; "" if it is."""
    if pulse is None or pulse.is_alive:
        return ""
    if pulse.has_ended:
        return condition_of(pulse.status, briefly=briefly)
    return f"⚠️ Doorman's worker is silent since {moment(pulse.beat_at)}. Check that `userclient` runs."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStanding:
    """How a way to be told beside the chat fares: since when it takes nothing, and why; None where it is well, as far
    as is known.
    """

    name: str
    failing_since: datetime | None = None
    why: str = ""


def status_page(
    pulses: list[tuple[int, Pulse | None]],
    *,
    version: str,
    room: Room,
    channels: Sequence[ChannelStanding] = (),
    preferences: Mapping[int, Preferences] = NONE_SET,
    wanted: Mapping[int, Sequence[Wanted]] = NONE_WANTED,
    lacks_codes: bool = False,
    now: datetime,
) -> Screen:
    """All accounts, a paragraph each; None is an account whose worker has never reported. `wanted` are the endings that
    wait for Telegram to allow them; `lacks_codes` is whether the owner is asked for codes and has none.
    """
    nodes = [
        Text(
            _paragraph(account, pulse, now=now),
            *_expected(preferences.get(account), now=now),
            _waiting(wanted.get(account, ()), now=now),
        )
        for account, pulse in pulses
    ] or [Text("\n\n", NO_ACCOUNT)]
    if channels:
        nodes += [Text("\n\n", Bold("Told as well")), *[Text("\n", _channel(each)) for each in channels]]
    warnings = [REDIS_FULL] if room.is_full else []
    warnings += [NO_CODES] if lacks_codes else []
    warnings += [EVICTION.format(policy=room.policy)] if room.drops_lasting_keys else []
    return Screen(text=Text(Bold("Doorman"), f" {version}", *[f"\n\n{warning}" for warning in warnings], *nodes))


def _expected(preferences: Preferences | None, *, now: datetime) -> list[str]:
    if preferences is None:
        return []
    lock = lock_line(preferences, now=now)
    return [f"\n{lock}"] * bool(lock) + [f"\n{line}." for line in expectations(preferences, now=now)]


def _waiting(wanted: Sequence[Wanted], *, now: datetime) -> str:
    if not wanted:
        return ""
    what = "1 session is" if len(wanted) == 1 else f"{len(wanted)} sessions are"
    allowed_from = min(each.allowed_from for each in wanted)
    when = f"from {moment(allowed_from)} on" if allowed_from > now else "as soon as Telegram allows it"
    return f"\n⏳ {what} to be ended {when}, as asked."


def _channel(channel: ChannelStanding) -> Text:
    name = named(channel.name)
    if channel.failing_since is None:
        return Text("✅ ", name)
    since, why = moment(channel.failing_since), cleaned(channel.why, most=200)
    return Text("⚠️ ", name, f": takes nothing since {since}: {why}. Doorman goes on trying.")


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
        what, line_end, to_do = condition_of(status).partition("\n")
        return Text(head, f"{what}\nThat was {moment(pulse.beat_at)}.{line_end}{to_do}")
    if pulse.is_silent:
        return Text(
            head,
            f"⚠️ The worker is silent since {moment(pulse.beat_at)} ({ago(pulse.beat_at, now=pulse.felt_at)}): "
            "new logins are not seen. Check that `userclient` runs.",
        )
    lines = [condition_of(status)]
    lines += [detail_of(status)] if status.detail else []
    lines += [f"Until {moment(status.until)}"] if status.until else []
    lines += [f"Running since {moment(status.watching_since)}"]
    is_watching = status.condition is Condition.WATCHING
    if fetched := status.last_roster_at:
        lines += [f"Sessions last fetched {ago(fetched, now=now) if is_watching else moment(fetched)}"]
    lines += [_unchecked(status)] if is_watching and _is_long(status.unchecked_since, now=now) else []
    unread = status.codes_unread_since
    lines += [UNREAD.format(since=moment(unread))] if unread and is_watching and _is_long(unread, now=now) else []
    lines += [_may_end(status.guard_created_at, now=now)] if is_watching and status.guard_created_at else []
    return Text(head, "\n".join(lines))


def _is_long(since: datetime | None, *, now: datetime) -> bool:
    return since is not None and now - since >= UNCHECKED_LONG


def _unchecked(status: WorkerStatus) -> str:
    last = f"was last checked {moment(status.checked_at)}; it " if status.checked_at else ""
    since = moment(status.unchecked_since) if status.unchecked_since else ""
    why = UNCHECKED.get(status.checkup_trouble, FAULT) if status.checkup_trouble else FAULT
    return f"⚠️ The account's safety {last}can't be checked since {since}, because {why}."


def _may_end(guard_created_at: datetime, *, now: datetime) -> str:
    allowed_from = guard_created_at + MAY_END_OTHERS_AFTER
    if now >= allowed_from:
        return "It may end other sessions."
    return f"⚠️ It may end other sessions from {moment(allowed_from)}: Telegram makes new sessions wait 24 hours."
