"""ALERT_URLS: what is refused and in which words, what a channel is called, and what is written there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.utils.formatting import Bold, Code, Text

from bot.delivery import addresses
from bot.delivery.channels import channels_of
from bot.settings import BotSettings
from bot.views.afar import from_afar
from bot.views.letter import OF_A_SESSION, OF_ANYTHING, letter
from bot.views.screen import Screen
from core.contract.events import (
    Event,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
    TtlChanged,
)
from core.keyring import Keyring
from core.settings import load
from tests.domain_values import ACCOUNT, KEYRING, NOW, OWNER, SECRET_KEY, session

#: Some of Apprise's services import what Python is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

GOOD = {"BOT_TOKEN": "123456789:AAtoken", "OWNER_IDS": "1001", "SECRET_KEY": SECRET_KEY}
TOKEN = "AAabcdefghijklmnopqrstuvwxyz012345678"


@pytest.fixture
def started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[[str], list[str]]:
    """The lines that a start with this ALERT_URLS ends in."""
    monkeypatch.chdir(tmp_path)

    def start(alert_urls: str) -> list[str]:
        for name, value in (GOOD | {"ALERT_URLS": alert_urls}).items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit):
            load(BotSettings)
        out, err = capfd.readouterr()
        return (out + err).splitlines()

    return start


def named(*urls: str) -> list[str]:
    return addresses.names([addresses.read(url, number=1) for url in urls])


@pytest.mark.parametrize(
    "written",
    [
        "json://a.org/x,ntfy://b.org/y",
        "json://a.org/x, ntfy://b.org/y",
        "json://a.org/x ntfy://b.org/y",
        "\njson://a.org/x\n\tntfy://b.org/y,\n",
        ",json://a.org/x,,ntfy://b.org/y , json://a.org/x",
    ],
)
def test_addresses_have_commas_or_white_space_between_them_and_count_once(written: str) -> None:
    assert addresses.split(written) == ["json://a.org/x", "ntfy://b.org/y"]


def test_a_comma_within_an_address_parts_none() -> None:
    mail = "mailtos://me:pw@a.org?to=b@c.org,d@e.org"
    assert addresses.split(f"{mail},json://a.org") == [mail, "json://a.org"]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("json://a.org, nope://hunter2secret", "address 2 is of no service"),
        ("hunter2secret", "address 1 does not begin with a service"),
        ("json://a.org tgram://hunter2secret", "address 2 (tgram://…) can't be used"),
        ("https://example.org/hunter2secret", "address 1 (https://…) is of no service"),
        ("mailtos://me:hunter2@hunter2secret.x@a.org", "address 1 (mailtos://…) has a sign in it"),
        (" ".join(f"json://a.org/hunter2secret{n}" for n in range(11)), "it has 11 addresses; 10 are the most"),
    ],
)
def test_an_address_of_no_use_ends_the_start_in_one_line_that_names_it_and_nothing_secret(
    started: Callable[[str], list[str]], written: str, words: str
) -> None:
    [line] = started(written)
    assert line.startswith("ALERT_URLS is wrong: ")
    assert words in line
    assert "hunter2" not in line


def test_apprise_is_not_imported_where_there_is_no_address() -> None:
    code = (
        "import sys; from bot.settings import BotSettings; from bot.delivery.channels import channels_of\n"
        f"s = BotSettings(_env_file=None, bot_token='1:a', owner_ids='1', secret_key='{SECRET_KEY}', alert_urls=' ')\n"
        "assert channels_of(s) == (); assert 'apprise' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={})


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("mailtos://me:secret@gmail.com", "E-Mail (gmail.com)"),
        ("ntfys://secret@ntfy.example.org/topic", "ntfy (ntfy.example.org)"),
        ("ntfy://a-secret-topic", "ntfy"),
        (f"tgram://123456789:{TOKEN}/1234", "Telegram"),
        ("https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", "Discord"),
        ("json://user:secret@127.0.0.1:8080/x", "JSON (127.0.0.1)"),
        ("gotify://single/Aabcdefghijklmn", "Gotify"),
        ("pbul://o.abcdefghijklmnopqrstuvwxyz", "Pushbullet"),
    ],
)
def test_a_channel_is_called_by_its_service_and_its_host_where_that_is_no_secret(url: str, name: str) -> None:
    assert named(url) == [name]


def test_channels_of_one_kind_are_told_apart_by_a_number() -> None:
    assert named("json://a.org/1", "ntfy://x", "json://a.org/2", "json://b.org") == [
        "JSON (a.org) #1",
        "ntfy",
        "JSON (a.org) #2",
        "JSON (b.org)",
    ]


def test_a_channels_id_is_the_same_after_a_restart_and_another_under_another_key() -> None:
    [one] = addresses.ids("json://a.org", KEYRING)
    assert addresses.ids("json://a.org", KEYRING) == (one,)
    assert addresses.ids("json://b.org", KEYRING) != (one,)
    new, former = addresses.ids("json://a.org", Keyring("n" * 40, SECRET_KEY))
    assert former == one != new
    assert "a.org" not in one


def test_channels_are_those_of_the_setting_in_its_order() -> None:
    settings: Any = {"bot_token": "1:a", "owner_ids": "1", "secret_key": SECRET_KEY, "alert_urls": "ntfy://x json://y"}
    assert [channel.name for channel in channels_of(BotSettings(_env_file=None, **settings))] == ["ntfy", "JSON"]


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
            "🔔 Nobody has answered for this login yet: “Ada”",
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
            "Idle sessions now end after 7 days: “Ada”",
            ("It was 180 days", OF_ANYTHING),
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
