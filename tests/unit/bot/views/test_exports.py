"""Files of all that is kept: every field, hashes to the last digit, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from bot.views.evidence import evidence, sum_of
from bot.views.exports import FORMULA, Export, files_of, history_csv, history_json, sessions_csv, sessions_json
from core.domain.endings import Ending, Why
from core.domain.history import Entry, Kind
from core.domain.sessions import Session
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, NOW, OWNER, roster, session
from tests.screens import plain as text_of
from tests.screens import utf16_units
from tests.year import END, a_year, history_of

CAPTION_MOST = 1024  # UTF-16 units (core.telegram.org/bots/api#senddocument)
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    '"=1+1',
    "\u200b=1+1",
    "\uff1d1+1",
    'x";=1+1',
    "x,=1+1",
    "x|@SUM(1)",
    "x\n=1+1",
    "x;\t'-1",
]


def exported(*entries: Entry, **known: Any) -> Export:
    usual = {
        "account": ACCOUNT,
        "account_name": "Ada",
        "version": "1.2.3",
        "at": NOW,
        "entries": entries,
        "roster": None,
        "standings": Standings(),
        "labels": {},
    }
    return Export(**(usual | known))


def a_years(seed: int = 1) -> Export:
    return exported(*history_of(seed), roster=a_year(seed).rosters[-1], at=END)


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def ended_ones(export: Export) -> list[str]:
    return [entry.session.hash for entry in export.entries if entry.kind is Kind.ENDED and entry.session]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_taken_for_a_formula(name: str) -> None:
    liar = session(device_model=name, app_name=name, ip=name, country=name)
    export = exported(
        Entry(at=NOW, kind=Kind.LABELLED, session=liar, before=liar, note=name),
        roster=roster(liar),
        labels={"7": name},
    )
    for text in (history_csv(export), sessions_csv(export, roster(liar))):
        for line in lines(text):
            assert not any(FORMULA.search(cell) for cell in line.values())
            # Whatever it is cut at, no piece begins as a formula does.
            for separator in ",;|\t\r\n":
                pieces = [piece.strip(' "\u200b') for cell in line.values() for piece in cell.split(separator)]
                assert not any(piece.startswith(tuple("=+-@\uff1d")) for piece in pieces)
    assert json.loads(history_json(export))["entries"][0]["note"] == name


@pytest.mark.parametrize("name", ["Pixel 9", "12.1.1", "Malmo, Sweden", "A-B", "a=b", "x @ y", "10.0.0.1", "C++"])
def test_what_is_no_formula_stays_as_it_is(name: str) -> None:
    [line] = lines(history_csv(exported(Entry(at=NOW, kind=Kind.LOGIN, session=session(device_model=name)))))
    assert line["session_device_model"] == name


@pytest.mark.parametrize("hash_", ["7", MOST_NEGATIVE, "9223372036854775807"])
def test_hashes_are_never_numbers(hash_: str) -> None:
    export = exported(Entry(at=NOW, kind=Kind.LOGIN, session=session(hash_)), roster=roster(session(hash_)))
    [line] = lines(history_csv(export))
    assert line["hash"] == line["session_hash"] == f"'{hash_}"
    assert json.loads(history_json(export))["entries"][0]["session"]["hash"] == hash_
    assert json.loads(sessions_json(export, roster(session(hash_))))["sessions"][1]["hash"] == hash_


def test_every_field_is_there_and_every_time_is_utc() -> None:
    export = a_years()
    read = lines(history_csv(export))
    assert len(read) == len(export.entries)
    assert {f"session_{field.name}" for field in fields(Session)} <= set(read[0])
    assert {f"before_{field.name}" for field in fields(Session)} <= set(read[0])
    assert {f.name for f in fields(Ending)} == {
        name.removeprefix("ending_").removesuffix("_seconds") for name in read[0] if name.startswith("ending_")
    }
    assert all(datetime.fromisoformat(line["at"]).utcoffset() == UTC.utcoffset(None) for line in read)
    whole = json.loads(history_json(export))
    assert (whole["exported_by"], whole["account"]) == ("Doorman 1.2.3", ACCOUNT)
    for entry, written in zip(export.entries, whole["entries"], strict=True):
        assert datetime.fromisoformat(written["at"]) == entry.at
        assert set(written) == {field.name for field in fields(Entry)}
        assert (written["session"] or {}).get("ip") == (entry.session.ip if entry.session else None)


def test_a_session_is_told_with_how_it_stands() -> None:
    standings = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),), unanswered=(Unanswered(hash="8", since=NOW),))
    known = roster(session("7"), session("8"))
    export = exported(roster=known, standings=standings, labels={"7": "my phone"})
    guard, phone, other = lines(sessions_csv(export, known))
    assert (phone["label"], phone["trusted_by"], phone["state"]) == ("my phone", str(OWNER), "active")
    assert (other["trusted_by"], other["unanswered_since"]) == ("", NOW.isoformat())
    assert (guard["hash"], guard["current"]) == ("'0", "yes")


def test_the_files_say_what_they_hold_and_spreadsheets_know_their_encoding() -> None:
    files = files_of(a_years())
    assert len(files) == 4
    for file in files:
        assert utf16_units(text_of(file.caption)) <= CAPTION_MOST
        assert file.content.startswith(b"\xef\xbb\xbf") == file.name.endswith(".csv")
    assert "from 1 Mar 2025, 06:00 UTC on" in text_of(files[0].caption)


def test_where_nothing_is_known_yet_the_history_is_empty() -> None:
    files = files_of(exported())
    assert [json.loads(file.content)["entries"] for file in files if file.name.endswith(".json")] == [[]]


def test_what_cannot_be_seen_is_written_by_its_number() -> None:
    text = history_json(exported(Entry(at=NOW, kind=Kind.LOGIN, session=session(device_model="gnp\u202eexe Mü\x7f"))))
    assert "gnp\\u202eexe Mü\\u007f" in text


@pytest.mark.parametrize("seed", [1, 2])
def test_the_evidence_of_every_session_of_a_year_is_whole(seed: int) -> None:
    export = a_years(seed)
    for hash_ in ended_ones(export):
        file = evidence(export, hash_, viewer=OWNER)
        assert file
        whole = json.loads(file.content)
        content = whole["content"]
        assert content["session"]["hash"] == hash_
        own = [entry for entry in content["entries"] if entry["session"]]
        assert len(own) == sum(entry.is_about(hash_) for entry in export.entries)
        assert content["ended"]["evidence"]["why"] in set(Why)
        assert content["ended"]["in_words"] == own[-1]["in_words"]
        assert utf16_units(text_of(file.caption)) <= CAPTION_MOST


def test_the_sums_tell_whether_a_file_was_altered() -> None:
    export = a_years()
    file = evidence(export, ended_ones(export)[0], viewer=OWNER)
    assert file
    whole = json.loads(file.content)
    assert whole["sha256"] == sum_of(whole["content"])
    assert sha256(file.content).hexdigest() in text_of(file.caption)
    whole["content"]["session"]["ip"] = "192.0.2.99"
    assert whole["sha256"] != sum_of(whole["content"])


def test_the_evidence_says_who_is_inside_still() -> None:
    entry = Entry(at=NOW, kind=Kind.LOGIN, session=replace(session("7"), ip="192.0.2.1"))
    file = evidence(exported(entry, roster=roster(session("7"))), "7", viewer=OWNER)
    assert file
    content = json.loads(file.content)["content"]
    assert (content["is_listed"], content["ended"], content["known_from"]) == (True, None, "its beginning")
    assert (content["session"]["ip"], content["entries"][0]["session"]["ip"]) == ("192.0.2.7", "192.0.2.1")


def test_the_caption_names_a_session_as_its_owner_does() -> None:
    export = replace(exported(roster=roster(session("7"))), labels={"7": "my phone"})
    file = evidence(export, "7", viewer=OWNER)
    assert file
    assert text_of(file.caption).startswith("Evidence: 🏷 \u2068my phone\u2069 · \u2068Pixel 9\u2069\n")


def test_of_an_unknown_session_there_is_no_evidence() -> None:
    assert evidence(exported(), "7", viewer=OWNER) is None
