"""How Doorman fares: what it watches, since when, and where it is blind."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram.utils.formatting import Bold, Text

from bot.views.screen import Screen
from bot.views.wording import ago, cleaned, moment, named
from core.contract.state import Condition, WorkerStatus
from core.domain.sessions import MAY_END_OTHERS_AFTER

SILENT_AFTER = timedelta(seconds=30)  # three missed heartbeats
CONDITIONS = {
    Condition.WATCHING: "✅ Watching.",
    Condition.UNREACHABLE: "⚠️ No connection to Telegram: new logins are not seen until it is back.",
    Condition.FLOOD_WAIT: "⚠️ Telegram asked for a pause: until then only its pushes are seen.",
    Condition.GUARD_LOST: "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.",
    Condition.STOPPED: "⚠️ The worker was stopped: new logins are not seen until it runs again.",
}
#: The worker's last words: no heartbeat is to be expected after them.
ENDED = frozenset({Condition.GUARD_LOST, Condition.STOPPED})
NO_ACCOUNT = "Doorman watches no account yet. Run `doorman login` where Doorman runs."


def no_account() -> Screen:
    """There is nothing to look at yet."""
    return Screen(text=Text(NO_ACCOUNT))


def why_unwatched(status: WorkerStatus | None, *, now: datetime) -> str:
    """Why it is of no use to ask the worker; "" if it is."""
    if status is None or (status.condition not in ENDED and not is_silent(status, now=now)):
        return ""
    if status.condition in ENDED:
        return CONDITIONS[status.condition]
    return f"⚠️ Doorman's worker is silent since {moment(status.beat_at)}. Check that `userclient` runs."


def is_silent(status: WorkerStatus, *, now: datetime) -> bool:
    """Whether the worker has missed its heartbeats."""
    return now - status.beat_at > SILENT_AFTER


def status_page(statuses: list[tuple[int, WorkerStatus | None]], *, version: str, now: datetime) -> Screen:
    """All accounts, a paragraph each; None is an account whose worker has never reported."""
    nodes = [_paragraph(account, status, now=now) for account, status in statuses] or [Text(NO_ACCOUNT)]
    return Screen(text=Text(Bold("Doorman"), f" {version}", *nodes if statuses else ("\n\n", *nodes)))


def _paragraph(account: int, status: WorkerStatus | None, *, now: datetime) -> Text:
    if status is None:
        return Text("\n\n", Bold(f"Account {account}"), "\n⚠️ Its worker has not reported yet.")
    head = Text("\n\n", named(status.account_name), "\n")
    if is_silent(status, now=now) and status.condition not in ENDED:
        return Text(
            head,
            f"⚠️ The worker is silent since {moment(status.beat_at)} ({ago(status.beat_at, now=now)}): "
            "new logins are not seen. Check that `userclient` runs.",
        )
    lines = [CONDITIONS[status.condition]]
    if status.condition in ENDED:
        return Text(head, "\n".join([*lines, f"That was {moment(status.beat_at)}."]))
    lines += [f"Telegram's answer: {cleaned(status.detail)}"] if status.detail else []
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
