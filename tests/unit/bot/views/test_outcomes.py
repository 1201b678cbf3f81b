"""What came of a press, on whatever was pressed: said once, and fit to be sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from inline_snapshot import snapshot

from bot.press import Press
from bot.views.answers import NOT_YOURS
from bot.views.buttons import Origin, card_keyboard
from bot.views.outcomes import SETTLED, left_undone, line_screen, outcome_line, outcome_screen
from core.contract.commands import Outcome, Result
from core.domain.standing import Deed
from tests.crowds import LARGEST_ACCOUNT, LONGEST, crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import data_of, fits_telegram, plain, rows, shown

ON_ONE = [Origin.ALERT, Origin.CARD, Origin.TRUSTED_CARD]
ENDS_ONE = pytest.mark.parametrize(("origin", "outcome"), list(product(ON_ONE, Outcome)))
JUDGES = pytest.mark.parametrize("deed", [Deed.TRUST, Deed.DISTRUST])


def press(origin: Origin, deed: Deed | None = None) -> Press:
    return Press(
        account=ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=origin,
        hashes=("7",),
        sessions=(session(unconfirmed=True),),
        deed=deed or (Deed.END_OTHERS if origin is Origin.LIST else Deed.END),
    )


def result(outcome: Outcome) -> Result:
    ended_by = OWNER if outcome is Outcome.DONE else None
    return Result(hash="7", outcome=outcome, at=NOW, ended_by=ended_by, error="X_Y")


@ENDS_ONE
def test_what_settles_it_is_shown_on_the_message_and_decides_nothing_any_more(origin: Origin, outcome: Outcome) -> None:
    screen = outcome_screen(press(origin), [result(outcome)], account_name="Ada")
    assert (screen is not None) is (outcome in SETTLED)
    if screen:
        line = outcome_line(press(origin), result(outcome))
        advised = origin is Origin.ALERT and outcome is Outcome.DONE
        assert plain(screen).endswith(f"{line}\n\n{NOT_YOURS}" if advised else line)
        assert data_of(screen) == [f"l:{ACCOUNT}"]
        assert "waits for your word" not in plain(screen)
        assert "If this was not you" not in plain(screen)


def test_a_card_whose_session_was_ended() -> None:
    screen = outcome_screen(press(Origin.CARD), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)

<b>Ended by you: 14 Mar 2026, 15:09 UTC.</b>
[All sessions → l:1001]\
""")


def test_an_alert_whose_login_was_ended_keeps_the_advice() -> None:
    screen = outcome_screen(press(Origin.ALERT), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

<b>Ended by you: 14 Mar 2026, 15:09 UTC.</b>

If that login was not yours, change your 2FA password now.
[All sessions → l:1001]\
""")


def test_a_line_of_its_own_names_the_device_first() -> None:
    one = replace(press(Origin.CARD), sessions=(session(device_model="<b>Nokia"),))
    several = replace(press(Origin.LIST), hashes=("7", "8", "9"))
    unknown = replace(press(Origin.CARD), sessions=())
    assert [shown(line_screen(each, "It is so.")) for each in (one, several, unknown)] == snapshot(
        [
            """\
<code>⟦&lt;b&gt;Nokia⟧</code>
It is so.\
""",
            """\
<code>⟦Pixel 9⟧</code> and 2 more
It is so.\
""",
            "It is so.",
        ]
    )
    assert plain(line_screen(unknown, "It is so.", session=session())) == "\u2068Pixel 9\u2069\nIt is so."


def test_what_was_left_undone() -> None:
    assert {deed.name: left_undone(press(Origin.CARD, deed)) for deed in Deed} == snapshot(
        {
            "END": "Nothing was ended.",
            "END_OTHERS": "Nothing was ended.",
            "CONFIRM": "Telegram was not told that it was you.",
            "TRUST": "Nothing was changed.",
            "DISTRUST": "Nothing was changed.",
        }
    )


def test_an_alert_whose_login_was_confirmed() -> None:
    waited = replace(result(Outcome.DONE), session=session(unconfirmed=True))
    screen = outcome_screen(press(Origin.ALERT, Deed.CONFIRM), [waited], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

<b>You said that it was you: 14 Mar 2026, 15:09 UTC. Telegram was told.</b>
[All sessions → l:1001]\
""")


def test_that_telegram_was_told_is_said_only_where_it_waited_for_that() -> None:
    done = replace(result(Outcome.DONE), session=session())
    screen = outcome_screen(press(Origin.ALERT, Deed.CONFIRM), [done], account_name="Ada")
    assert screen
    assert plain(screen).endswith("You said that it was you: 14 Mar 2026, 15:09 UTC.")


def test_a_session_that_is_trusted_now_shows_so_on_its_card_and_can_be_judged_again() -> None:
    screen = outcome_screen(press(Origin.CARD, Deed.TRUST), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert shown(screen) == snapshot("""\
🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)
Accepts: calls and secret chats

No official app id means another app or a script: is it one of yours?
🛡 Trusted by you since 14 Mar 2026, 15:09 UTC.
[🚫 End session → e:1001:7:t] [Trust no more → t:1001:7:0]
[🔄 Refresh → c:1001:7] [All sessions → p:1001:0]\
""")


def test_a_session_that_is_trusted_no_more_is_a_session_like_any_other() -> None:
    screen = outcome_screen(press(Origin.TRUSTED_CARD, Deed.DISTRUST), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert "Trusted" not in plain(screen)
    assert rows(screen.keyboard) == rows(card_keyboard(ACCOUNT, "7", trusted=False))


@JUDGES
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.DONE}))
def test_a_judgement_that_was_not_made_is_not_shown_as_one(deed: Deed, outcome: Outcome) -> None:
    screen = outcome_screen(press(Origin.CARD, deed), [result(outcome)], account_name="Ada")
    assert (screen is not None) is (outcome in SETTLED)
    if screen:
        assert "Trusted by" not in plain(screen)
        assert data_of(screen) == [f"l:{ACCOUNT}"]


@pytest.mark.parametrize("outcome", Outcome)
def test_of_a_session_that_is_not_known_a_line_tells(outcome: Outcome) -> None:
    bare = Press(account=ACCOUNT, owner=OWNER, message_id=5, origin=Origin.ALERT, hashes=("7",))
    assert outcome_screen(bare, [result(outcome)], account_name="Ada") is None
    assert outcome_line(bare, result(outcome))


@pytest.mark.parametrize(("origin", "deed", "outcome"), list(product(Origin, Deed, Outcome)))
def test_the_longest_outcome_fits_a_message(origin: Origin, deed: Deed, outcome: Outcome) -> None:
    sessions = tuple(s for s in crowd(21).sessions if not s.current)
    longest = Press(
        account=LARGEST_ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=origin,
        hashes=tuple(s.hash for s in sessions),
        sessions=sessions,
        deed=deed,
    )
    results = [Result(hash=s.hash, outcome=outcome, at=NOW, error="X" * 60) for s in sessions]
    if screen := outcome_screen(longest, results, account_name=LONGEST):
        fits_telegram(screen)
