"""The past as its owner asks for it: pages, a session's story, files to keep, and a picture."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from typing import Any
from urllib.request import urlopen

import pytest

from tests.e2e.house import House, Message, until

FORMULA = "=cmd|' /C calc'!A0"


def documents(home: House, *, after: int = 0) -> list[Message]:
    return [message for message in home.owner.bots() if message.id > after and "document" in message.raw]


def downloaded(home: House, file_id: str) -> bytes:
    """The file as the owner's app gets it."""
    botapi = home.api("GET", "/api/world")["botapi"]
    with urlopen(f"{botapi['url']}/bot{botapi['token']}/getFile?file_id={file_id}", timeout=10) as answer:
        path = json.load(answer)["result"]["file_path"]
    with urlopen(f"{botapi['url']}/file/bot{botapi['token']}/{path}", timeout=10) as answer:
        return bytes(answer.read())


def content(home: House, message: Message) -> bytes:
    return downloaded(home, message.raw["document"]["file_id"])


def history(home: House, *words: str) -> Message:
    """The history once it tells of that: an alert may come a moment before its page is asked for."""
    shown = home.owner.ask("/history", "History of")
    return home.owner.sees_on(shown, *words)


@pytest.fixture(scope="module")
def visitor(home: House) -> str:
    """Somebody logged in, moved abroad and was logged out again; the session's hash."""
    hash_ = home.somebody_logs_in("Visitor's phone", ip="198.51.100.40", country="Sweden", region="Malmo")
    home.owner.see("New login", "Visitor's phone")
    home.change(hash_, ip="203.0.113.40", country="Japan", region="Tokyo")
    home.owner.ask("/sessions", "Tokyo, Japan")
    home.end_elsewhere(hash_)
    home.owner.see("A session ended", "Visitor's phone")
    return hash_


def test_history_tells_newest_first_what_happened(home: House, visitor: str) -> None:
    shown = history(home, "Visitor's phone")
    end, move, login = (shown.text.index(word) for word in ("It ended elsewhere", "→ \u2068Tokyo", "Logged in from"))
    assert end < move < login
    assert "Here Doorman began to watch" in shown.text


def test_the_history_is_filtered_by_kind_and_by_time(home: House, visitor: str) -> None:
    shown = history(home, "Visitor's phone")
    home.owner.press(shown, "Ends")
    ends = home.owner.sees_on(shown, "Ends · all time", "It ended elsewhere")
    assert "Logged in from" not in ends.text
    home.owner.press(ends, "24 h")
    home.owner.sees_on(ends, "Ends · 24 h", "It ended elsewhere")
    home.owner.press(ends, "Account")
    home.owner.sees_on(ends, "Account · 24 h", "Nothing of this kind happened in this time.")


def test_a_number_leads_to_that_sessions_story_though_it_is_gone(home: House, visitor: str) -> None:
    shown = history(home, "Visitor's phone")
    home.owner.press(shown, "1")
    story = home.owner.sees_on(shown, "History of a session", "Visitor's phone", "It is not listed any more.")
    assert "That is all, from its login on." in story.text
    home.owner.press(story, "All history")
    home.owner.sees_on(story, "All · all time")


def test_a_card_leads_to_the_sessions_story_and_its_evidence(home: House) -> None:
    home.somebody_logs_in("Card with a past", date_active=2_147_000_000)
    home.owner.see("New login", "Card with a past")
    listed = home.owner.ask("/sessions", "Card with a past")
    home.owner.press(listed, "Card with a past")
    home.owner.press(home.owner.sees_on(listed, "Logged in:", "History"), "History")
    story = home.owner.sees_on(listed, "History of a session", "Card with a past", "Evidence file")
    home.owner.press(story, "Evidence file")
    [file] = until("the evidence", lambda: documents(home, after=story.id))
    data = content(home, file)
    whole = json.loads(data)
    assert whole["content"]["session"]["device_model"] == "Card with a past"
    assert whole["content"]["is_listed"]
    assert sha256(data).hexdigest() in file.raw["caption"]
    home.owner.press(story, "Its card")
    home.owner.sees_on(story, "Logged in:", "End session")


def test_an_export_holds_everything_and_no_formula(home: House, visitor: str) -> None:
    home.somebody_logs_in(FORMULA)
    home.owner.see("New login", FORMULA)
    asked = home.owner.send("/export")
    files = until("four files", lambda: found if len(found := documents(home, after=asked)) == 4 else None)
    names: dict[str, Any] = {}
    for file in files:
        name = file.raw["document"]["file_name"]
        names[name.split("-")[2] + name[name.rindex(".") :]] = content(home, file)
    entries = json.loads(names["history.json"])["entries"]
    kinds = [entry["kind"] for entry in entries if entry["session"] and entry["session"]["hash"] == visitor]
    assert kinds == ["login", "moved", "ended"]
    listed = {each["hash"] for each in json.loads(names["sessions.json"])["sessions"]}
    assert {hash_ for hash_, row in home.sessions().items() if row["device_model"] == FORMULA} < listed
    lines = list(csv.DictReader(io.StringIO(names["sessions.csv"].decode("utf-8-sig"), newline="")))
    assert [line["device_model"] for line in lines if "cmd" in line["device_model"]] == [f"'{FORMULA}"]
    assert all(line["hash"].startswith("'") for line in lines)


def test_the_timeline_is_a_picture_of_30_or_90_days(home: House, visitor: str) -> None:
    asked = home.owner.send("/timeline")

    def photos() -> list[Message]:
        return [m for m in home.owner.bots() if m.id > asked and "photo" in m.raw]

    [photo] = until("the picture", photos, seconds=40)
    assert "Last 30 days of" in photo.raw["caption"]
    assert "Visitor's phone\u2069, ended" in photo.raw["caption"]
    assert photo.raw["photo"][0]["width"] == 1080
    assert downloaded(home, photo.raw["photo"][0]["file_id"]).startswith(b"\x89PNG")
    home.owner.press(photo, "90 days")
    both = until("the longer picture", lambda: found if len(found := photos()) == 2 else None, seconds=40)
    assert "Last 90 days of" in both[1].raw["caption"]
    home.owner.press(both[1], "History")
    home.owner.see("History of", after=both[1].id)
