"""The timeline: its lanes and their order, the caption's numbers, and bars that lie where the data says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.pictures import looks
from bot.pictures.drawing import draw
from bot.pictures.timeline import MarkKind, State, Timeline
from bot.views.accounts import only
from bot.views.timeline import Shown, caption, no_picture, picture_of, sessions_in
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster
from core.domain.timeline import marks_of, spans_of
from tests.domain_values import ACCOUNT, NOW, guard_session, roster, session
from tests.screens import fits_telegram, plain, utf16_units
from tests.unit.bot.pictures.seeing import Sight
from tests.year import END, a_year, history_of

DAY = timedelta(days=1)
CAPTION_MOST = 1024


def shown_of(entries: tuple[Entry, ...], known: Roster | None, *, days: int = 30, now: datetime = NOW) -> list[Shown]:
    return list(sessions_in(entries, known, labels={"7": "my phone"}, since=now - days * DAY, now=now))


def picture(entries: tuple[Entry, ...], known: Roster | None, *, days: int = 30, now: datetime = NOW) -> Timeline:
    shown = shown_of(entries, known, days=days, now=now)
    return picture_of(shown, entries, account_name="Ada", days=days, now=now)


def a_years(days: int, seed: int = 1) -> Timeline:
    return picture(history_of(seed), a_year(seed).rosters[-1], days=days, now=END)


def test_who_is_inside_comes_first_then_who_ended_last() -> None:
    phone = session("7", created_at=NOW - 20 * DAY)
    web, tablet = (
        session(h, device_model=name, created_at=NOW - 25 * DAY) for h, name in [("8", "Web"), ("9", "iPad")]
    )
    entries = (
        *(Entry(at=each.created_at, kind=Kind.LOGIN, session=each) for each in (web, tablet, phone)),
        Entry(at=NOW - 9 * DAY, kind=Kind.ENDED, session=web),
        Entry(at=NOW - 5 * DAY, kind=Kind.ENDED, session=tablet),
    )
    labels = [lane.label for lane in picture(entries, roster(phone)).lanes]
    assert labels == ["1 · Doorman (session guard)", "2 · my phone", "3 · iPad", "4 · Web"]


def test_who_ended_before_the_window_is_left_out() -> None:
    web = session("8", created_at=NOW - 50 * DAY)
    entries = (
        Entry(at=web.created_at, kind=Kind.LOGIN, session=web),
        Entry(at=NOW - 40 * DAY, kind=Kind.ENDED, session=web),
    )
    assert [each.session.hash for each in shown_of(entries, roster())] == ["0"]
    assert [each.session.hash for each in shown_of(entries, roster(), days=90)] == ["0", "8"]


def test_the_guards_own_session_is_not_inside_once_it_is_lost() -> None:
    known = roster(session("7", created_at=NOW - 20 * DAY))
    lost = Entry(at=known.taken_at, kind=Kind.GUARD_LOST, session=guard_session())
    assert [(each.session.hash, each.ended_at) for each in shown_of((lost,), known)] == [
        ("7", None),
        ("0", lost.at),
    ]
    earlier = replace(lost, at=known.taken_at - DAY)
    assert [each.session.hash for each in shown_of((earlier,), known)] == ["0", "7"]


def test_a_session_without_a_beginning_that_is_kept_has_a_bar_all_the_same() -> None:
    phone = session("7", created_at=NOW - 10 * DAY, active_at=NOW)
    [_, lane] = picture((), roster(phone)).lanes
    assert [(span.state, span.start, span.end) for span in lane.spans] == [(State.ACTIVE, NOW - 10 * DAY, NOW)]
    assert lane.marks == ()


def test_login_codes_have_a_lane_of_their_own_where_any_came() -> None:
    entries = tuple(Entry(at=NOW - days * DAY, kind=Kind.CODE) for days in (40, 3, 1))
    lane = picture(entries, roster()).lanes[-1]
    assert lane.label == "Login codes"
    assert [(mark.kind, mark.at) for mark in lane.marks] == [
        (MarkKind.CODE, NOW - 3 * DAY),
        (MarkKind.CODE, NOW - DAY),
    ]
    assert [lane.label for lane in picture(entries[:1], roster()).lanes] == ["1 · Doorman (session guard)"]


def test_before_there_is_anything_the_picture_is_empty() -> None:
    assert picture((), None).lanes == ()


@pytest.mark.parametrize("days", [30, 90])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_years_lanes_are_its_sessions_spans_and_marks(seed: int, days: int) -> None:
    entries, since = history_of(seed), END - days * DAY
    shown = shown_of(entries, a_year(seed).rosters[-1], days=days, now=END)
    lanes = a_years(days, seed).lanes
    for each, lane in zip(shown, lanes, strict=True):
        spans = spans_of(entries, each.session.hash, until=END, since=since)
        assert [(s.state, s.start, s.end) for s in lane.spans] == [(s.state, s.start, s.end or END) for s in spans]
        marks = marks_of(entries, each.session.hash, until=END, since=since)
        assert [mark.at for mark in lane.marks] == [mark.at for mark in marks]
        assert lane.spans
    hashes = {entry.session.hash for entry in entries if entry.session}
    drawn = {each.session.hash for each in shown}
    assert all(spans_of(entries, h, until=END, since=since) == () for h in hashes - drawn)


def test_the_bars_of_a_years_last_month_lie_where_the_data_says() -> None:
    month = a_years(30)
    sight = Sight(draw(month), first_monday=datetime(2026, 2, 2, tzinfo=END.tzinfo))
    height = looks.LANES_TOP + len(month.lanes) * looks.LANE_HEIGHT + looks.FOOT
    assert (sight.width, sight.height) == (looks.WIDTH, height)
    colour, top = looks.BARS[State.ACTIVE].colour, looks.BARS[State.ACTIVE].height // 2 - 2
    seen = 0
    for number, lane in enumerate(month.lanes):
        # Above the marks' middles, where they leave the bar's ends alone.
        active = [span for span in lane.spans if span.state is State.ACTIVE]
        if len(active) == 1 and not lane.marks:
            left, right = sight.bar(number, colour, above=top)
            assert left == pytest.approx(sight.x(active[0].start), abs=2)
            assert right == pytest.approx(sight.x(active[0].end), abs=2)
            seen += 1
        elif active:
            left, right = sight.bar(number, colour, above=top)
            assert left == pytest.approx(sight.x(active[0].start), abs=looks.MARK_SIZE)
            assert right == pytest.approx(sight.x(active[-1].end), abs=looks.MARK_SIZE)
            seen += 1
    assert seen == len(month.lanes)


def test_the_caption_has_the_pictures_numbers_and_how_each_stands() -> None:
    shown = [
        Shown(session=session("7"), label="my phone"),
        Shown(session=session("8"), label="", ended_at=NOW - DAY),
    ]
    text = (
        plain(caption(shown, account=ACCOUNT, account_name="Ada", days=30)).replace("\u2068", "").replace("\u2069", "")
    )
    assert text == "Last 30 days of Ada\n1 · 🤖 my phone, inside\n2 · 🤖 Pixel 9, ended 13 Mar 2026"


@pytest.mark.parametrize("count", [0, 1, 12, 200])
def test_a_caption_fits_however_many_and_whatever_they_are_called(count: int) -> None:
    liar = replace(guard_session(), device_model="\U0001d400" * 500)
    shown = [Shown(session=liar, label="", ended_at=NOW)] * count
    screen = caption(shown, account=ACCOUNT, account_name="\U0001d400" * 500, days=90)
    fits_telegram(screen)
    assert utf16_units(plain(only(screen, account_name="\U0001d400" * 500))) <= CAPTION_MOST
    assert ("more in the picture" in plain(screen)) == (count > 12)


def test_why_there_is_no_picture_is_said() -> None:
    screen = no_picture("Memory ran out.", account=ACCOUNT, account_name="Ada")
    fits_telegram(screen)
    assert "Memory ran out." in plain(screen)
