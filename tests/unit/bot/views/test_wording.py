"""Whatever a device says of itself is shown as one short line, apart from our own words."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.alerts import announced_login_alert, login_alert, session_altered, session_ended
from bot.views.card import card
from bot.views.screen import Screen
from bot.views.sessions import sessions_page
from bot.views.wording import END_ISOLATE, ISOLATE, NAME_MOST, UNSHOWN, ago, cleaned, moment, named
from core.contract.events import LoginAnnounced, SessionAltered, SessionAppeared, SessionEnded
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.screens import fits_telegram, plain

HOSTILE = {
    "markup": "<b>Ended by you</b> *x* _y_ [z](tg://user?id=1) `c` &amp; </code>",
    "a link": "https://telegram.example/login",
    "right to left": "\u202egnp.exe\u202c",
    "isolates of its own": "\u2069 Ended by you \u2068",
    "isolates left open": "\u2066\u2067\u2068",
    "zero width": "Pix\u200bel\u200d \ufeff9\u2060",
    "new lines": "Pixel\n\n✅ This was you.\r\n\u2028\u2029\u0085\x0b\x0c",
    "nulls and bells": "Pixel\x00\x07\x1b[2J",
    "a tab": "Pixel\t9",
    "4 kB": "A" * 4096,
    "4 kB of nothing": "\u200b" * 4096,
    "4 kB of nothing, then something": "\u200b" * 4096 + "Pixel",
    "lone surrogates": "\ud83dPixel\udc68",
    "emoji": "👨‍👩‍👧‍👦" * 50,
    "flags": "🇸🇪" * 50,
    "private and unassigned": "\ue000\U000f0000\u0378Pixel",
    "tags": "\U000e0001\U000e0041Pixel",
    "stacked marks": "P" + "\u0301" * 400,
    "a mention": "@doorman_bot /sessions #x",
}
hostile = pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())


def screens(liar: Session) -> list[Screen]:
    """Every view that shows a session's own words."""
    altered = session_altered(
        SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=liar), account_name=liar.device_model
    )
    return [
        login_alert(SessionAppeared(account=ACCOUNT, at=NOW, session=liar), account_name=liar.device_model),
        session_ended(SessionEnded(account=ACCOUNT, at=NOW, session=liar), account_name="Ada", viewer=OWNER),
        announced_login_alert(
            LoginAnnounced(
                account=ACCOUNT,
                at=NOW,
                hash="7",
                device=liar.device_model,
                location=liar.country,
                logged_in_at=NOW,
            ),
            account_name="Ada",
        ),
        card(ACCOUNT, liar, now=NOW),
        sessions_page(roster(liar), account_name=liar.device_model, page=0, now=NOW),
        *([altered] if altered else []),
    ]


def liar_called(name: str) -> Session:
    return session(
        device_model=name,
        platform=name,
        system_version=name,
        app_name=name,
        app_version=name,
        ip=name,
        country=name,
        region=name,
    )


@hostile
def test_a_hostile_name_stays_one_short_line(name: str) -> None:
    line = cleaned(name)
    assert len(line) <= NAME_MOST
    assert "\n" not in line
    assert line == " ".join(line.split())
    assert not {unicodedata.category(c) for c in line} & UNSHOWN


@hostile
def test_a_hostile_name_is_closed_in(name: str) -> None:
    shown = named(name).render()[0]
    if shown == "unknown":
        return
    assert shown[0] == ISOLATE
    assert shown[-1] == END_ISOLATE
    assert not {ISOLATE, END_ISOLATE} & set(shown[1:-1])


@hostile
def test_a_hostile_name_adds_no_line_to_any_view(name: str) -> None:
    honest, hostile_ = screens(liar_called("Pixel")), screens(liar_called(name))
    for fair, foul in zip(honest, hostile_, strict=True):
        assert plain(foul).count("\n") == plain(fair).count("\n")


@hostile
def test_a_hostile_name_leaves_every_view_fit_to_be_sent(name: str) -> None:
    for screen in screens(liar_called(name)):
        fits_telegram(screen)
        text = plain(screen)
        assert text.count(ISOLATE) == text.count(END_ISOLATE)
        for line in text.split("\n"):
            assert line.count(ISOLATE) == line.count(END_ISOLATE)


@hostile
def test_a_hostile_name_brings_no_markup_of_its_own(name: str) -> None:
    for fair, foul in zip(screens(liar_called("Pixel")), screens(liar_called(name)), strict=True):
        kinds = [entity.type for entity in foul.text.render()[1]]
        assert set(kinds) <= {entity.type for entity in fair.text.render()[1]}


@given(st.text(st.characters(), max_size=100))
def test_any_name_is_shown_or_called_unknown(name: str) -> None:
    for screen in screens(liar_called(name)):
        fits_telegram(screen)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("Pixel 9", "Pixel 9"),
        ("  Pixel   9 ", "Pixel 9"),
        ("Pixel\n9", "Pixel 9"),
        ("", ""),
        ("\u200b\u202e", ""),
        ("\u3164\u2800\u115f", ""),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 38 + " yz", "x" * 38 + "…"),
        ("ادا", "ادا"),
        ("Пиксель", "Пиксель"),
        ("携帯", "携帯"),
        ("🦊", "🦊"),
    ],
)
def test_a_name_is_kept_as_far_as_it_can_be_shown(raw: str, line: str) -> None:
    assert cleaned(raw) == line


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 d ago"),
        (timedelta(days=400), "400 d ago"),
    ],
)
def test_how_long_ago_it_was(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, now=NOW) == words


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - given its zone below
def test_a_moment_is_told_to_the_minute_in_utc(at: datetime) -> None:
    aware = at.replace(tzinfo=NOW.tzinfo)
    assert datetime.strptime(moment(aware), "%d %b %Y, %H:%M %Z").replace(tzinfo=NOW.tzinfo) == aware.replace(
        second=0, microsecond=0
    )
