"""What came of a press, on whatever was pressed: said once, and fit to be sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest
from inline_snapshot import snapshot

from bot.press import Press
from bot.views.answers import NOT_YOURS
from bot.views.buttons.keyboards import card_keyboard
from bot.views.buttons.sessions import Origin
from bot.views.deeds import WORDS, words_of
from bot.views.deeds.words import SETTLED
from bot.views.outcomes import left_undone, line_screen, outcome_line, outcome_screen, settles
from core.contract.commands import (
    Command,
    ConfirmLogin,
    DisconnectWebsite,
    DistrustSession,
    EndSession,
    EndSessions,
    GetCheckup,
    GetRoster,
    LabelSession,
    SetAccepted,
    TrustSession,
)
from core.contract.replies import Outcome, Result
from core.domain.sessions import Session
from tests.crowds import LARGEST_ACCOUNT, LONGEST, crowd
from tests.deeds import ADJUSTING, DEEDS, ON_THE_ACCOUNT, named, pressed
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import data_of, fits_telegram, plain, rows, shown

ON_ONE = [Origin.ALERT, Origin.CARD, Origin.TRUSTED_CARD]
ENDS_ONE = pytest.mark.parametrize(("origin", "outcome"), list(product(ON_ONE, Outcome)))
THE_LOGIN = """\
<b>🔔 New login to </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC

"""
CONFIRM, TRUST, DISTRUST = ConfirmLogin(hash="7"), TrustSession(hash="7"), DistrustSession(hash="7")
JUDGES = pytest.mark.parametrize("deed", [TRUST, DISTRUST], ids=named)


def press(origin: Origin, deed: Command | None = None) -> Press:
    deed = deed or (EndSessions(hashes=("7",)) if origin is Origin.LIST else EndSession(hash="7"))
    return pressed(deed, session(unconfirmed=True), origin=origin)


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
    assert shown(screen).removeprefix(THE_LOGIN) == snapshot("""\
<b>Ended by you: 14 Mar 2026, 15:09 UTC.</b>

If that login was not yours, set or change your 2FA password now.
[All sessions → l:1001]\
""")


def test_a_line_of_its_own_names_the_device_first() -> None:
    one = replace(press(Origin.CARD), sessions=(session(device_model="<b>Nokia"),))
    several = press(Origin.LIST, EndSessions(hashes=("7", "8", "9")))
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
    assert {named(deed): left_undone(press(Origin.CARD, deed)) for deed in DEEDS} == snapshot(
        {
            "EndSession": "Nothing was ended.",
            "EndWhenAllowed": "Nothing was noted.",
            "CallOffEnding": "It is still to be ended.",
            "ConfirmLogin": "Telegram was not told that it was you.",
            "TrustSession": "Nothing was changed.",
            "DistrustSession": "Nothing was changed.",
            "EndSessions": "Nothing was ended.",
            "RemindLater": "Nothing was changed.",
            "LabelSession": "Nothing was changed.",
            "SetAccepted": "Nothing was changed.",
            "SetTtl": "Nothing was changed.",
            "DisconnectWebsite": "It was not logged out.",
            "DisconnectWebsites": "They were not logged out.",
            "DisconnectBot": "It stays connected.",
            "DeclineReset": "The reset was not called off.",
            "KillCodes": "No code was killed.",
            "Prefer": "Nothing was changed.",
        }
    )


def test_an_alert_whose_login_was_confirmed() -> None:
    waited = replace(result(Outcome.DONE), session=session(unconfirmed=True))
    screen = outcome_screen(press(Origin.ALERT, CONFIRM), [waited], account_name="Ada")
    assert screen
    assert shown(screen).removeprefix(THE_LOGIN) == snapshot("""\
<b>You said that it was you: 14 Mar 2026, 15:09 UTC. Telegram was told.</b>
[All sessions → l:1001]\
""")


def test_that_telegram_was_told_is_said_only_where_it_waited_for_that() -> None:
    done = replace(result(Outcome.DONE), session=session())
    screen = outcome_screen(press(Origin.ALERT, CONFIRM), [done], account_name="Ada")
    assert screen
    assert plain(screen).endswith("You said that it was you: 14 Mar 2026, 15:09 UTC.")


def test_a_session_that_is_trusted_now_shows_so_on_its_card_and_can_be_judged_again() -> None:
    screen = outcome_screen(press(Origin.CARD, TRUST), [result(Outcome.DONE)], account_name="Ada")
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
[🏷 Name → n:1001:7:t] [History → y:1001:7:0:0]
[Calls: on → ca:1001:7:t:c:0] [Secret chats: on → ca:1001:7:t:s:0]
[🔄 Refresh → c:1001:7] [All sessions → p:1001:0]\
""")


def test_a_session_that_is_trusted_no_more_is_a_session_like_any_other() -> None:
    screen = outcome_screen(press(Origin.TRUSTED_CARD, DISTRUST), [result(Outcome.DONE)], account_name="Ada")
    assert screen
    assert "Trusted" not in plain(screen)
    assert rows(screen.keyboard) == rows(card_keyboard(ACCOUNT, "7", trusted=False, session=session()))


@JUDGES
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.DONE}))
def test_a_judgement_that_was_not_made_is_not_shown_as_one(deed: Command, outcome: Outcome) -> None:
    screen = outcome_screen(press(Origin.CARD, deed), [result(outcome)], account_name="Ada")
    assert (screen is not None) is (outcome in SETTLED)
    if screen:
        assert "Trusted by" not in plain(screen)
        assert data_of(screen) == [f"l:{ACCOUNT}"]


@pytest.mark.parametrize("outcome", Outcome)
def test_of_a_session_that_is_not_known_a_line_tells(outcome: Outcome) -> None:
    bare = replace(press(Origin.ALERT), sessions=())
    assert outcome_screen(bare, [result(outcome)], account_name="Ada") is None
    assert outcome_line(bare, result(outcome))


@pytest.mark.parametrize(("origin", "deed", "outcome"), list(product(Origin, DEEDS, Outcome)))
def test_the_longest_outcome_fits_a_message(origin: Origin, deed: Command, outcome: Outcome) -> None:
    sessions = tuple(s for s in crowd(21).sessions if not s.current)
    if isinstance(deed, EndSessions):
        deed = EndSessions(hashes=tuple(s.hash for s in sessions))
    longest = replace(pressed(deed, *sessions, origin=origin), account=LARGEST_ACCOUNT)
    results = [Result(hash=s.hash, outcome=outcome, at=NOW, error="X" * 60) for s in sessions]
    if screen := outcome_screen(longest, results, account_name=LONGEST):
        fits_telegram(screen)


def test_of_everything_that_can_be_done_there_are_words() -> None:
    assert set(WORDS) == set(get_args(Command)) - {GetRoster, GetCheckup}
    assert {type(deed) for deed in DEEDS} == set(WORDS)


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_DONE])
def test_what_came_of_the_other_changes(outcome: Outcome) -> None:
    said = {named(deed): outcome_line(pressed(deed), result(outcome)) for deed in (*ADJUSTING, *ON_THE_ACCOUNT)}
    expected = {
        Outcome.DONE: snapshot(
            {
                "RemindLater": "You are reminded of this login at 14 Mar 2026, 16:09 UTC, unless it is answered before.",
                "LabelSession": "It has that name now: 14 Mar 2026, 15:09 UTC.",
                "SetAccepted": "It now accepts calls, but no secret chats: 14 Mar 2026, 15:09 UTC.",
                "SetTtl": "Unused sessions end after 30 days now: 14 Mar 2026, 15:09 UTC.",
                "DisconnectWebsite": "Logged out by you: 14 Mar 2026, 15:09 UTC.",
                "DisconnectWebsites": "All websites were logged out by you: 14 Mar 2026, 15:09 UTC.",
                "DisconnectBot": "Disconnected by you: 14 Mar 2026, 15:09 UTC.",
                "DeclineReset": "The reset of the 2FA password is called off: 14 Mar 2026, 15:09 UTC.",
                "KillCodes": "The login codes that came lately are worthless now: 14 Mar 2026, 15:09 UTC.",
                "Prefer": "Doorman's settings were changed by you: 14 Mar 2026, 15:09 UTC.",
            }
        ),
        Outcome.ALREADY_GONE: snapshot(
            {
                "RemindLater": "This session is gone already.",
                "LabelSession": "This session is gone already.",
                "SetAccepted": "This session is gone already.",
                "SetTtl": "That is set already.",
                "DisconnectWebsite": "It is logged out already.",
                "DisconnectWebsites": "No website is logged in.",
                "DisconnectBot": "It is disconnected already.",
                "DeclineReset": "No reset of the 2FA password is under way.",
                "KillCodes": "No login code to kill is known. Did one come while Doorman was restarting? It may still be good for some minutes: if you did not ask for it, switch the login lock on with /lock.",
                "Prefer": "That is set already.",
            }
        ),
        Outcome.NOT_DONE: snapshot(
            {
                "RemindLater": "⚠️ Nothing was changed. Doorman could not get to it. Press again.",
                "LabelSession": "⚠️ Nothing was changed. Doorman could not get to it. Press again.",
                "SetAccepted": "⚠️ Nothing was changed. Doorman could not get to it. Press again.",
                "SetTtl": "⚠️ Nothing was changed. Doorman could not get to it. Press again.",
                "DisconnectWebsite": "⚠️ It was not logged out. Doorman could not get to it. Press again.",
                "DisconnectWebsites": "⚠️ They were not logged out. Doorman could not get to it. Press again.",
                "DisconnectBot": "⚠️ It stays connected. Doorman could not get to it. Press again.",
                "DeclineReset": "⚠️ The reset was not called off. Doorman could not get to it. Press again.",
                "KillCodes": "⚠️ No code was killed. Doorman could not get to it. Press again.",
                "Prefer": "⚠️ Nothing was changed. Doorman could not get to it. Press again.",
            }
        ),
    }
    assert said == expected[outcome]


@pytest.mark.parametrize("deed", [*ADJUSTING, *ON_THE_ACCOUNT], ids=named)
@pytest.mark.parametrize(
    ("outcome", "error", "said"),
    [
        (Outcome.FAILED, "X_Y", "Telegram answered X_Y."),
        (Outcome.FAILED, "FLOOD_WAIT_30", "Telegram asks Doorman to wait until 14 Mar 2026, 15:10 UTC."),
        (Outcome.FAILED, "FROZEN_METHOD_INVALID", "has frozen this account"),
        (Outcome.FAILED, "", ""),
        (Outcome.NOT_ALLOWED_YET, "", "younger than 24 hours do that, and Doorman's own is. It may from 14 Mar 2026"),
    ],
)
def test_a_change_that_failed_says_that_nothing_was_done_and_why(
    deed: Command, outcome: Outcome, error: str, said: str
) -> None:
    line = outcome_line(pressed(deed), Result(hash="", outcome=outcome, at=NOW, error=error, allowed_from=NOW))
    assert line.startswith(f"⚠️ {left_undone(pressed(deed))}")
    assert said in line
    assert "  " not in line


@pytest.mark.parametrize("deed", DEEDS, ids=named)
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - SETTLED))
def test_what_is_undone_leaves_the_message_to_be_pressed_again(deed: Command, outcome: Outcome) -> None:
    assert not settles(pressed(deed), result(outcome))


@pytest.mark.parametrize("deed", [*ADJUSTING, *ON_THE_ACCOUNT], ids=named)
def test_another_change_is_told_in_a_line_and_the_pressed_message_stays_as_it_was(deed: Command) -> None:
    assert outcome_screen(pressed(deed), [Result(hash="", outcome=Outcome.DONE, at=NOW)], account_name="Ada") is None


@pytest.mark.parametrize("deed", ADJUSTING, ids=named)
def test_a_card_whose_session_is_gone_says_so_after_whatever_change(deed: Command) -> None:
    screen = outcome_screen(pressed(deed), [result(Outcome.ALREADY_GONE)], account_name="Ada")
    assert screen
    assert plain(screen).endswith("This session is gone already.")
    assert data_of(screen) == [f"l:{ACCOUNT}"]


def test_a_line_begins_with_what_was_named_or_logged_out() -> None:
    label = LabelSession(hash="7", label="t.me/phone")
    lines = [
        line_screen(pressed(label), "It is so."),
        line_screen(replace(pressed(label), sessions=()), "It is so."),
        line_screen(pressed(LabelSession(hash="7", label="")), "It is so."),
        line_screen(pressed(DisconnectWebsite(website="5"), name="shop.example"), "It is so."),
        line_screen(pressed(DisconnectWebsite(website="5")), "It is so."),
    ]
    assert [shown(screen) for screen in lines] == snapshot(
        [
            """\
<code>⟦Pixel 9⟧</code> 🏷 <code>⟦t.me/phone⟧</code>
It is so.\
""",
            """\
🏷 <code>⟦t.me/phone⟧</code>
It is so.\
""",
            """\
<code>⟦Pixel 9⟧</code>
It is so.\
""",
            """\
<code>⟦shop.example⟧</code>
It is so.\
""",
            "It is so.",
        ]
    )


@pytest.mark.parametrize("deed", ON_THE_ACCOUNT, ids=named)
def test_what_is_about_the_account_is_told_as_about_no_session(deed: Command) -> None:
    assert plain(line_screen(pressed(deed), "It is so.")) == "It is so."


@pytest.mark.parametrize("command", [GetRoster(), GetCheckup()], ids=named)
def test_a_mere_look_has_no_words(command: Command) -> None:
    with pytest.raises(KeyError):
        words_of(command)


@pytest.mark.parametrize(
    ("command", "known", "said"),
    [
        (SetAccepted(hash="7", calls=False, secret_chats=None), session("7"), "secret chats, but no calls"),
        (
            SetAccepted(hash="7", calls=None, secret_chats=True),
            session("7", calls_disabled=True),
            "secret chats, but no calls",
        ),
        (SetAccepted(hash="7", calls=True, secret_chats=None), None, "calls"),
    ],
    ids=["calls", "secret chats", "not known"],
)
def test_what_a_session_now_accepts_includes_what_was_left_as_it_was(
    command: SetAccepted, known: Session | None, said: str
) -> None:
    done = Result(hash="7", outcome=Outcome.DONE, at=NOW, session=known)
    assert outcome_line(pressed(command), done) == f"It now accepts {said}: 14 Mar 2026, 15:09 UTC."
