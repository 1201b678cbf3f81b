"""Counts what came of a story, from what the sandbox's control API tells: who was told how often, what was done."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from math import inf
from typing import Any

from rich.console import Console
from rich.table import Table

Raw = Mapping[str, Any]
NEW_LOGIN = "New login"


def overlaps(connections: Iterable[Raw], keys: Collection[str] | None = None) -> list[tuple[Raw, Raw]]:
    """Pairs of connections (`/api/connections`) of one auth key that were open at the same moment, earlier one first.

    Of these keys only, if any are given. One that began in the moment when the other ended does not overlap it.
    """
    of_keys = [one for one in connections if one["auth_key_id"] and (keys is None or one["auth_key_id"] in keys)]
    pairs = combinations(sorted(of_keys, key=lambda one: one["since"]), 2)
    return [(a, b) for a, b in pairs if a["auth_key_id"] == b["auth_key_id"] and _end(a) > b["since"] < _end(b)]


def _end(connection: Raw) -> float:
    return inf if connection["until"] is None else float(connection["until"])


def alerts_by_login(messages: Iterable[Raw], devices: Iterable[str]) -> dict[str, int]:
    """How many messages of a chat (`/api/chats/{owner}/messages`) alert each login, known by its device's name."""
    alerts = [str(m.get("text", "")) for m in messages if m["from"]["is_bot"] and NEW_LOGIN in m.get("text", "")]
    return {device: sum(_names(text, device) for text in alerts) for device in devices}


def alerts_sent(calls: Iterable[Raw], device: str, *, to: int) -> int:
    """How often an alert of this login was sent to this chat (`/api/calls`), whatever became of the message."""
    sent = [call for call in calls if call["method"] == "sendMessage" and str(call["params"]["chat_id"]) == str(to)]
    texts = [call["answer"]["result"]["text"] for call in sent if call["answer"] and call["answer"]["ok"]]
    return sum(NEW_LOGIN in text and _names(text, device) for text in texts)


def _names(text: str, device: str) -> bool:
    """Whether it is this device: `Phone 1` is not named by `Phone 12`."""
    return bool(re.search(rf"(?<!\w){re.escape(device)}(?!\w)", text))


def executions(calls: Iterable[Raw], hash_: str) -> int:
    """How often a session was ended by request (`/api/calls`): done, whether or not the answer arrived."""
    resets = (call for call in calls if call["method"] == "account.resetAuthorization")
    return sum(call["params"]["hash"] == hash_ and _was_done(call["answer"]) for call in resets)


def _was_done(answer: Any) -> bool:
    return answer is not None and not (isinstance(answer, Mapping) and "error" in answer)


def tally(alerts: Mapping[str, int]) -> dict[str, int]:
    """Of so many logins, how many were told never, once, twice, and more often."""
    times = Counter(alerts.values())
    few = {"never": times[0], "once": times[1], "twice": times[2]}
    return {"logins": times.total(), **few, "more": times.total() - sum(few.values())}


def table(title: str, stories: Mapping[str, Mapping[str, int]]) -> Table:
    """A row for each story, a column for each thing that was counted in any."""
    columns: Sequence[str] = list(dict.fromkeys(name for counts in stories.values() for name in counts))
    made = Table(title=title)
    made.add_column("story", overflow="fold")
    for column in columns:
        made.add_column(column, justify="right", no_wrap=True)
    for story, counts in stories.items():
        made.add_row(story, *(str(counts.get(column, "")) for column in columns))
    return made


def show(title: str, stories: Mapping[str, Mapping[str, int]]) -> None:
    """Print the table."""
    Console().print(table(title, stories))
