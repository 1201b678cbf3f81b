"""One session, with all that is known of it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from inline_snapshot import snapshot

from bot.views.card import card, card_gone
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, guard_session, session, sessions
from tests.screens import fits_telegram, shown


def test_an_ordinary_session() -> None:
    assert shown(card(ACCOUNT, session(), now=NOW)) == snapshot("""\
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)
[🚫 End session → e:1001:7:c]
[🔄 Refresh → c:1001:7] [All sessions → p:1001:0]\
""")


def test_a_session_that_waits_for_the_password_and_for_a_word() -> None:
    unsettled = session("-7", password_pending=True, unconfirmed=True, active_at=NOW + timedelta(seconds=5))
    assert shown(card(ACCOUNT, unsettled, now=NOW)) == snapshot("""\
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:09 UTC (just now)
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word on this login.
[🚫 End session → e:1001:-7:c]
[🔄 Refresh → c:1001:-7] [All sessions → p:1001:0]\
""")


def test_doormans_own_session_is_not_ended_by_a_button() -> None:
    assert shown(card(ACCOUNT, guard_session(), now=NOW)) == snapshot("""\
<code>⟦Doorman (session guard)⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦My app 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>198.51.100.1</code>
Logged in: 11 Mar 2026, 15:09 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)

This is Doorman's own session. To give it up, run `doorman logout` where Doorman runs.
[All sessions → p:1001:0]\
""")


def test_a_session_that_is_gone() -> None:
    assert shown(card_gone(ACCOUNT)) == snapshot("""\
This session is gone: it is no longer logged in.
[All sessions → p:1001:0]\
""")


@given(sessions())
def test_any_session_can_be_shown(any_session: Session) -> None:
    fits_telegram(card(2**52, any_session, now=NOW))
