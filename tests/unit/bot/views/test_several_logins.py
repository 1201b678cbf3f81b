"""Several logins on one message: each by its number, nothing decided twice, and never more than Telegram takes."""

from __future__ import annotations

from dataclasses import replace

from inline_snapshot import snapshot

from bot.delivery.burst import TOGETHER_MOST
from bot.views.meanwhile import meanwhile
from bot.views.several_logins import Told, end_these, several_logins
from core.contract.session_events import SessionAltered, SessionAppeared
from core.domain.risk.assessment import Assessment, Finding, Level, Weight
from core.domain.risk.logins import LoginReason
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import fits_telegram, plain, shown

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

If one was not you, end it now; then change your 2FA password in Telegram.
[1: 🚫 End session → et:1001:1] [1: ✅ It was me → mt:1001:1]
[3: 🚫 End session → et:1001:3] [3: ✅ It was me → mt:1001:3]
[🚫 End all of these → ez:1001]
[All sessions → l:1001]\
""")


def test_what_is_settled_whole_has_nothing_left_to_press() -> None:
    screen = several_logins(ACCOUNT, [told(1, "It ended."), told(2, "It ended.")], account_name="Ada")
    assert screen.keyboard
    assert [button.text for row in screen.keyboard.inline_keyboard for button in row] == ["All sessions"]


def test_the_longest_names_fit() -> None:
    finding = Finding(reason=LoginReason.ELSEWHERE, weight=Weight.ALARMING, before=ENDLESS, after=ENDLESS, minutes=59)
    names = {"device_model": ENDLESS, "region": ENDLESS, "country": ENDLESS, "password_pending": True}
    for outcome in ("", "It ran out, seen at 14 Mar 2026, 15:09 UTC." + " It was so." * 15):
        logins = [
            told(-(2**63) + n, outcome, assessment=Assessment(findings=(finding,)), **names)
            for n in range(TOGETHER_MOST)
        ]
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
