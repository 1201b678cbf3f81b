"""ALERT_URLS: what is refused and in which words, and what a channel is called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.channels import addresses
from bot.channels.configured import channels_of
from bot.settings import BotSettings
from core.keyring import Keyring
from core.settings import load
from tests.domain_values import KEYRING, SECRET_KEY

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
        "import sys; from bot.settings import BotSettings; from bot.channels.configured import channels_of\n"
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
