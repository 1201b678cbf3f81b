"""Several logins on one message: each by its number, nothing decided twice, and never more than Telegram takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.delivery.burst import TOGETHER_MOST
from bot.views.meanwhile import meanwhile
from bot.views.several_logins import Told, end_these, several_logins, told_of
from core.contract.session_events import LoginUnanswered, SessionAltered, SessionAppeared
from core.domain.risk.assessment import Assessment, Finding, Level, Weight
from core.domain.risk.logins import LoginReason
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import fits_telegram, plain, shown

UNFINISHED = Assessment(
    findings=(
        Finding(reason=LoginReason.UNCONFIRMED, weight=Weight.STRONG),
        Finding(reason=LoginReason.SEVERAL, weight=Weight.WEAK, count=2),
    ),
)
ENDLESS = "\N{MATHEMATICAL DOUBLE-STRUCK CAPITAL W}" * 200


def told(number: int, outcome: str = "", *, assessment: Assessment | None = None, **particulars: object) -> Told:
    appeared = SessionAppeared(
        account=ACCOUNT,
        at=NOW,
        session=session(str(number), **particulars),
        assessment=assessment or Assessment(floor=Level.NOTICE),
    )
    return Told(event=appeared, outcome=outcome)


def test_each_has_its_strongest_reason_and_its_buttons_until_it_is_settled() -> None:
    abroad = Assessment(
        findings=(
            Finding(reason="of a younger worker", weight=Weight.STRONG),
            Finding(reason=LoginReason.NEW_COUNTRY, weight=Weight.STRONG, after="Sweden", count=3),
            Finding(reason=LoginReason.SEVERAL, weight=Weight.WEAK, count=2),
        ),
    )
    logins = [told(1, assessment=abroad), told(2, "You said that it was you: now."), told(3)]
    assert shown(several_logins(ACCOUNT, logins, account_name="Ada")) == snapshot("""\
<b>🚨 New logins, look at them now: </b><code>⟦Ada⟧</code>

1. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · 14 Mar 2026, 15:06 UTC
• New country: <code>⟦Sweden⟧</code>, estimated from the IP (new to all 3 sessions known so far).

2. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · 14 Mar 2026, 15:06 UTC
<b>You said that it was you: now.</b>

3. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · 14 Mar 2026, 15:06 UTC

If one was not you, end it now; then set or change your 2FA password in Telegram.
⏰ reminds you of one in an hour.
[1: 🚫 End session → et:1001:1] [1: ✅ It was me → mt:1001:1]
[3: 🚫 End session → et:1001:3] [3: ✅ It was me → mt:1001:3]
[⏰ 1 → rl:1001:1] [⏰ 3 → rl:1001:3]
[🚫 End all of these → ez:1001]
[All sessions → l:1001]\
""")


def test_each_says_what_an_alert_of_it_alone_would() -> None:
    unconfirmed = told(1, unconfirmed=True, password_pending=True, assessment=UNFINISHED)
    known = told(2)
    known = replace(known, event=replace(known.event, former_label="laptop"))
    screen = several_logins(ACCOUNT, [unconfirmed, known], account_name="Ada")
    assert shown(screen) == snapshot("""\
<b>🚨 New logins, look at them now: </b><code>⟦Ada⟧</code>

1. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · 14 Mar 2026, 15:06 UTC
• It is login number 2 within an hour.
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word, and confirms it by itself on 21 Mar 2026.

2. 🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · 14 Mar 2026, 15:06 UTC
It may be 🏷 <code>⟦laptop⟧</code> again, as it says itself.

If one was not you, end it now; then set or change your 2FA password in Telegram.
⏰ reminds you of one in an hour.
[1: 🚫 End session → et:1001:1] [1: ✅ It was me → mt:1001:1]
[2: 🚫 End session → et:1001:2] [2: ✅ It was me → mt:1001:2] [2: 🏷 Name it so → fl:1001:2]
[⏰ 1 → rl:1001:1] [⏰ 2 → rl:1001:2]
[🚫 End all of these → ez:1001]
[All sessions → l:1001]\
""")


def test_no_date_is_named_that_is_over() -> None:
    late = told(1, unconfirmed=True)
    late = replace(late, event=replace(late.event, at=NOW + timedelta(days=8)))
    text = plain(several_logins(ACCOUNT, [late, told(2)], account_name="Ada"))
    assert "Telegram waits for your word on this login." in text
    assert "by itself" not in text


def test_what_was_answered_for_says_nothing_of_what_there_was_to_decide() -> None:
    settled = told(1, "It ended.", unconfirmed=True, password_pending=True)
    settled = replace(settled, event=replace(settled.event, former_label="laptop"))
    screen = several_logins(ACCOUNT, [settled, told(2)], account_name="Ada")
    text = plain(screen)
    assert not any(word in text for word in ("Telegram waits", "2FA password not yet", "laptop", "⏰"))
    assert screen.keyboard
    assert [[each.text for each in row] for row in screen.keyboard.inline_keyboard] == [
        ["2: 🚫 End session", "2: ✅ It was me"],
        ["Remind me in an hour"],
        ["All sessions"],
    ]


@pytest.mark.parametrize("is_reminder", [False, True])
def test_each_can_be_told_again_as_it_was_told(is_reminder: bool) -> None:
    appeared = replace(told(1, unconfirmed=True).event, autoconfirm_seconds=99)
    reminder = LoginUnanswered(
        account=ACCOUNT, at=NOW, session=appeared.session, since=NOW - timedelta(hours=1), autoconfirm_seconds=99
    )
    event = reminder if is_reminder else appeared
    login = told_of(event)
    assert login
    assert login.as_told == event
    assert login.event.autoconfirm_seconds == 99
    assert not login.altered(session("1", ip="203.0.113.9")).event.session.unconfirmed
    assert login.altered(session("1", ip="203.0.113.9")).event.session.ip == appeared.session.ip


def test_who_had_one_ended_is_told_what_keeps_them_out() -> None:
    by_us, elsewhere = replace(told(1, "Ended by you."), was_ended=True), told(2, "It ended elsewhere.")
    assert "If one of them was not yours" in plain(several_logins(ACCOUNT, [by_us, elsewhere], account_name="Ada"))
    assert "not yours" not in plain(several_logins(ACCOUNT, [elsewhere, elsewhere], account_name="Ada"))


def test_what_is_settled_whole_has_nothing_left_to_press() -> None:
    screen = several_logins(ACCOUNT, [told(1, "It ended."), told(2, "It ended.")], account_name="Ada")
    assert screen.keyboard
    assert [button.text for row in screen.keyboard.inline_keyboard for button in row] == ["All sessions"]


def test_the_longest_names_fit() -> None:
    finding = Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING, before=ENDLESS, after=ENDLESS, minutes=59)
    names = {"device_model": ENDLESS, "region": ENDLESS, "country": ENDLESS}
    names |= {"password_pending": True, "unconfirmed": True}
    for outcome in ("", "It ran out, seen at 14 Mar 2026, 15:09 UTC." + " It was so." * 15):
        logins = [
            told(-(2**63) + n, outcome, assessment=Assessment(findings=(finding,)), **names)
            for n in range(TOGETHER_MOST)
        ]
        logins = [replace(each, event=replace(each.event, former_label=ENDLESS)) for each in logins]
        fits_telegram(several_logins(2**52, logins, account_name=ENDLESS))
    sessions = [login.event.session for login in logins]
    fits_telegram(end_these(2**52, sessions, list_name="9" * 24, account_name=ENDLESS, not_yet="Not yet."))


def test_a_night_of_the_longest_names_fits_and_says_how_much_more_there_is() -> None:
    altered = SessionAltered(
        account=ACCOUNT, at=NOW, before=session(), after=session(device_model=ENDLESS, app_name=ENDLESS)
    )
    screen = meanwhile(
        2**52,
        [replace(altered) for _ in range(50)],
        account_name=ENDLESS,
        viewer=OWNER,
        answered=frozenset(),
        gone=frozenset(),
        waiting=7,
        counts={"new logins": 99},
    )
    fits_telegram(screen)
    assert "and 30 more that have no room here; /history shows those that it keeps." in plain(screen)
