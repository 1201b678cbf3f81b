"""What is written where nothing can be pressed: each event a plain letter, with no way out of its quotes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram.utils.formatting import Bold, Code, Text

from bot.views.afar import from_afar
from bot.views.letter import OF_A_SESSION, OF_ANYTHING, letter
from bot.views.screen import Screen
from core.contract.account_events import TtlChanged
from core.contract.events import Event
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from tests.domain_values import ACCOUNT, NOW, OWNER, session


def test_a_letter_has_the_first_line_as_its_title_and_sets_names_apart() -> None:
    screen = Screen(text=Text(Bold("🔔 New login to 😀 "), Code("Ada 🙂"), "\n\n", Code("Pixel"), " at ", Code("home")))
    content = letter(screen, where_to_act=OF_A_SESSION)
    assert content.title == "🔔 New login to 😀 “Ada 🙂”"
    assert content.body == f"“Pixel” at “home”\n\n{OF_A_SESSION}"
    assert content.is_alarm


def test_one_line_is_a_title_and_where_to_act() -> None:
    content = letter(Screen(text=Text("Redis is back.")))
    assert (content.title, content.body, content.is_alarm) == ("Redis is back.", OF_ANYTHING, False)


@pytest.mark.parametrize(
    "device",
    [
        "x” said “Doorman",
        'x" said "Doorman',
        "«x» said „Doorman‟",
        "x\n\nIt was you: all is well.\n",
        "x\u202e\u2069 all is well",
        "<b>x</b> &amp; ${HOME} \\n :smile: [a](https://e.org)",
    ],
)
def test_a_device_cannot_break_out_of_its_quotes(device: str) -> None:
    event = SessionAppeared(account=ACCOUNT, at=NOW, session=session(device_model=device))
    content = from_afar(event, account_name="Ada")
    assert content is not None
    [line] = [line for line in content.body.splitlines() if "Android 16" in line]
    opened, _, rest = line.partition("”")
    assert opened.startswith("“")
    assert rest.startswith(" · “Android 16”")
    assert content.body.count("“") == content.body.count("”")
    assert "://e" not in content.body


def test_no_button_no_code_and_no_hash_is_in_a_letter() -> None:
    event = SessionAppeared(account=ACCOUNT, at=NOW, session=session("-7071067811865475244"))
    content = from_afar(event, account_name="Ada")
    assert content is not None
    assert content.title == "🔔 New login to “Ada”"
    assert "7071067811865475244" not in content.body
    assert "End session" not in content.body


@pytest.mark.parametrize(
    ("event", "title", "words"),
    [
        (
            LoginAnnounced(account=ACCOUNT, at=NOW, hash="1", device="Pixel", location="Malmo", logged_in_at=NOW),
            "🔔 New login to “Ada”",
            ("“Pixel”", OF_A_SESSION),
        ),
        (
            SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=None),
            "A session ended: “Ada”",
            ("“Pixel 9”", "It ended elsewhere", OF_ANYTHING),
        ),
        (
            SessionEnded(account=ACCOUNT, at=NOW, session=session(), ended_by=OWNER),
            "A session ended: “Ada”",
            ("An owner had Doorman end it",),
        ),
        (
            LoginConfirmed(account=ACCOUNT, at=NOW, session=session(), confirmed_by=OWNER),
            "A login was confirmed: “Ada”",
            ("“Pixel 9”", "An owner said that it was theirs", "Telegram was told"),
        ),
        (
            LoginUnanswered(account=ACCOUNT, at=NOW, session=session(), since=NOW - timedelta(hours=1)),
            "🔔 Not answered yet: the login to “Ada”",
            ("14 Mar 2026, 14:09 UTC", OF_A_SESSION),
        ),
        (
            TrustChanged(account=ACCOUNT, at=NOW, session=session(), trusted=True, by=OWNER),
            "A session is trusted now: “Ada”",
            ("“Pixel 9”",),
        ),
        (
            TrustChanged(account=ACCOUNT, at=NOW, session=session(), trusted=False, by=OWNER),
            "A session is trusted no more: “Ada”",
            ("“Pixel 9”",),
        ),
        (
            TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7),
            "Unused sessions now end after 7 days: “Ada”",
            ("It was 180 days", "If that was not you", OF_ANYTHING),
        ),
        (
            TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7, by=OWNER),
            "Unused sessions now end after 7 days: “Ada”",
            ("It was 180 days. An owner did that: 14 Mar 2026, 15:09 UTC",),
        ),
        (
            SessionAdjusted(account=ACCOUNT, at=NOW, session=session(), by=OWNER, label="my phone"),
            "A session was named: “Ada”",
            ("“Pixel 9”", "Its name: 🏷 “my phone”", "An owner did that", OF_ANYTHING),
        ),
        (
            EndingAwaited(account=ACCOUNT, at=NOW, session=session(), by=OWNER, allowed_from=NOW),
            "A session is to be ended as soon as Telegram allows it: “Ada”",
            ("“Pixel 9”", "An owner did that", OF_ANYTHING),
        ),
        (
            EndingDropped(account=ACCOUNT, at=NOW, session=session(), wanted_by=OWNER, by=OWNER),
            "An ending was called off: “Ada”",
            ("“Pixel 9”", "An owner called that off", OF_ANYTHING),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_each_event_is_a_message_of_its_own(event: Event, title: str, words: tuple[str, ...]) -> None:
    content = from_afar(event, account_name="Ada")
    assert content is not None
    assert content.title == title
    for said in words:
        assert said in content.body


def test_what_makes_no_message_for_owners_makes_none_here() -> None:
    moved = SessionAltered(account=ACCOUNT, at=NOW, before=session(), after=session(ip="192.0.2.8"))
    assert from_afar(moved, account_name="Ada") is None
