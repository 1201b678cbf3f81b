"""One session, with all that is known of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.buttons import settled_keyboard
from bot.views.card import card, card_gone
from core.domain.sessions import Session
from core.domain.standing import Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, hashes, moments, owners, session, sessions
from tests.screens import fits_telegram, plain, rows, shown


def test_an_ordinary_session() -> None:
    assert shown(card(ACCOUNT, session(), trust=None, viewer=OWNER, now=NOW)) == snapshot("""\
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)
[🚫 End session → e:1001:7:c] [🛡 Trust → t:1001:7:1]
[🔄 Refresh → c:1001:7] [All sessions → p:1001:0]\
""")


def test_a_session_that_waits_for_the_password_and_for_a_word() -> None:
    unsettled = session("-7", password_pending=True, unconfirmed=True, active_at=NOW + timedelta(seconds=5))
    assert shown(card(ACCOUNT, unsettled, trust=None, viewer=OWNER, now=NOW)) == snapshot("""\
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:09 UTC (just now)
The login code was entered, the 2FA password not yet: it can't read any messages.
Telegram waits for your word on this login.
[🚫 End session → e:1001:-7:c] [🛡 Trust → t:1001:-7:1]
[🔄 Refresh → c:1001:-7] [All sessions → p:1001:0]\
""")


def test_doormans_own_session_is_not_ended_by_a_button() -> None:
    assert shown(card(ACCOUNT, guard_session(), trust=None, viewer=OWNER, now=NOW)) == snapshot("""\
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


@pytest.mark.parametrize(("viewer", "who"), [(OWNER, "you"), (OWNER + 1, "another owner")])
def test_a_trusted_session_says_since_when_and_whose_word_that_is(viewer: int, who: str) -> None:
    trust = Trust(hash="7", at=NOW - timedelta(days=2), by=OWNER)
    trusted = card(ACCOUNT, session(), trust=trust, viewer=viewer, now=NOW)
    assert plain(trusted).splitlines()[-1] == f"🛡 Trusted by {who} since 12 Mar 2026, 15:09 UTC."
    assert rows(trusted.keyboard)[0] == "[🚫 End session → e:1001:7:t] [Trust no more → t:1001:7:0]"


def test_of_a_session_that_something_came_of_only_that_is_said() -> None:
    trust = Trust(hash="7", at=NOW, by=OWNER)
    over = card(ACCOUNT, session(unconfirmed=True), trust=trust, viewer=OWNER, now=NOW, outcome="It is over.")
    assert plain(over).endswith("(1 min ago)\n\nIt is over.")
    assert rows(over.keyboard) == rows(settled_keyboard(ACCOUNT))


@given(sessions(), st.none() | st.builds(Trust, hash=hashes, at=moments, by=owners))
def test_any_session_can_be_shown(any_session: Session, trust: Trust | None) -> None:
    fits_telegram(card(2**52, any_session, trust=trust, viewer=OWNER, now=NOW))
