"""How Doorman fares; where it is blind, it says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.status import is_silent, no_account, status_page
from core.contract.state import Condition, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, statuses
from tests.screens import fits_telegram, plain, shown

WATCHING = WorkerStatus(
    account=ACCOUNT,
    account_name="Ada Lovelace",
    condition=Condition.WATCHING,
    beat_at=NOW - timedelta(seconds=4),
    watching_since=NOW - timedelta(days=1),
    last_roster_at=NOW - timedelta(seconds=70),
    guard_created_at=NOW - timedelta(days=2),
    version="0.1.0",
)


def page(*found: WorkerStatus | None) -> str:
    return shown(status_page([(ACCOUNT, status) for status in found], version="0.1.0", now=NOW))


def test_all_is_well() -> None:
    assert page(WATCHING) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
It may end other sessions.\
""")


def test_a_guard_too_young_to_end_others() -> None:
    assert page(replace(WATCHING, guard_created_at=NOW - timedelta(hours=23))) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
⚠️ It may end other sessions from 14 Mar 2026, 16:09 UTC: Telegram makes new sessions wait 24 hours.\
""")


def test_no_connection() -> None:
    assert page(replace(WATCHING, condition=Condition.UNREACHABLE, detail="ConnectionError")) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ No connection to Telegram: new logins are not seen until it is back.
Telegram's answer: ConnectionError
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
It may end other sessions.\
""")


def test_a_flood_wait() -> None:
    waiting = replace(
        WATCHING, condition=Condition.FLOOD_WAIT, detail="FLOOD_WAIT_60", until=NOW + timedelta(minutes=1)
    )
    assert page(waiting) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ Telegram asked for a pause: until then only its pushes are seen.
Telegram's answer: FLOOD_WAIT_60
Until 14 Mar 2026, 15:10 UTC
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
It may end other sessions.\
""")


def test_a_lost_guard_is_told_however_long_ago_it_was() -> None:
    lost = replace(WATCHING, condition=Condition.GUARD_LOST, beat_at=NOW - timedelta(days=3))
    assert page(lost) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.
That was 11 Mar 2026, 15:09 UTC.\
""")


def test_a_silent_worker() -> None:
    assert page(replace(WATCHING, beat_at=NOW - timedelta(minutes=5))) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ The worker is silent since 14 Mar 2026, 15:04 UTC (5 min ago): new logins are not seen. Check that `userclient` runs.\
""")


def test_a_worker_that_has_not_reported() -> None:
    assert page(None) == snapshot("""\
<b>Doorman</b> 0.1.0

<b>Account 1001</b>
⚠️ Its worker has not reported yet.\
""")


def test_no_account_yet() -> None:
    assert page() == snapshot("""\
<b>Doorman</b> 0.1.0

Doorman watches no account yet. Run `doorman login` where Doorman runs.\
""")
    assert shown(no_account()) == snapshot("Doorman watches no account yet. Run `doorman login` where Doorman runs.")


def test_every_account_has_its_paragraph() -> None:
    other = replace(WATCHING, account_name="Bob")
    assert page(WATCHING, other).count("✅ Watching.") == 2


@pytest.mark.parametrize(("seconds", "silent"), [(0, False), (30, False), (31, True), (-5, False)])
def test_a_worker_is_silent_after_three_missed_heartbeats(seconds: int, silent: bool) -> None:
    status = replace(WATCHING, beat_at=NOW - timedelta(seconds=seconds))
    assert is_silent(status, now=NOW) is silent
    assert ("silent" in page(status)) is silent


@given(st.lists(st.none() | statuses, max_size=3))
def test_any_status_can_be_shown(found: list[WorkerStatus | None]) -> None:
    screen = status_page([(ACCOUNT, status) for status in found], version="0.1.0", now=NOW)
    fits_telegram(screen)
    if not found:
        assert "doorman login" in plain(screen)
