"""All that is kept, as files: CSV for spreadsheets, JSON for programs; times in ISO 8601 UTC, hashes as strings."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram.utils.formatting import Bold, Text

from bot.views.attachment import Attachment
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.domain.account_state import AccountChange
from core.domain.endings import Ending
from core.domain.history import Entry
from core.domain.lifecycle import state_of
from core.domain.sessions import Roster, Session, in_order
from core.domain.standing import Standings

#: What a spreadsheet takes for a formula at the beginning of a cell, and where a cell may begin for it: behind whatever
#: it takes for a separator, quotes and spaces aside (owasp.org/www-community/attacks/CSV_Injection).
FORMULA = re.compile(r"(^|[,;|\t\r\n])([\s\"\x00-\x20\u200b-\u200f\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
APOSTROPHE = (
    "An apostrophe stands before each hash, which a spreadsheet would round, and before what it would take for a "
    "formula; the JSON has none."
)
HASHES = frozenset({"hash", "survivor"})
#: Of what can't be seen, or governs what stands beside it.
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is exported, for whom and when; `roster` is the last one known."""

    account: int
    account_name: str
    version: str
    at: datetime
    entries: Sequence[Entry]
    roster: Roster | None
    standings: Standings
    labels: Mapping[str, str]


def files_of(export: Export) -> tuple[Attachment, ...]:
    """The history and the sessions, each as CSV and as JSON."""
    stem = f"doorman-{export.account}-{{}}-{export.at:%Y%m%dT%H%MZ}.{{}}"
    since = f", from {moment(min(e.at for e in export.entries))} on" if export.entries else ""
    of_history = Text(Bold("History of "), named(export.account_name), f"\n{len(export.entries)} entries{since}.")
    files = [
        _file(stem.format("history", "csv"), history_csv(export), Text(of_history, f" {APOSTROPHE}")),
        _file(stem.format("history", "json"), history_json(export), of_history),
    ]
    if roster := export.roster:
        of_sessions = Text(
            Bold("Sessions of "),
            named(export.account_name),
            f"\n{len(roster.sessions)}, as of {moment(roster.taken_at)}.",
        )
        files += [
            _file(stem.format("sessions", "csv"), sessions_csv(export, roster), Text(of_sessions, f" {APOSTROPHE}")),
            _file(stem.format("sessions", "json"), sessions_json(export, roster), of_sessions),
        ]
    return tuple(files)


def history_csv(export: Export) -> str:
    """A line for each entry, oldest first."""
    return _csv(
        {
            "at": plain(entry.at),
            "kind": entry.kind.value,
            "by": entry.by,
            "note": entry.note,
            **_parts("change", AccountChange, entry.change),
            "hash": entry.session.hash if entry.session else None,
            "label": export.labels.get(entry.session.hash, "") if entry.session else None,
            **_parts("ending", Ending, entry.ending),
            **_parts("session", Session, entry.session),
            **_parts("before", Session, entry.before),
        }
        for entry in export.entries
    )


def history_json(export: Export) -> str:
    """All entries, oldest first."""
    return readable({**head(export), "labels": dict(export.labels), "entries": [plain(e) for e in export.entries]})


def sessions_csv(export: Export, roster: Roster) -> str:
    """A line for each session, in Telegram's order."""
    head_of_each = {"account": roster.account, "taken_at": plain(roster.taken_at), "ttl_days": roster.ttl_days}
    return _csv({**head_of_each, **standing_of(session, export)} for session in in_order(roster.sessions))


def sessions_json(export: Export, roster: Roster) -> str:
    """All sessions, in Telegram's order."""
    each = [standing_of(session, export) for session in in_order(roster.sessions)]
    return readable({**head(export), "taken_at": plain(roster.taken_at), "ttl_days": roster.ttl_days, "sessions": each})


def head(export: Export) -> dict[str, Any]:
    """What every file of ours says of itself."""
    return {"exported_by": f"Doorman {export.version}", "exported_at": plain(export.at), "account": export.account}


def standing_of(session: Session, export: Export) -> dict[str, Any]:
    """A session with every field, and how it stands with its owner."""
    trust = export.standings.trust_in(session.hash)
    waits = next((login for login in export.standings.unanswered if login.hash == session.hash), None)
    return {
        **plain(session),
        "state": state_of(session, now=export.at).value,
        "label": export.labels.get(session.hash, ""),
        "trusted_at": plain(trust.at) if trust else None,
        "trusted_by": trust.by if trust else None,
        "unanswered_since": plain(waits.since) if waits else None,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it; a span of time in seconds, which its name then says."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case timedelta():
            return value.total_seconds()
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {
                f"{field.name}_seconds" if isinstance(each, timedelta) else field.name: plain(each)
                for field in fields(value)
                for each in [getattr(value, field.name)]
            }
        case _:
            return value


def readable(value: Any) -> str:
    """JSON to be read by people too: what can't be seen in it is written by its number."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(_by_number(c) if c != "\n" and unicodedata.category(c) in UNSEEN else c for c in text) + "\n"


def _by_number(char: str) -> str:
    return json.dumps(char)[1:-1]


def _parts(
    name: str, type_: type[Session | Ending | AccountChange], value: Session | Ending | AccountChange | None
) -> dict[str, Any]:
    """A column for each field, of those that there are none of too."""
    shown: dict[str, Any] = plain(value) if value else {}
    spans = {"idle", "apart"}
    columns = (f"{field.name}_seconds" if field.name in spans else field.name for field in fields(type_))
    return {f"{name}_{column}": shown.get(column) for column in columns}


def _csv(lines: Iterable[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for line in lines:
        if writer is None:
            writer = csv.DictWriter(file, fieldnames=list(line), quoting=csv.QUOTE_ALL)
            writer.writeheader()
        writer.writerow({column: _cell(column, value) for column, value in line.items()})
    return file.getvalue()


def _cell(column: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() if column.rpartition("_")[2] in HASHES:
            return f"'{value}"
        case str():
            return FORMULA.sub(r"\1\2'", value)
        case _:
            return str(value)


def _file(name: str, text: str, caption: Text) -> Attachment:
    # Spreadsheets take a file without the mark for one of an older encoding.
    encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
    content = text.encode(encoding, errors="backslashreplace")
    return Attachment(name=name, content=content, caption=Screen(text=caption))
