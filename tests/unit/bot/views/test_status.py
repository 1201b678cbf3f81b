"""How Doorman fares; where it is blind, it says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.status import ChannelStanding, no_account, status_page, why_unwatched
from core.contract.state import Condition, Pulse, Room, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, statuses
from tests.screens import fits_telegram, plain, shown

WATCHING = WorkerStatus(
    account=ACCOUNT,
    account_name="Ada Lovelace",
    condition=Condition.WATCHING,
    watching_since=NOW - timedelta(days=1),
    last_roster_at=NOW - timedelta(seconds=70),
    guard_created_at=NOW - timedelta(days=2),
    version="0.1.0",
)


JUST_NOW = timedelta(seconds=4)


def pulse(status: WorkerStatus = WATCHING, beat: timedelta = JUST_NOW) -> Pulse:
    """Of a worker that beat so long ago."""
    return Pulse(status=status, beat_at=NOW - beat, felt_at=NOW)


def page(*found: WorkerStatus | Pulse | None, policy: str = "noeviction", full: bool = False) -> str:
    pulses = [(ACCOUNT, pulse(each) if isinstance(each, WorkerStatus) else each) for each in found]
    return shown(status_page(pulses, version="0.1.0", room=Room(policy=policy, is_full=full), now=NOW))


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
Error: ConnectionError
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 14 Mar 2026, 15:08 UTC\
""")


def test_a_flood_wait() -> None:
    waiting = replace(
        WATCHING, condition=Condition.FLOOD_WAIT, detail="FLOOD_WAIT_60", until=NOW + timedelta(minutes=1)
    )
    assert page(waiting) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ Telegram asked for a pause: until then most new logins are still told, nothing else.
Telegram's answer: FLOOD_WAIT_60
Until 14 Mar 2026, 15:10 UTC
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 14 Mar 2026, 15:08 UTC\
""")


def test_a_lost_guard_is_told_however_long_ago_it_was() -> None:
    lost = replace(WATCHING, condition=Condition.GUARD_LOST)
    assert page(pulse(lost, timedelta(days=3))) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.
That was 11 Mar 2026, 15:09 UTC.\
""")


def test_a_lost_guard_is_told_with_what_happened_and_what_to_do() -> None:
    banned = replace(WATCHING, condition=Condition.GUARD_LOST, detail="USER_DEACTIVATED_BAN")
    assert page(pulse(banned, timedelta(days=3))) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ Telegram has banned the account.
That was 11 Mar 2026, 15:09 UTC.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""")
    assert why_unwatched(pulse(banned)) == snapshot("""\
⚠️ Telegram has banned the account.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""")
    assert why_unwatched(pulse(banned), briefly=True) == snapshot(
        "⚠️ Telegram has banned the account. /status says what to do now."
    )


@pytest.mark.parametrize("condition", [Condition.FLOOD_WAIT, Condition.FROZEN, Condition.INCOMPLETE])
def test_in_trouble_nothing_is_promised_and_the_last_look_has_its_time(condition: Condition) -> None:
    said = page(replace(WATCHING, condition=condition))
    assert "may end" not in said
    assert "Sessions last fetched 14 Mar 2026, 15:08 UTC" in said


UNCHECKED = replace(
    WATCHING,
    checked_at=NOW - timedelta(hours=3),
    unchecked_since=NOW - timedelta(hours=2),
    checkup_trouble=Condition.REFUSED,
)


def test_a_checkup_that_fails_for_long_is_told() -> None:
    assert page(UNCHECKED) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
⚠️ The account's safety was last checked 14 Mar 2026, 12:09 UTC; it can't be checked since 14 Mar 2026, 13:09 UTC, because Telegram refuses to tell.
It may end other sessions.\
""")


def test_a_checkup_that_never_went_well_and_fails_for_a_fault_of_ours() -> None:
    assert page(replace(UNCHECKED, checked_at=None, checkup_trouble=None)) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
⚠️ The account's safety can't be checked since 14 Mar 2026, 13:09 UTC, because of a fault in Doorman: its log says which.
It may end other sessions.\
""")


@pytest.mark.parametrize("trouble", [Condition.UNREACHABLE, Condition.FLOOD_WAIT, Condition.FROZEN, Condition.REFUSED])
def test_why_a_checkup_fails_is_told_in_words_of_its_own(trouble: Condition) -> None:
    said = page(replace(UNCHECKED, checkup_trouble=trouble))
    assert "a fault in Doorman" not in said
    assert said not in {page(replace(UNCHECKED, checkup_trouble=other)) for other in Condition if other is not trouble}


@pytest.mark.parametrize(("minutes", "is_told"), [(4, False), (5, True)])
def test_a_checkup_that_fails_for_a_moment_is_not_told(minutes: int, is_told: bool) -> None:
    assert ("safety" in page(replace(UNCHECKED, unchecked_since=NOW - timedelta(minutes=minutes)))) is is_told


@pytest.mark.parametrize("condition", [each for each in Condition if each is not Condition.WATCHING])
def test_where_nothing_goes_that_the_checkup_fails_too_is_not_told(condition: Condition) -> None:
    assert "safety" not in page(replace(UNCHECKED, condition=condition))


UNREAD = replace(WATCHING, codes_unread_since=NOW - timedelta(minutes=5))


def test_that_missed_codes_cannot_be_read_for_long_is_told() -> None:
    said = "⚠️ Telegram's own chat can't be read since 14 Mar 2026, 15:04 UTC: login codes that come while"
    assert said in page(UNREAD)
    assert said not in page(replace(UNREAD, codes_unread_since=NOW - timedelta(minutes=4)))
    assert said not in page(replace(UNREAD, condition=Condition.UNREACHABLE))  # that says more


def test_a_silent_worker() -> None:
    assert page(pulse(beat=timedelta(minutes=5))) == snapshot("""\
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


@pytest.mark.parametrize("condition", Condition)
def test_every_condition_is_told_in_words_of_its_own(condition: Condition) -> None:
    others = {page(replace(WATCHING, condition=other)) for other in Condition if other is not condition}
    said = page(replace(WATCHING, condition=condition))
    assert said not in others
    assert ("✅ Watching." in said) is (condition is Condition.WATCHING)


def test_a_worker_that_was_stopped() -> None:
    stopped = replace(WATCHING, condition=Condition.STOPPED)
    assert page(pulse(stopped, timedelta(hours=2))) == snapshot("""\
<b>Doorman</b> 0.1.0

<code>⟦Ada Lovelace⟧</code>
⚠️ The worker was stopped: new logins are not seen until it runs again.
That was 14 Mar 2026, 13:09 UTC.\
""")


@pytest.mark.parametrize(("seconds", "silent"), [(0, False), (30, False), (31, True), (-5, False)])
def test_a_worker_is_silent_after_three_missed_heartbeats(seconds: int, silent: bool) -> None:
    felt = pulse(beat=timedelta(seconds=seconds))
    assert ("silent" in page(felt)) is silent
    assert ("silent" in why_unwatched(felt)) is silent


def test_a_worker_that_nothing_is_known_of_is_asked() -> None:
    assert why_unwatched(None) == ""


@pytest.mark.parametrize("beat", [JUST_NOW, timedelta(days=1)])
def test_a_worker_that_ended_is_not_asked_and_the_reason_is_its_own(beat: timedelta) -> None:
    said = {
        c: why_unwatched(pulse(replace(WATCHING, condition=c), beat)) for c in (Condition.STOPPED, Condition.GUARD_LOST)
    }
    assert said == snapshot(
        {
            Condition.STOPPED: "⚠️ The worker was stopped: new logins are not seen until it runs again.",
            Condition.GUARD_LOST: "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.",
        }
    )


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-random", "allkeys-lfu"])
def test_a_redis_that_may_drop_anything_is_warned_of(policy: str) -> None:
    assert policy in page(WATCHING, policy=policy)
    assert "noeviction" in page(WATCHING, policy=policy)


@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru", ""])
def test_a_redis_that_keeps_what_has_no_end_is_not_warned_of(policy: str) -> None:
    assert "⚠️" not in page(WATCHING, policy=policy)


def test_a_redis_that_may_drop_anything() -> None:
    assert page(WATCHING, policy="allkeys-lru") == snapshot("""\
<b>Doorman</b> 0.1.0

⚠️ When it is full, this Redis may drop what Doorman keeps in it (allkeys-lru): alerts could be lost. Set its maxmemory-policy to noeviction.

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
It may end other sessions.\
""")


def test_every_way_to_be_told_beside_the_chat_and_why_one_fails() -> None:
    channels = [
        ChannelStanding(name="ntfy (ntfy.sh)"),
        ChannelStanding(name="E-Mail", failing_since=NOW, why="it refuses the password or token (HTTP status 401)"),
    ]
    room = Room(policy="noeviction", is_full=False)
    told = shown(status_page([], version="0.1.0", room=room, channels=channels, now=NOW))
    assert told.partition("<b>Told as well</b>")[2] == snapshot("""\

✅ <code>⟦ntfy (ntfy.sh)⟧</code>
⚠️ <code>⟦E-Mail⟧</code>: takes nothing since 14 Mar 2026, 15:09 UTC: it refuses the password or token (HTTP status 401). Doorman goes on trying.\
""")


def test_a_full_redis() -> None:
    assert page(WATCHING, full=True) == snapshot("""\
<b>Doorman</b> 0.1.0

⚠️ Doorman's Redis is full and takes nothing more: give it more memory, or make room.

<code>⟦Ada Lovelace⟧</code>
✅ Watching.
Running since 13 Mar 2026, 15:09 UTC
Sessions last fetched 1 min ago
It may end other sessions.\
""")


@given(st.lists(st.none() | statuses, max_size=3), st.timedeltas(timedelta(days=-1), timedelta(days=400)))
def test_any_status_can_be_shown(found: list[WorkerStatus | None], beat: timedelta) -> None:
    pulses = [(ACCOUNT, pulse(status, beat) if status else None) for status in found]
    screen = status_page(pulses, version="0.1.0", room=Room(policy="allkeys-lru", is_full=True), now=NOW)
    fits_telegram(screen)
    if not found:
        assert "doorman login" in plain(screen)
