"""That Doorman is blind, why, and that it sees again: each in a few calm words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views import blindness
from core.contract.state import LAST_WORDS, Condition, Pulse, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, statuses
from tests.screens import fits_telegram, plain, shown

WATCHING = WorkerStatus(account=ACCOUNT, account_name="Ada", condition=Condition.WATCHING, watching_since=NOW)


def blind(pulse: Pulse | None, *, full: bool = False) -> str:
    return shown(blindness.blind(pulse, account_name="Ada", redis_is_full=full))


def beating(status: WorkerStatus, *, seconds: float = 3) -> Pulse:
    """A worker whose heart beat so long ago."""
    return Pulse(status=status, beat_at=NOW - timedelta(seconds=seconds), felt_at=NOW)


def test_a_worker_that_never_reported() -> None:
    assert blind(None) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

Nobody has reported of it. Check that `userclient` runs; if its log says that it waits for a login, its session was lost with Redis's data: run `doorman login` where Doorman runs.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_a_silent_worker() -> None:
    assert blind(beating(WATCHING, seconds=120)) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

The worker is silent since 14 Mar 2026, 15:07 UTC. Check that `userclient` runs, and its log.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_a_worker_that_was_stopped() -> None:
    assert blind(beating(replace(WATCHING, condition=Condition.STOPPED), seconds=120)) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

The worker was stopped: new logins are not seen until it runs again.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_no_connection_to_telegram() -> None:
    assert blind(beating(replace(WATCHING, condition=Condition.UNREACHABLE, detail="TimeoutError"))) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

No connection to Telegram: new logins are not seen until it is back.
Error: TimeoutError

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_a_pause_that_telegram_asked_for() -> None:
    until = NOW + timedelta(minutes=7)
    waiting = replace(WATCHING, condition=Condition.FLOOD_WAIT, detail="FLOOD_WAIT_420", until=until)
    assert blind(beating(waiting)) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

Telegram asked for a pause: until then most new logins are still told, nothing else.
Telegram's answer: FLOOD_WAIT_420
Until 14 Mar 2026, 15:16 UTC

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_a_frozen_account() -> None:
    assert blind(beating(replace(WATCHING, condition=Condition.FROZEN))) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

Telegram has frozen this account and refuses what Doorman asks. Open Telegram on your phone: it says why, and how to appeal.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")


def test_a_full_redis_is_named_in_place_of_the_silence_it_makes() -> None:
    assert blind(beating(WATCHING, seconds=120), full=True) == snapshot("""\
<b>⚠️ Doorman is blind: </b><code>⟦Ada⟧</code>

Doorman's Redis is full and takes nothing more: give it more memory, or make room.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")
    assert blind(None, full=True) == blind(beating(WATCHING, seconds=120), full=True)


@pytest.mark.parametrize("condition", [each for each in Condition if each not in LAST_WORDS])
def test_a_silent_worker_is_called_silent_whatever_ailed_it_before(condition: Condition) -> None:
    assert "silent since" in blind(beating(replace(WATCHING, condition=condition), seconds=120))


def test_it_sees_again() -> None:
    assert shown(blindness.sees_again(ACCOUNT, account_name="Ada")) == snapshot("""\
<b>✅ Doorman watches again: </b><code>⟦Ada⟧</code>

What happened meanwhile is told here as well.
[All sessions → l:1001]\
""")


def test_redis_is_gone_and_back() -> None:
    assert shown(blindness.redis_gone()) == snapshot("""\
<b>⚠️ Doorman is blind: </b>its Redis can't be reached

Check that it runs, and REDIS_URL.

Until Doorman sees again you may not be told of new logins; that it does is told here.\
""")
    assert shown(blindness.redis_back()) == snapshot("""\
<b>✅ Doorman's Redis is back.</b>

What happened meanwhile is told here as well.\
""")


def test_another_program_on_the_bots_token() -> None:
    assert shown(blindness.rival()) == snapshot("""\
<b>⚠️ Another program uses this bot's token</b>

It may get your presses in Doorman's place. If no second Doorman of yours is running, somebody else has the token: send /revoke to @BotFather and give Doorman the new one as BOT_TOKEN.\
""")
    assert shown(blindness.rival_gone()) == snapshot("<b>✅ No other program uses this bot's token any more.</b>")


@given(st.none() | statuses, st.timedeltas(timedelta(days=-1), timedelta(days=400)), st.booleans())
def test_any_blindness_can_be_told(status: WorkerStatus | None, beat: timedelta, full: bool) -> None:
    pulse = Pulse(status=status, beat_at=NOW - beat, felt_at=NOW) if status else None
    screen = blindness.blind(pulse, account_name="Ada", redis_is_full=full)
    fits_telegram(screen)
    assert plain(screen).startswith("⚠️ Doorman is blind: ")
    assert plain(screen).count("⚠️") == 1
