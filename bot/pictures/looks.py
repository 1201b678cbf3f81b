"""How a timeline looks: sizes in pixels, and a colour and a shape for each state and each mark."""

from __future__ import annotations

from dataclasses import dataclass

from bot.pictures.timeline import MarkKind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class BarLook:
    """A bar; `hatch` is a pattern of the library's, drawn in INK."""

    word: str
    colour: str
    height: int
    hatch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLook:
    """A sign; `shape` is a marker of the library's, `aside` how far down it goes when one of another kind is near."""

    word: str
    colour: str
    shape: str
    size: int
    aside: int


# From the top: title, subtitle, legend, dates, lanes, dates; each y is a middle. A phone shows it at a third.
WIDTH = 1080
MARGIN = 56
PLOT_WIDTH = WIDTH - 2 * MARGIN
TITLE_SIZE, LABEL_SIZE, SMALL_SIZE = 50, 36, 30
TITLE_Y, SUBTITLE_Y, LEGEND_Y = 60, 122, 196
LEGEND_PITCH, LEGEND_BAR, LEGEND_GAP = 60, 64, 14
LANES_TOP = 356
LANE_HEIGHT = 128
LANE_LABEL, LANE_MIDDLE = 38, 94  # from the lane's top
DATE_AWAY = 32  # from the lanes
FOOT, MORE_HEIGHT = 88, 64
LANES_MOST = 25
#: Between two dates.
DATE_WIDTH = 140
#: However short, a state is seen.
BAR_WIDTH_LEAST = 6
MARK_SIZE, MARK_EDGE, MARK_APART_LEAST = 36, 3.0, 12
HATCH_WIDTH = 5.0

PAPER, INK, FAINT, GRID = "#ffffff", "#16202a", "#55636f", "#c9d2da"
#: Behind letters, so that no line goes through them.
BLANK = {"facecolor": PAPER, "edgecolor": "none", "pad": 3}
NOW, NAMELESS, EMPTY, MORE = "now", "no name", "No sessions in this time", "… and {} more"

# Told apart without colour by height, hatch and shape, and by colour also where red and green look the same: the
# palette is near that of Okabe and Ito. The order is the legend's; the later lies over the earlier.
BARS = {
    State.ACTIVE: BarLook(word="active", colour="#0072b2", height=46),
    State.INACTIVE: BarLook(word="inactive", colour="#7f93a8", height=18),
    State.PENDING: BarLook(word="password not entered", colour="#f0b429", height=46, hatch="/"),
}
MARKS = {
    MarkKind.LOGIN: MarkLook(word="login", colour="#00694a", shape="^", size=36, aside=16),
    MarkKind.MOVE: MarkLook(word="moved", colour="#a8327e", shape="D", size=27, aside=0),
    MarkKind.CODE: MarkLook(word="code came", colour="#16202a", shape="o", size=22, aside=-16),
    MarkKind.END: MarkLook(word="ended", colour="#c23b00", shape="X", size=36, aside=-16),
}
#: Under a lane's bars.
TRACK = BarLook(word="", colour="#eff3f6", height=58)
