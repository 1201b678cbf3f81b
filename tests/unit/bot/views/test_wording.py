"""Names as far as they can be shown, plain quotes, addresses and times; what attackers try is in test_clever_names."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.wording import END_ISOLATE, ISOLATE, NAME_MOST, address, ago, cleaned, moment, named, quoted
from tests.domain_values import NOW, session


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
        ("Galaxy S24+ <Ultra> | $5 ^~", "Galaxy S24+ <Ultra> | $5 ^~"),
        ("携" * 40, "携" * 40),
        ("\U0001d400" * 40, "\U0001d400" * 40),
        ("Tuyết Mai", "Tuyết Mai"),
        ("Tuye\u0302\u0301t", "Tuyết"),
        ("ที่นี่", "ที่นี่"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_a_name_is_kept_as_far_as_it_can_be_shown(raw: str, line: str) -> None:
    assert cleaned(raw) == line


def test_a_label_may_be_shorter_still() -> None:
    assert cleaned("Pixel 9 Pro XL", most=8) == "Pixel 9…"
    assert quoted("Pixel 9 Pro XL", most=8) == "“Pixel 9…”"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("Pixel 9", "“Pixel 9”"),
        ("Telegram Android 12.1.1", "“Telegram Android 12.1.1”"),
        ("192.0.2.7", "“192.0.2.7”"),
        ("SM-G991B/DS", "“SM-G991B/DS”"),
        ("Mac mini.", "“Mac mini.”"),
        ('“Pixel” „9‟ «a» "b"', "“'Pixel' '9' 'a' 'b'”"),
        ("Pixel” logged out. “", "“Pixel' logged out. '”"),
        ("https://telegram.example/login", "“https[:]//telegram[.]example/login”"),
        ("http://192.0.2.7", "“http[:]//192.0.2.7”"),
        ("www.example", "“www[.]example”"),
        ("пример.рф", "“пример[.]рф”"),
        ("例\u3002中国", "“例[\u3002]中国”"),
        ("ada@mail.example", "“ada[@]mail[.]example”"),
        ("@everyone /sessions", "“[@]everyone [/]sessions”"),
        ("[login](tg://resolve)", "“[login] (tg[:]//resolve)”"),
        ("ادا", f"“{ISOLATE}ادا{END_ISOLATE}”"),
        ("", "unknown"),
        ("\u200b✅", "unknown"),
    ],
)
def test_a_name_in_plain_text_is_quoted_and_leads_nowhere(raw: str, said: str) -> None:
    assert quoted(raw) == said


def test_a_name_that_is_none_is_called_what_its_place_wants() -> None:
    assert quoted("\n", unknown="unknown device") == "unknown device"
    assert named("\n", unknown="unknown app").render()[0] == "unknown app"


def test_a_name_is_code_between_isolates() -> None:
    assert named("Pixel 9").as_html() == f"<code>{ISOLATE}Pixel 9{END_ISOLATE}</code>"
    assert len(named("x" * 99).render()[0]) == NAME_MOST + 2


@pytest.mark.parametrize(
    ("ip", "said"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "unknown IP"),
        ("\u202e", "unknown IP"),
        ("192.0.2.7\n✅ you", f"{ISOLATE}192.0.2.7 you{END_ISOLATE}"),
        ("fe80::1%ادا", f"{ISOLATE}fe80::1%ادا{END_ISOLATE}"),
        ("a" * 46, f"{ISOLATE}{'a' * 39}…{END_ISOLATE}"),
    ],
)
def test_an_ip_is_bare_and_what_is_none_is_a_name(ip: str, said: str) -> None:
    assert address(session(ip=ip)).render()[0] == said


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
