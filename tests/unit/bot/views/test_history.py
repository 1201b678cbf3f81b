"""The history in pages that stand still, and the story of one session."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from aiogram.filters.callback_data import CallbackData
from inline_snapshot import snapshot

from bot.button_seal import SEAL_LENGTH
from bot.views.buttons.history import Group, SendEvidence, SendTimeline, ShowHistory, ShowStory, Since
from bot.views.history import GROUPS, history_page, names_of
from bot.views.screen import Screen
from bot.views.story import story_page
from core.domain.endings import Ending, Why
from core.domain.history import Entry, Kind
from core.domain.labels import Former, Label, Labels
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, NOW, OWNER, session
from tests.screens import CALLBACK_MOST, data_of, fits_telegram, plain, rows, shown
from tests.year import END, history_of

DAY = timedelta(days=1)
NO_ENDING = {"went": 1, "stayed": 2, "survivor": None, "youngest_stayed": False, "guard_stayed": True}
PHONE, LAPTOP = session("7"), session("8", device_model="ThinkPad")
ENDING = Ending(
    why=Why.RAN_OUT,
    last_active=NOW - 40 * DAY,
    idle=30 * DAY,
    ttl_days=30,
    apart=timedelta(seconds=30),
    **NO_ENDING,
)
ENTRIES = (
    Entry(at=NOW - 90 * DAY, kind=Kind.BASELINE, session=PHONE),
    Entry(at=NOW - 50 * DAY, kind=Kind.LOGIN, session=LAPTOP),
    Entry(at=NOW - 20 * DAY, kind=Kind.GAP, note=(NOW - 21 * DAY).isoformat()),
    Entry(at=NOW - 10 * DAY, kind=Kind.ENDED, session=LAPTOP, ending=ENDING),
    Entry(at=NOW - 2 * DAY, kind=Kind.CODE),
    Entry(at=NOW - 2 * DAY, kind=Kind.TRUSTED, session=PHONE, by=OWNER),
)


def page(entries: tuple[Entry, ...] = ENTRIES, *, labels: dict[str, str] | None = None, **wanted: object) -> Screen:
    return history_page(
        entries,
        ShowHistory.model_validate({"account": ACCOUNT, **wanted}),
        account_name="Ada",
        labels=labels or {},
        viewer=OWNER,
        now=NOW,
    )


def story(entries: tuple[Entry, ...], hash_: str, *, is_listed: bool = False, **wanted: int) -> Screen:
    return story_page(
        entries,
        ShowStory(account=ACCOUNT, hash=hash_, **wanted),
        account_name="Ada",
        label="",
        is_listed=is_listed,
        viewer=OWNER,
    )


def turned(screen: Screen, sign: str) -> ShowHistory | None:
    """What the button with that sign asks for."""
    buttons = [b for row in screen.keyboard.inline_keyboard for b in row if sign in b.text] if screen.keyboard else []
    return ShowHistory.unpack(buttons[0].callback_data or "") if buttons else None


def moments(screen: Screen) -> list[str]:
    return [line for line in plain(screen).splitlines() if line[:1].isdigit()]


def test_a_page_tells_newest_first_under_its_days() -> None:
    assert shown(page(labels={"7": "my phone"})) == snapshot("""\
<b>History of </b><code>⟦Ada⟧</code>
All · all time · 6 entries

<b>12 Mar 2026</b>, UTC
1. 15:09 🤖 🏷 <code>⟦my phone⟧</code>
    Trusted by you
15:09 A login code came: somebody asked for one

<b>4 Mar 2026</b>
3. 15:09 🤖 <code>⟦ThinkPad⟧</code>
    It ran out. It was last active at 2 Feb 2026, 15:09 UTC, 30 days before, and idle sessions end after 30 days.

<b>22 Feb 2026</b>
15:09 Nobody was looking from 21 Feb 2026, 15:09 UTC on: what came and went meanwhile is not known

<b>23 Jan 2026</b>
5. 15:09 🤖 <code>⟦ThinkPad⟧</code>
    Logged in from <code>⟦Malmo, Sweden⟧</code>

<b>14 Dec 2025</b>
6. 15:09 🤖 🏷 <code>⟦my phone⟧</code>
    Was inside when Doorman began to watch, in <code>⟦Malmo, Sweden⟧</code>

Here Doorman began to watch, 14 Dec 2025, 15:09 UTC: what happened before, it can't know.
[1 → y:1001:7:0:0] [3 → y:1001:8:0:0] [5 → y:1001:8:0:0] [6 → y:1001:7:0:0]
[🔄 Refresh → h:1001:a:e:0:0]
[· All · → h:1001:a:e:1773328167:0] [Logins → h:1001:l:e:1773328167:0] [Ends → h:1001:e:e:1773328167:0]
[Moves → h:1001:m:e:1773328167:0] [Changes → h:1001:c:e:1773328167:0] [Account → h:1001:k:e:1773328167:0]
[24 h → h:1001:a:d:1773328167:0] [7 d → h:1001:a:w:1773328167:0] [30 d → h:1001:a:m:1773328167:0] [· All time · → h:1001:a:e:1773328167:0]\
""")


def test_a_story_tells_of_one_session_and_when_nobody_looked() -> None:
    assert shown(story(ENTRIES, "8")) == snapshot("""\
<b>History of a session of </b><code>⟦Ada⟧</code>
🤖 <code>⟦ThinkPad⟧</code>
Logged in 14 Mar 2026, 15:06 UTC · 3 entries
It is not listed any more.

<b>4 Mar 2026</b>, UTC
15:09 It ran out. It was last active at 2 Feb 2026, 15:09 UTC, 30 days before, and idle sessions end after 30 days.

<b>22 Feb 2026</b>
15:09 Nobody was looking from 21 Feb 2026, 15:09 UTC on: what came and went meanwhile is not known

<b>23 Jan 2026</b>
15:09 Logged in from <code>⟦Malmo, Sweden⟧</code>

That is all, from its login on.
[Evidence file → v:1001:8]
[All history → h:1001:a:e:0:0] [All sessions → p:1001:0]\
""")


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (Group.LOGINS, ["Logged in", "Was inside", "login code", "Nobody was looking"]),
        (Group.ENDS, ["It ran out", "Nobody was looking"]),
        (Group.CHANGES, ["Trusted by you", "Nobody was looking"]),
        (Group.ACCOUNT, ["login code", "Nobody was looking"]),
        (Group.MOVES, ["Nobody was looking"]),
    ],
)
def test_a_group_shows_its_own_kinds_and_every_gap(group: Group, told: list[str]) -> None:
    text = plain(page(group=group))
    assert all(word in text for word in told)
    assert f"{len(told)} entr" in text


def test_every_kind_is_in_a_group() -> None:
    assert frozenset().union(*GROUPS.values()) == frozenset(Kind)


@pytest.mark.parametrize(("since", "count"), [(Since.DAY, 0), (Since.WEEK, 2), (Since.MONTH, 4), (Since.EVER, 6)])
def test_only_what_happened_since_then_is_shown(since: Since, count: int) -> None:
    text = plain(page(since=since))
    assert f"{count} entr" in text
    assert ("is not shown" in text) == (since is not Since.EVER)


def test_where_nothing_happened_that_is_said() -> None:
    assert "Nothing of this kind happened in this time." in plain(page(since=Since.DAY))


def test_where_nothing_is_kept_that_is_said() -> None:
    text = plain(page(()))
    assert "0 entries" in text
    assert "Nothing is kept yet." in text


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (ENTRIES, "Here Doorman began to watch, 14 Dec 2025"),
        (ENTRIES[1:], "Nothing older is kept than of 23 Jan 2026"),
    ],
)
def test_the_beginning_of_what_is_kept_is_said_honestly(entries: tuple[Entry, ...], said: str) -> None:
    assert said in plain(page(entries))


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        (ENTRIES, "It was inside before Doorman came"),
        (ENTRIES[3:], "Nothing older is kept of it"),
    ],
)
def test_so_is_the_beginning_of_a_story(entries: tuple[Entry, ...], said: str) -> None:
    assert said in plain(story(entries, "7"))


def test_what_comes_later_shifts_no_page() -> None:
    entries = history_of(1)
    first = page(entries)
    second = turned(first, "▶")
    assert second
    before = history_page(entries, second, account_name="Ada", labels={}, viewer=OWNER, now=END)
    later = (*entries, *(Entry(at=END + n * DAY, kind=Kind.CODE) for n in range(20)))
    after = history_page(later, second, account_name="Ada", labels={}, viewer=OWNER, now=END + 20 * DAY)
    assert moments(after) == moments(before)
    refreshed = turned(after, "Refresh")
    assert refreshed
    assert "A login code came" in plain(
        history_page(later, refreshed, account_name="Ada", labels={}, viewer=OWNER, now=END + 20 * DAY)
    )


def test_a_page_beyond_the_end_is_the_last() -> None:
    assert plain(page(page=999)) == plain(page())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_is_told_whole_page_by_page(seed: int) -> None:
    entries = history_of(seed)
    screen, told = page(entries), 0
    while True:
        fits_telegram(screen)
        told += len(re.findall(r"(?m)^(?:\d\. )?\d\d:\d\d ", plain(screen)))
        if (forward := turned(screen, "▶")) is None:
            break
        screen = history_page(entries, forward, account_name="Ada", labels={}, viewer=OWNER, now=END)
    assert told == len(entries)


def test_each_entry_of_a_session_leads_to_its_story() -> None:
    stories = [data for data in data_of(page()) if data.startswith("y:")]
    assert [ShowStory.unpack(data).hash for data in stories] == ["7", "8", "8", "7"]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_story_of_a_year_can_be_sent(seed: int) -> None:
    entries = history_of(seed)
    hashes = {entry.session.hash for entry in entries if entry.session}
    for hash_ in hashes:
        for number in range(9):
            screen = story(entries, hash_, page=number)
            fits_telegram(screen)
            told = [line[:5] for line in plain(screen).splitlines() if line[2:3] == ":"]
            assert told
    assert len(hashes) > 20


def test_a_story_ends_with_its_session_and_has_no_later_gaps() -> None:
    later = Entry(at=NOW, kind=Kind.GAP, note=(NOW - DAY).isoformat())
    assert plain(story((*ENTRIES, later), "8")) == plain(story(ENTRIES, "8"))
    assert plain(story((*ENTRIES, later), "7")).count("Nobody was looking") == 2


def test_a_story_is_of_the_session_as_it_is_now() -> None:
    moved = Entry(at=NOW - DAY, kind=Kind.ALTERED, session=session("7", device_model="Copy"), before=PHONE)
    later = Entry(at=NOW, kind=Kind.GAP, note=(NOW - DAY).isoformat())
    assert "Copy" in plain(story((*ENTRIES, moved, later), "7")).splitlines()[1]


@pytest.mark.parametrize(("is_listed", "has_card"), [(True, True), (False, False)])
def test_only_who_is_inside_has_a_card(is_listed: bool, has_card: bool) -> None:
    assert any("Its card" in row for row in rows(story(ENTRIES, "7", is_listed=is_listed).keyboard)) == has_card


def test_of_an_unknown_session_nothing_is_kept() -> None:
    assert plain(story(ENTRIES, "99")) == "Nothing is kept of this session."


@pytest.mark.parametrize(
    "data",
    [
        ShowHistory(account=2**52, group=Group.ALL, since=Since.EVER, until=10**10 - 1, page=999),
        ShowStory(account=2**52, hash=MOST_NEGATIVE, until=10**10 - 1, page=999),
        SendEvidence(account=2**52, hash=MOST_NEGATIVE),
        SendTimeline(account=2**52, days=90),
    ],
    ids=lambda data: type(data).__name__,
)
def test_the_longest_data_fits_a_button_sealed(data: CallbackData) -> None:
    assert len(data.pack().encode()) <= CALLBACK_MOST - SEAL_LENGTH
    assert type(data).unpack(data.pack()) == data


def test_who_is_gone_keeps_the_name_that_it_had() -> None:
    labels = Labels(
        given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),),
        former=(Former(session=LAPTOP, text="my laptop"), Former(session=PHONE, text="old")),
    )
    assert names_of(labels) == {"7": "my phone", "8": "my laptop"}


def test_pages_go_back_in_time() -> None:
    entries = history_of(3)
    days = [entry.at for entry in sorted(entries, key=lambda entry: entry.at, reverse=True)]
    assert all(later >= earlier for later, earlier in pairwise(days))
    newest = f"{days[0]:%H:%M}"
    assert newest in moments(page(entries))[1]
