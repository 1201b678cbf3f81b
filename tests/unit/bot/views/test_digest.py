"""A week in one message: a line where it was quiet, and what is worth reading where it was not."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from inline_snapshot import snapshot

from bot.views.digest import digest_screen, digest_unknown
from core.domain.digest import digest_of
from core.domain.history import Entry, Kind
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.screens import fits_telegram, plain, shown
from tests.year import BREAK_IN, a_year, history_of, on

WEEK = timedelta(days=7)
TRUSTING = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))


def told(*entries: Entry, standings: Standings = TRUSTING) -> str:
    inside = roster(session("7"), session("8", device_model="iPad"))
    digest = digest_of(entries, inside, standings, since=NOW - WEEK, now=NOW)
    return shown(digest_screen(ACCOUNT, digest, account_name="Ada", viewer=OWNER))


def week_to(now: datetime, seed: int = 1) -> str:
    seen = [looked for looked in a_year(seed).rosters if looked.taken_at <= now][-1]
    digest = digest_of(history_of(seed), seen, Standings(), since=now - WEEK, now=now)
    screen = digest_screen(ACCOUNT, digest, account_name="Ada", viewer=OWNER)
    fits_telegram(screen)
    return plain(screen)


def test_a_quiet_week_is_one_line() -> None:
    assert told() == snapshot("""\
<b>Nothing happened this week: </b><code>⟦Ada⟧</code>
Inside, besides Doorman: 2 in use; 1 trusted.
[All sessions → l:1001]\
""")


def test_a_session_goes_by_the_name_that_its_owner_gave_it() -> None:
    at, gone = NOW - timedelta(days=1), session("9", device_model="Nokia")
    entries = (
        Entry(at=at, kind=Kind.LOGIN, session=session("7")),
        Entry(at=at, kind=Kind.ENDED, session=gone, by=OWNER),
        Entry(at=at, kind=Kind.MOVED, session=session("7", country="Norway", region=""), before=session("7")),
        Entry(at=at, kind=Kind.ALTERED, session=session("7"), before=session("7", device_model="iPad")),
    )
    digest = digest_of(entries, roster(session("7")), TRUSTING, since=NOW - WEEK, now=NOW)
    labels = {"7": "Ada's phone", "9": "The old one"}
    said = plain(digest_screen(ACCOUNT, digest, account_name="Ada", viewer=OWNER, labels=labels))
    assert said.count("🏷 \u2068Ada's phone\u2069") == 3
    assert "🏷 \u2068The old one\u2069: ended by you" in said
    assert "Nokia" not in said


def test_of_many_changes_the_newest_are_told() -> None:
    hours = timedelta(hours=1)
    said = told(*(Entry(at=NOW - n * hours, kind=Kind.TTL, note=f"{n}→{n + 100}") for n in range(1, 10)))
    assert said.index("101") < said.index("104")
    assert "105" not in said
    assert "and 5 more" in said


def test_another_network_in_the_same_place_is_no_news_of_the_week() -> None:
    before, after = session("7", ip="192.0.2.7"), session("7", ip="203.0.113.7")
    assert told(Entry(at=NOW - timedelta(days=1), kind=Kind.MOVED, session=after, before=before)) == told()


def test_what_waits_for_an_answer_comes_first() -> None:
    unanswered = Standings(unanswered=(Unanswered(hash="8", since=NOW - timedelta(days=20)),))
    assert told(standings=unanswered) == snapshot("""\
<b>The week to 14 Mar 2026: </b><code>⟦Ada⟧</code>
Inside, besides Doorman: 2 in use; none trusted.

<b>⚠️ Nobody has said whose these are</b> (1)
🤖 <code>⟦iPad⟧</code>, <code>⟦Malmo, Sweden⟧</code>
[All sessions → l:1001] [History of the week → h:1001:a:w:0:0]\
""")


def test_codes_and_changes_of_the_account_are_told() -> None:
    at = NOW - timedelta(days=2)
    said = told(
        Entry(at=at, kind=Kind.CODE),
        Entry(at=at, kind=Kind.CODE),
        Entry(at=at, kind=Kind.TTL, note="180→30"),
        Entry(at=at, kind=Kind.ACCOUNT, note="has_password yes→no"),
    )
    assert "A login code was asked for 2 times" in said
    assert "2FA password" in said
    assert "30" in said


def test_a_journey_is_one_line_however_often_it_moved() -> None:
    home, away = session("7"), session("7", country="Norway", region="")
    at = NOW - timedelta(days=2)
    said = told(
        Entry(at=at, kind=Kind.MOVED, session=away, before=home),
        Entry(at=at + timedelta(hours=1), kind=Kind.MOVED, session=home, before=away),
        Entry(at=at + timedelta(hours=2), kind=Kind.MOVED, session=away, before=home),
    )
    assert "3 times, last to <code>⟦Norway⟧</code>" in said


def test_the_week_of_the_break_in() -> None:
    assert week_to(on(BREAK_IN + 4)) == snapshot("""\
The week to 30 Dec 2025: \u2068Ada\u2069
Inside, besides Doorman: 2 in use; none trusted.

Logged in (3)
Sun 🖥️ \u2068ThinkPad T14\u2069, \u2068Malmo, Sweden\u2069
Sat 🤖 \u2068Pixel 9\u2069, \u2068Malmo, Sweden\u2069
Fri 🐧 \u2068Desktop\u2069, \u2068Brazil\u2069

Ended (4)
Sun 🐧 \u2068Desktop\u2069: ended by you
Sat 🌐 \u2068Chrome 139\u2069: all other sessions were ended in one go
Sat 🖥️ \u2068ThinkPad T14\u2069: all other sessions were ended in one go
Sat 🤖 \u2068Pixel 9\u2069: all other sessions were ended in one go

Not watched (1)
Nobody was looking from 27 Dec 2025, 11:16 UTC on: what came and went meanwhile is not known\
""")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_week_of_a_year_fits_and_tells_each_login(seed: int) -> None:
    for week in range(1, 53):
        now = on(7 * week)
        logins = [e for e in history_of(seed) if e.kind is Kind.LOGIN and now - WEEK <= e.at < now]
        others = [e for e in logins if e.session and not e.session.current]
        assert (f"Logged in ({len(others)})" in week_to(now, seed)) is bool(others)


def test_a_week_that_nobody_watched_is_not_called_quiet() -> None:
    digest = digest_of([], roster(), Standings(), since=NOW - WEEK, now=NOW)
    screen = digest_screen(ACCOUNT, digest, account_name="Ada", viewer=OWNER, note="⚠️ The worker was stopped.")
    assert "The worker was stopped" in plain(screen)
    assert "quiet" not in plain(screen)


def test_a_crowd_of_entries_fits() -> None:
    name = "\U0001d400" * 200
    liar = session("7", device_model=name, country=name, region=name)
    at = NOW - timedelta(hours=1)
    kinds = (Kind.LOGIN, Kind.ENDED, Kind.MOVED, Kind.ALTERED, Kind.GAP, Kind.CODE)
    entries = [Entry(at=at, kind=k, session=liar, before=session("7"), note=name) for k in kinds for _ in range(50)]
    inside = roster(*(session(str(n), device_model=name, country=name) for n in range(1, 50)))
    waiting = Standings(unanswered=tuple(Unanswered(hash=str(n), since=NOW) for n in range(1, 50)))
    digest = digest_of(entries, inside, waiting, since=NOW - WEEK, now=NOW)
    fits_telegram(digest_screen(2**52, digest, account_name=name, viewer=OWNER))


def test_an_account_that_nobody_has_looked_at_has_no_digest() -> None:
    assert "not reported yet" in plain(digest_unknown(account_name="Ada"))
