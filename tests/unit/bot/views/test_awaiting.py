"""What an owner reads of an ending that waits: from when it may be, how to call it off, and what came of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views.awaiting import ending_awaited, ending_dropped
from bot.views.buttons.sessions import Origin
from bot.views.card import card
from bot.views.first_aid import instead_of_guard
from bot.views.outcomes import left_undone, outcome_line, outcome_screen
from bot.views.status import status_page
from bot.views.whys import ended_line
from core.contract.commands import CallOffEnding, EndSession, EndSessions, EndWhenAllowed
from core.contract.replies import Outcome, Result
from core.contract.session_events import EndingAwaited, EndingDropped, SessionEnded
from core.contract.state import Room, Snapshot
from core.domain.awaited import Wanted
from core.domain.standing import Standings
from tests.deeds import pressed
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.screens import data_of, plain, shown

LATER, CALL_OFF = EndWhenAllowed(hash="7"), CallOffEnding(hash="7")
ALLOWED_FROM = NOW + timedelta(hours=9)
WANTED = Wanted(hash="7", by=OWNER, asked_at=NOW, allowed_from=ALLOWED_FROM)
SESSION = session("7")
KNOWN = Snapshot(roster=roster(SESSION))
AWAITING = Snapshot(roster=roster(SESSION), standings=Standings(wanted=(WANTED,)))
NOT_YET = Result(hash="7", outcome=Outcome.NOT_ALLOWED_YET, at=NOW, session=SESSION, allowed_from=ALLOWED_FROM)
NOTED = Result(hash="7", outcome=Outcome.DONE, at=NOW, session=SESSION, allowed_from=ALLOWED_FROM)


def test_where_no_device_can_end_it_now_doorman_offers_to_do_it_as_soon_as_it_may() -> None:
    screen = instead_of_guard(pressed(EndSession(hash="7")), NOT_YET, KNOWN)
    assert screen
    assert shown(screen) == snapshot("""\
Doorman may from 15 Mar 2026, 00:09 UTC on. Press below, and it ends <code>⟦Pixel 9⟧</code> then, without being asked again.
[⏳ End it as soon as allowed → el:1001:7:29558349]
[All sessions → l:1001]\
""")


def test_a_device_that_can_comes_first() -> None:
    old = session("8", created_at=NOW.replace(year=2024), device_model="Old phone", official_app=True)
    screen = instead_of_guard(pressed(EndSession(hash="7")), NOT_YET, Snapshot(roster=roster(SESSION, old)))
    assert screen
    assert plain(screen).startswith("This device can end it now: \u2068Old phone")
    assert plain(screen).endswith("without being asked again.")


def test_what_is_to_be_ended_already_is_not_offered_again() -> None:
    screen = instead_of_guard(pressed(EndSession(hash="7")), NOT_YET, AWAITING)
    assert screen
    assert data_of(screen) == [f"en:{ACCOUNT}:7:l", f"l:{ACCOUNT}"]


def test_a_list_is_offered_nothing() -> None:
    assert instead_of_guard(pressed(EndSessions(hashes=("7",))), NOT_YET, KNOWN) is None


def test_once_noted_the_message_says_from_when_and_takes_it_back() -> None:
    screen = outcome_screen(pressed(LATER, origin=Origin.LIST), [NOTED], account_name="Ada", snapshot=AWAITING)
    assert screen
    assert shown(screen) == snapshot("""\
<code>⟦Pixel 9⟧</code>
⏳ To be ended on 15 Mar 2026, 00:09 UTC, as you asked. You are told when it is done.
[Don't end it → en:1001:7:l]
[All sessions → l:1001]\
""")


def test_who_wanted_it_first_is_named() -> None:
    others = Snapshot(
        roster=roster(SESSION),
        standings=Standings(wanted=(Wanted(hash="7", by=OWNER + 1, asked_at=NOW, allowed_from=ALLOWED_FROM),)),
    )
    screen = outcome_screen(pressed(LATER, origin=Origin.LIST), [NOTED], account_name="Ada", snapshot=others)
    assert screen
    assert "as another owner asked" in plain(screen)


def test_where_there_was_nothing_to_wait_for_it_was_ended_at_once() -> None:
    result = Result(hash="7", outcome=Outcome.DONE, at=NOW, session=SESSION, ended_by=OWNER)
    screen = outcome_screen(pressed(LATER, origin=Origin.LIST), [result], account_name="Ada")
    assert screen
    assert plain(screen).endswith("Ended by you: 14 Mar 2026, 15:09 UTC.")


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.ALREADY_GONE, "It is gone already: there was nothing left to end."),
        (Outcome.NOT_DONE, "⚠️ Nothing was noted. Doorman could not get to it. Press again."),
        (Outcome.DONE, "It is to be ended as soon as Telegram allows it."),
    ],
)
def test_what_came_of_it_in_a_line(outcome: Outcome, said: str) -> None:
    assert outcome_line(pressed(LATER), Result(hash="7", outcome=outcome, at=NOW)) == said


def test_what_was_not_begun_is_said_to_be_as_before() -> None:
    assert left_undone(pressed(LATER)) == "Nothing was noted."
    assert left_undone(pressed(CALL_OFF)) == "It is still to be ended."


def test_once_called_off_nothing_is_left_to_decide() -> None:
    result = Result(hash="7", outcome=Outcome.DONE, at=NOW, session=SESSION)
    screen = outcome_screen(pressed(CALL_OFF, origin=Origin.LIST), [result], account_name="Ada", snapshot=KNOWN)
    assert screen
    assert plain(screen).endswith("Doorman does not end it: 14 Mar 2026, 15:09 UTC.")
    assert data_of(screen) == [f"l:{ACCOUNT}"]


def test_called_off_on_a_card_the_card_is_shown_as_it_stands() -> None:
    result = Result(hash="7", outcome=Outcome.DONE, at=NOW, session=SESSION)
    screen = outcome_screen(pressed(CALL_OFF, origin=Origin.CARD), [result], account_name="Ada", snapshot=KNOWN)
    assert screen
    assert "To be ended" not in plain(screen)
    assert not any(data.startswith("en:") for data in data_of(screen))
    assert f"e:{ACCOUNT}:7:c" in data_of(screen)


def test_what_was_ended_meanwhile_was_called_off_too_late() -> None:
    result = Result(hash="7", outcome=Outcome.ALREADY_GONE, at=NOW, ended_by=OWNER)
    assert outcome_line(pressed(CALL_OFF), result) == ("That was too late. Ended by you: 14 Mar 2026, 15:09 UTC.")


def test_the_card_says_when_it_is_to_be_ended_and_takes_it_back() -> None:
    screen = card(ACCOUNT, SESSION, trust=None, viewer=OWNER, now=NOW, wanted=WANTED)
    assert "⏳ To be ended on 15 Mar 2026, 00:09 UTC, as you asked." in plain(screen)
    assert f"en:{ACCOUNT}:7:c" in data_of(screen)
    late = card(ACCOUNT, SESSION, trust=None, viewer=OWNER + 1, now=ALLOWED_FROM, wanted=WANTED)
    assert "To be ended as soon as Telegram allows it, as another owner asked." in plain(late)


def test_the_status_names_how_many_wait() -> None:
    room = Room(policy="noeviction", is_full=False)
    page = status_page([(ACCOUNT, None)], version="1", room=room, wanted={ACCOUNT: (WANTED, WANTED)}, now=NOW)
    assert plain(page).endswith("⏳ 2 sessions are to be ended from 15 Mar 2026, 00:09 UTC on, as asked.")


def test_done_it_is_told_as_what_was_asked_for() -> None:
    event = SessionEnded(account=ACCOUNT, at=NOW, session=SESSION, ended_by=OWNER, was_awaited=True)
    assert ended_line(event, viewer=OWNER) == snapshot(
        "Doorman ended it as soon as Telegram allowed that, as you had asked: 14 Mar 2026, 15:09 UTC."
    )
    assert "as another owner had asked" in ended_line(event, viewer=OWNER + 1)


def test_refused_it_is_told_with_what_the_owner_can_do() -> None:
    event = EndingDropped(account=ACCOUNT, at=NOW, session=SESSION, wanted_by=OWNER, error="X_INVALID")
    assert shown(ending_dropped(event, account_name="Ada")) == snapshot("""\
<b>⚠️ A session is not ended, though an owner had asked for it: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
It was to be ended as soon as Telegram allows it. Telegram answered: <code>⟦X_INVALID⟧</code>. Doorman does not try again. You can do it yourself in Telegram: Settings → Devices.
[🚫 End session → e:1001:7:d]
[All sessions → l:1001]\
""")


def test_dropped_by_another_owner_it_is_told_too() -> None:
    event = EndingDropped(account=ACCOUNT, at=NOW, session=SESSION, wanted_by=OWNER, by=OWNER + 1)
    assert "Another owner called that off" in plain(ending_dropped(event, account_name="Ada"))


def test_called_off_by_whoever_asked_for_it_the_others_hear_of_it_calmly() -> None:
    event = EndingDropped(account=ACCOUNT, at=NOW, session=SESSION, wanted_by=OWNER, by=OWNER)
    said = plain(ending_dropped(event, account_name="Ada"))
    assert said.startswith("An ending was called off: ")
    assert "Another owner called that off" in said


def test_the_others_hear_that_it_is_to_be_ended_and_may_call_it_off() -> None:
    event = EndingAwaited(account=ACCOUNT, at=NOW, session=SESSION, by=OWNER, allowed_from=ALLOWED_FROM)
    assert shown(ending_awaited(event, account_name="Ada")) == snapshot("""\
<b>A session is to be ended as soon as Telegram allows it: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
That is on 15 Mar 2026, 00:09 UTC. Another owner did that: 14 Mar 2026, 15:09 UTC. If it was not them, somebody else is in their account.
[Don't end it → en:1001:7:l]
[All sessions → l:1001]\
""")


def test_all_hear_that_it_is_put_off() -> None:
    event = EndingAwaited(account=ACCOUNT, at=NOW, session=SESSION, by=OWNER, allowed_from=ALLOWED_FROM, was_moved=True)
    assert shown(ending_awaited(event, account_name="Ada")) == snapshot("""\
<b>A session is to be ended later than was said: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
An owner had asked for that. Doorman had to log in anew, and Telegram lets it end others 24 hours after its login: it ends this one on 15 Mar 2026, 00:09 UTC, without being asked again.
[Don't end it → en:1001:7:l]
[All sessions → l:1001]\
""")
