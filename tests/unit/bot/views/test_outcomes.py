"""What came of a press, on whatever was pressed: said once, and fit to be sent."""

from __future__ import annotations

from itertools import product

import pytest
from inline_snapshot import snapshot

from bot.press import Press
from bot.views.buttons import Origin
from bot.views.outcomes import SETTLED, outcome_line, outcome_screen
from core.contract.commands import Outcome, Result
from tests.crowds import LARGEST_ACCOUNT, LONGEST, crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import data_of, fits_telegram, plain, shown

ENDS_ONE = pytest.mark.parametrize(("origin", "outcome"), list(product([Origin.ALERT, Origin.CARD], Outcome)))


def press(origin: Origin, *, confirms: bool = False) -> Press:
    return Press(
        account=ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=origin,
        hashes=("7",),
        sessions=(session(unconfirmed=True),),
        confirms=confirms,
    )


def result(outcome: Outcome) -> Result:
    ended_by = OWNER if outcome is Outcome.DONE else None
    return Result(hash="7", outcome=outcome, at=NOW, ended_by=ended_by, error="X_Y")


@ENDS_ONE
def test_what_settles_it_is_shown_on_the_message_and_decides_nothing_any_more(origin: Origin, outcome: Outcome) -> None:
    screen = outcome_screen(press(origin), [result(outcome)], account_name="Ada")
    assert (screen is not None) is (outcome in SETTLED)
    if screen:
        assert plain(screen).endswith(outcome_line(press(origin), result(outcome)))
        assert data_of(screen) == [f"p:{ACCOUNT}:0"]
        assert "waits for your word" not in plain(screen)
        assert "If this was not you" not in plain(screen)


def test_a_card_whose_session_was_ended() -> None:
    screen = outcome_screen(press(Origin.CARD), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)

<b>Ended by you: 14 Mar 2026, 15:09 UTC.</b>
[All sessions → p:1001:0]\
""")


def test_an_alert_whose_login_was_confirmed() -> None:
    screen = outcome_screen(press(Origin.ALERT, confirms=True), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

<b>You said that it was you: 14 Mar 2026, 15:09 UTC. Telegram was told.</b>
[All sessions → p:1001:0]\
""")


@pytest.mark.parametrize("outcome", Outcome)
def test_of_a_session_that_is_not_known_a_line_tells(outcome: Outcome) -> None:
    bare = Press(account=ACCOUNT, owner=OWNER, message_id=5, origin=Origin.ALERT, hashes=("7",))
    assert outcome_screen(bare, [result(outcome)], account_name="Ada") is None
    assert outcome_line(bare, result(outcome))


@pytest.mark.parametrize(("origin", "outcome"), list(product(Origin, Outcome)))
def test_the_longest_outcome_fits_a_message(origin: Origin, outcome: Outcome) -> None:
    sessions = tuple(s for s in crowd(21).sessions if not s.current)
    longest = Press(
        account=LARGEST_ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=origin,
        hashes=tuple(s.hash for s in sessions),
        sessions=sessions,
    )
    results = [Result(hash=s.hash, outcome=outcome, at=NOW, error="X" * 60) for s in sessions]
    if screen := outcome_screen(longest, results, account_name=LONGEST):
        fits_telegram(screen)
