"""The picture itself, by its pixels: bars and marks are where the dates say, and it can be read on a phone."""

from __future__ import annotations

import logging
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from bot.pictures import looks
from bot.pictures.drawing import draw
from bot.pictures.timeline import Lane, MarkKind, Span, State, Timeline
from tests.unit.bot.pictures.seeing import Sight
from tests.unit.bot.pictures.stories import FIRST_MONDAY, MONTH, NOW, ago, mark, span, timeline

EXACT = 2  # pixels
LEFT, RIGHT = looks.MARGIN, looks.MARGIN + looks.PLOT_WIDTH
ACTIVE, INACTIVE, PENDING = (looks.BARS[state].colour for state in (State.ACTIVE, State.INACTIVE, State.PENDING))
PHONE = Lane(label="my phone", spans=(span(State.ACTIVE, 20, 5),))


def see(shown: Timeline) -> Sight:
    return Sight(draw(shown), first_monday=FIRST_MONDAY)


def luminance(colour: str) -> float:
    """Relative, as WCAG 2 defines it."""
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))


def on_paper(colour: str) -> float:
    return (luminance(looks.PAPER) + 0.05) / (luminance(colour) + 0.05)


def test_a_state_is_a_bar_from_its_start_to_its_end() -> None:
    lane = Lane(label="tablet", spans=(span(State.ACTIVE, 25.5, 12), span(State.INACTIVE, 12, 3.25)))
    sight = see(timeline(PHONE, lane))
    assert sight.bar(0, ACTIVE) == pytest.approx((sight.x(ago(20)), sight.x(ago(5))), abs=EXACT)
    assert sight.bar(1, ACTIVE) == pytest.approx((sight.x(ago(25.5)), sight.x(ago(12))), abs=EXACT)
    assert sight.bar(1, INACTIVE) == pytest.approx((sight.x(ago(12)), sight.x(ago(3.25))), abs=EXACT)


def test_a_login_without_its_password_has_a_pattern_of_its_own() -> None:
    sight = see(timeline(Lane(label="?", spans=(span(State.PENDING, 7, 4),))))
    start, end = sight.x(ago(7)), sight.x(ago(4))
    assert sight.place(0, PENDING)[0] == pytest.approx((start + end) / 2, abs=EXACT)
    assert 0.4 < sight.shape(0, PENDING).mean() < 0.9
    assert not sight.has(0, ACTIVE)


def test_mondays_are_a_week_apart_over_90_days_too() -> None:
    month, quarter = see(timeline(PHONE)), see(timeline(PHONE, days=90))
    assert len(month.mondays()) == 5
    assert len(quarter.mondays()) == 13
    weeks = np.diff(quarter.mondays())
    assert weeks == pytest.approx([looks.PLOT_WIDTH * 7 / 90] * 12, abs=EXACT)


def test_what_lies_outside_the_window_is_cut_off() -> None:
    long, before, after = span(State.ACTIVE, 400, -400), span(State.ACTIVE, 99, 31), span(State.ACTIVE, -1, -9)
    sight = see(timeline(Lane(label="long", spans=(long,)), Lane(label="gone", spans=(before, after))))
    assert sight.bar(0, ACTIVE, above=20) == pytest.approx((LEFT, RIGHT), abs=EXACT)
    assert not sight.has(1, ACTIVE)


@pytest.mark.parametrize("days", [0.0, 10.0, float(MONTH)])
def test_a_state_that_lasted_no_time_is_seen(days: float) -> None:
    sight = see(timeline(Lane(label="short", spans=(span(State.ACTIVE, days, days),))))
    start, end = sight.bar(0, ACTIVE, above=20)
    assert end - start == pytest.approx(looks.BAR_WIDTH_LEAST, abs=EXACT)
    assert LEFT <= start <= end <= RIGHT
    assert start == pytest.approx(sight.x(ago(days)), abs=looks.BAR_WIDTH_LEAST + EXACT)


def test_a_state_that_ended_before_it_started_lasted_no_time() -> None:
    backwards = Span(state=State.ACTIVE, start=ago(10), end=ago(11))
    start, end = see(timeline(Lane(label="odd clocks", spans=(backwards,)))).bar(0, ACTIVE)
    assert end - start == pytest.approx(looks.BAR_WIDTH_LEAST, abs=EXACT)


@pytest.mark.parametrize("kind", MarkKind)
def test_a_mark_stands_at_its_moment_on_the_bar(kind: MarkKind) -> None:
    sight = see(timeline(replace(PHONE, marks=(mark(kind, 11),))))
    x, y = sight.place(0, looks.MARKS[kind].colour)
    assert x == pytest.approx(sight.x(ago(11)), abs=EXACT)
    assert y == pytest.approx(0, abs=4)  # a triangle's middle is not its centre


def test_marks_differ_without_colour() -> None:
    sight = see(timeline(*(Lane(label=kind, marks=(mark(kind, 11),)) for kind in MarkKind)))
    shapes = [sight.shape(number, looks.MARKS[kind].colour) for number, kind in enumerate(MarkKind)]
    high, wide = (max(shape.shape[axis] for shape in shapes) for axis in (0, 1))
    sheets = [np.zeros((high, wide), dtype=bool) for _ in shapes]
    for sheet, shape in zip(sheets, shapes, strict=True):
        top, left = (high - shape.shape[0]) // 2, (wide - shape.shape[1]) // 2
        sheet[top : top + shape.shape[0], left : left + shape.shape[1]] = shape
    for one, other in combinations(sheets, 2):
        assert (one & other).sum() / (one | other).sum() < 0.75


def test_a_login_and_its_end_are_both_seen_however_soon_it_was_ended() -> None:
    login, end = (looks.MARKS[kind].colour for kind in (MarkKind.LOGIN, MarkKind.END))
    alone = see(timeline(Lane(label="one", marks=(mark(MarkKind.LOGIN, 11),))))
    both = see(timeline(Lane(label="both", marks=(mark(MarkKind.LOGIN, 11), mark(MarkKind.END, 10.99)))))
    assert both.shape(0, login).sum() > 0.8 * alone.shape(0, login).sum()
    assert both.place(0, end)[1] < -10 < 10 < both.place(0, login)[1]
    assert both.place(0, end)[0] == pytest.approx(both.x(ago(10.99)), abs=EXACT)


def test_marks_outside_the_window_are_left_out() -> None:
    sight = see(timeline(replace(PHONE, marks=(mark(MarkKind.LOGIN, 31), mark(MarkKind.END, -1)))))
    assert not any(sight.has(0, looks.MARKS[kind].colour) for kind in (MarkKind.LOGIN, MarkKind.END))


def test_thousands_of_moves_are_a_chain_and_hide_no_state() -> None:
    busy = replace(PHONE, marks=tuple(mark(MarkKind.MOVE, number / 200) for number in range(6000)))
    sight = see(timeline(busy))
    assert sight.bar(0, ACTIVE, above=20) == pytest.approx((sight.x(ago(20)), sight.x(ago(5))), abs=EXACT)


def test_an_account_without_sessions_has_a_picture_that_says_so() -> None:
    sight = see(timeline())
    assert sight.tracks() == 0
    assert sight.letters(looks.LANES_TOP, looks.LANES_TOP + looks.LANE_HEIGHT) is not None


@pytest.mark.parametrize("lanes", [1, 8, looks.LANES_MOST])
def test_the_picture_is_as_high_as_its_lanes_need(lanes: int) -> None:
    sight = see(timeline(*[PHONE] * lanes))
    assert (sight.kind, sight.width) == ("PNG", 1080)
    assert sight.height == looks.LANES_TOP + lanes * looks.LANE_HEIGHT + looks.FOOT
    assert sight.tracks() == lanes


def test_sixty_sessions_are_25_and_how_many_more() -> None:
    full, sixty = see(timeline(*[PHONE] * 25)), see(timeline(*[PHONE] * 60))
    assert sixty.tracks() == 25
    assert sixty.height == full.height + looks.MORE_HEIGHT
    assert sixty.letters(full.height - 20, sixty.height) is not None


def test_telegram_takes_the_largest_as_a_photo() -> None:
    lanes = [
        Lane(label="W" * 99, spans=PHONE.spans, marks=tuple(mark(kind, day) for kind in MarkKind for day in range(30)))
    ]
    png = draw(timeline(*lanes * 60))
    sight = Sight(png, first_monday=FIRST_MONDAY)
    assert sight.width + sight.height <= 10_000  # core.telegram.org/bots/api#sendphoto
    assert sight.height / sight.width <= 20
    assert len(png) < 1_000_000


def test_letters_and_colours_stand_out_from_the_paper() -> None:
    assert min(map(on_paper, (looks.INK, looks.FAINT))) >= 4.5  # WCAG 2.2, 1.4.3
    colours = [ACTIVE, INACTIVE, *(look.colour for look in looks.MARKS.values())]
    assert min(map(on_paper, colours)) >= 3  # WCAG 2.2, 1.4.11; the pending bar has its pattern


def test_at_a_third_of_its_size_letters_are_still_read() -> None:
    assert min(looks.SMALL_SIZE, looks.LABEL_SIZE, looks.TITLE_SIZE) / (looks.WIDTH / 400) > 11


@pytest.mark.parametrize(
    "label",
    [
        "\u202egnp.exe",
        "我的手机 한국어 日本",
        "هاتفي المحمول",
        "नमस्ते ไทย",
        "👩\u200d👩\u200d👧 🏴\u200d☠\ufe0f 🇩🇪",
        "$x^2$ \\frac{1}{2} ${",
        "a\x00b\nc\td\u2028e\x1b[31m",
        "W" * 4096,
        "我" * 4096,
        "Z" + "\u0351" * 4000,
        "\ud800\udfff \U000e0041\ue000\u0378\U0010ffff",
        "<b>&amp;</b> {x} %s",
    ],
)
def test_whatever_a_device_calls_itself_is_drawn_in_its_place(label: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        sight = see(timeline(Lane(label=label, spans=PHONE.spans), PHONE, title=label))
    assert not caplog.records
    assert sight.height == looks.LANES_TOP + 2 * looks.LANE_HEIGHT + looks.FOOT
    place = sight.label(0)
    assert place is not None
    assert LEFT - EXACT <= place[0] <= place[1] <= RIGHT + EXACT
    assert sight.bar(0, ACTIVE) == sight.bar(1, ACTIVE)


def test_a_session_without_a_name_is_told_to_have_none() -> None:
    assert see(timeline(Lane(label=" \n\u200b"))).label(0) == see(timeline(Lane(label=looks.NAMELESS))).label(0)


def test_a_window_that_ended_long_ago_has_no_now() -> None:
    past = replace(timeline(PHONE), drawn_at=NOW.replace(year=2027))
    assert draw(past) != draw(timeline(PHONE))
    assert Sight(draw(past), first_monday=FIRST_MONDAY).bar(0, ACTIVE) == see(timeline(PHONE)).bar(0, ACTIVE)
