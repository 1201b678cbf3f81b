"""Looking through the sessions that nobody trusts, one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.reviewing import review_card, review_over, to_review
from core.domain.sessions import Roster
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, MOST_POSITIVE, NOW, OWNER, roster, rosters, session
from tests.screens import plain, shown


def test_a_session_in_its_turn() -> None:
    assert shown(review_card(ACCOUNT, session(), more=2, viewer=OWNER, now=NOW, ttl_days=180)) == snapshot("""\
<b>Is this one yours?</b> (2 more after this one)

🤖 <code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC
Last active: 14 Mar 2026, 15:08 UTC (1 min ago)
Ends by itself on 10 Sep 2026 if it stays unused
Accepts: calls and secret chats

No official app id means another app or a script: is it one of yours?
[🛡 Trust → rt:1001:7] [🏷 Name → n:1001:7:r]
[🚫 End session → e:1001:7:r] [Skip ▶ → rn:1001:7]
[All sessions → p:1001:0]\
""")


def test_the_last_one_is_said_to_be_so() -> None:
    last = review_card(ACCOUNT, session(), more=0, viewer=OWNER, now=NOW, label="my phone")
    assert plain(last).splitlines()[0] == "Is this one yours? (the last one)"
    assert "🏷 \u2068my phone\u2069" in plain(last)


def test_the_end_says_what_is_still_not_trusted() -> None:
    assert [shown(review_over(ACCOUNT, untrusted=count)) for count in (0, 1, 3)] == snapshot(
        [
            """\
<b>The review is over.</b> Every session is trusted.
[All sessions → p:1001:0]\
""",
            """\
<b>The review is over.</b> 1 session is not trusted. Whatever you don't know, end.
[Review again → rn:1001:]
[All sessions → p:1001:0]\
""",
            """\
<b>The review is over.</b> 3 sessions are not trusted. Whatever you don't know, end.
[Review again → rn:1001:]
[All sessions → p:1001:0]\
""",
        ]
    )


def test_the_order_is_that_of_the_hashes_as_numbers() -> None:
    listed = roster(session("10"), session(MOST_POSITIVE), session("9"), session("-1"), session(MOST_NEGATIVE))
    order = [each.hash for each in to_review(listed, frozenset({"9"}))]
    assert order == [MOST_NEGATIVE, "-1", "10", MOST_POSITIVE]


@given(rosters(), st.data())
def test_every_session_but_trusted_ones_and_doormans_own_has_its_turn(listed: Roster, data: st.DataObject) -> None:
    trusted = frozenset(data.draw(st.sets(st.sampled_from(sorted(listed.hashes())))) if listed.hashes() else ())
    assert {each.hash for each in to_review(listed, trusted)} == listed.hashes() - trusted
