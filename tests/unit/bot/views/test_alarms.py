"""How loud an alert is and why, word for word; no fact is said twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views.alerts import login_alert
from bot.views.altered import session_altered
from bot.views.loudness import KINDS, kind_of, level_of
from bot.views.meanwhile import meanwhile
from core.contract.account_events import AccountAltered, CodeCame
from core.contract.events import Event
from core.contract.session_events import EndingAwaited, EndingDropped, RuleWouldEnd, SessionAltered, SessionAppeared
from core.domain.account_state import AccountChange, AccountState
from core.domain.automation import Rule
from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight
from core.domain.risk.changes import ChangeReason
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason
from tests.domain_values import ACCOUNT, NOW, session
from tests.screens import data_of, fits_telegram, plain, shown


def found(reason: str, weight: Weight = Weight.STRONG, **evidence: object) -> Finding:
    return Finding(reason=reason, weight=weight, **evidence)


SUSPICIOUS = Assessment(
    findings=(
        found(LoginReason.NEW_COUNTRY, after="Nigeria", count=4, benign=Benign.VPN),
        found(LoginReason.UNOFFICIAL, Weight.WEAK, after="Script"),
        found(LoginReason.PASSWORD_PENDING, Weight.SAID),
        found(LoginReason.UNCONFIRMED, Weight.SAID),
    ),
    floor=Level.NOTICE,
)
PENDING = session(password_pending=True, unconfirmed=True, app_name="Script")
ALARM = SessionAppeared(account=ACCOUNT, at=NOW, session=PENDING, assessment=SUSPICIOUS)
EXPECTED = SessionAppeared(account=ACCOUNT, at=NOW, session=session(), assessment=Assessment())


def moved(level: Weight) -> SessionAltered:
    finding = found(MoveReason.MOVED_COUNTRY, level, before="Sweden", after="Norway", benign=Benign.VPN)
    after = session(country="Norway")
    return SessionAltered(
        account=ACCOUNT, at=NOW, before=session(), after=after, assessment=Assessment(findings=(finding,))
    )


def test_an_alarm_says_so_first_and_each_fact_once() -> None:
    assert shown(login_alert(ALARM, account_name="Ada")) == snapshot("""\
<b>🚨 New login, look at it now: </b><code>⟦Ada⟧</code>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Script 12.1.1⟧</code>
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
When: 14 Mar 2026, 15:06 UTC
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word on this login. Without it, Telegram confirms the login by itself on 21 Mar 2026.

• New country: <code>⟦Nigeria⟧</code>, estimated from the IP (new to all 4 sessions known so far). A VPN, a mobile network or a border nearby can explain it.
• Not an official app: <code>⟦Script⟧</code> is somebody else's, or a script. (An official app's id would prove little: any program can use it.)

If this was not you, end it now; then set or change your 2FA password in Telegram.
[🚫 End session → e:1001:7:a] [✅ It was me → m:1001:7]
[Remind me in an hour → rl:1001:7] [All sessions → l:1001]\
""")


def test_an_expected_login_says_why_it_is_quiet() -> None:
    said = plain(login_alert(EXPECTED, account_name="Ada"))
    assert said.startswith("New login, as you expect, to ")
    assert "You said that you are adding a device" in said


def test_a_device_that_may_be_a_known_one_again_is_offered_its_name_and_not_called_known_twice() -> None:
    known = found(LoginReason.KNOWN_NAME, Weight.SAID, after="Pixel 9", benign=Benign.SAME_DEVICE)
    event = replace(EXPECTED, assessment=Assessment(findings=(known,), floor=Level.NOTICE), former_label="my phone")
    screen = login_alert(event, account_name="Ada")
    assert "This device may be 🏷 \u2068my phone\u2069 again: so it says itself, as any could." in plain(screen)
    assert "was known before" not in plain(screen)
    assert f"fl:{ACCOUNT}:7" in data_of(screen)


def test_what_was_decided_has_no_reasons_left() -> None:
    said = plain(login_alert(ALARM, account_name="Ada", outcome="Ended by you."))
    assert said.startswith("🔔 New login to ")
    assert "Nigeria" not in said


def test_the_day_on_which_telegram_confirms_by_itself_is_said_until_it_is_over() -> None:
    waiting = replace(ALARM, session=session(unconfirmed=True))
    assert "confirms the login by itself on 21 Mar 2026" in plain(login_alert(waiting, account_name="Ada"))
    late = replace(waiting, at=NOW + timedelta(days=8))
    assert "by itself" not in plain(login_alert(late, account_name="Ada"))


def test_a_move_is_told_only_if_something_speaks_against_it() -> None:
    assert session_altered(moved(Weight.SAID), account_name="Ada") is None
    screen = session_altered(moved(Weight.WEAK), account_name="Ada")
    assert screen
    assert plain(screen).count("Norway") == 2  # where it is, and the reason
    assert "country:" not in plain(screen)


def test_of_a_mere_move_it_is_not_said_that_devices_seldom_do_that() -> None:
    for weight in (Weight.WEAK, Weight.ALARMING):
        screen = session_altered(moved(weight), account_name="Ada")
        assert screen
        assert "If you are not there, and use no VPN, end the session." in plain(screen)
        assert "seldom" not in plain(screen)


def test_another_device_under_the_same_key_is_an_alarm() -> None:
    finding = found(ChangeReason.OTHER_DEVICE, Weight.ALARMING, before="Pixel 9", after="PC")
    event = SessionAltered(
        account=ACCOUNT,
        at=NOW,
        before=session(),
        after=session(device_model="PC"),
        assessment=Assessment(findings=(finding,)),
    )
    screen = session_altered(event, account_name="Ada")
    assert screen
    assert plain(screen).startswith("🚨 Look at this now: a session changed: ")
    assert "device model:" not in plain(screen)
    assert not any(data.startswith("rl:") for data in data_of(screen))
    assert level_of(event) is Level.ALARM
    assert "trusted" not in plain(screen)
    over = session_altered(replace(event, was_trusted=True), account_name="Ada")
    assert over
    assert plain(over).endswith("It was trusted; since this change it is not any more.")


AWAITED = EndingAwaited(account=ACCOUNT, at=NOW, session=session(), by=1, allowed_from=NOW)
DROPPED = EndingDropped(account=ACCOUNT, at=NOW, session=session(), wanted_by=1, by=1)


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (ALARM, Level.ALARM),
        (EXPECTED, Level.QUIET),
        (SessionAppeared(account=ACCOUNT, at=NOW, session=session()), Level.NOTICE),
        (moved(Weight.SAID), Level.QUIET),
        (CodeCame(account=ACCOUNT, at=NOW), Level.NOTICE),
        (CodeCame(account=ACCOUNT, at=NOW, was_killed=True), Level.QUIET),
        (RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.IDLE), Level.QUIET),
        (RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.IDLE, error="X"), Level.NOTICE),
        (RuleWouldEnd(account=ACCOUNT, at=NOW, session=session(), rule=Rule.IDLE, not_before=NOW), Level.NOTICE),
        (AWAITED, Level.QUIET),
        (replace(AWAITED, was_moved=True), Level.NOTICE),
        (DROPPED, Level.QUIET),
        (replace(DROPPED, by=2), Level.NOTICE),
        (replace(DROPPED, by=None, error="X"), Level.NOTICE),
        (
            AccountAltered(
                account=ACCOUNT,
                at=NOW,
                changes=(AccountChange(what="has_password", before="yes", after="no"),),
                state=AccountState(taken_at=NOW),
            ),
            Level.ALARM,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Level) else type(value).__name__,
)
def test_how_loud_an_event_is(event: Event, level: Level) -> None:
    assert level_of(event) is level


def test_what_came_in_quiet_hours_is_counted_by_kind() -> None:
    screen = meanwhile(
        ACCOUNT,
        (),
        account_name="Ada",
        viewer=1,
        answered=frozenset(),
        gone=frozenset(),
        counts={KINDS[SessionAppeared]: 2, kind_of(EXPECTED): 3},
    )
    fits_telegram(screen)
    assert "• new logins: 3" in plain(screen)
