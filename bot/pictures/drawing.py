"""Draws a timeline as PNG, to be read on a phone; with `lettering`, all that knows the plotting library."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.pictures import looks
from bot.pictures.lettering import HOUSE_FONT, Lettering, plain, width
from bot.pictures.timeline import Lane, MarkKind, Span, Timeline

WEEK = timedelta(days=7)
#: At 72 dots an inch the library's unit, a point, is a pixel.
DPI = 72
#: What is drawn over what.
GROUND, LINES, BARS, MARKS = range(4)


def draw(timeline: Timeline) -> bytes:
    """The PNG, `looks.WIDTH` pixels wide and as high as the lanes need."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever a file of settings on this machine says
        mpl.rcParams["hatch.linewidth"] = looks.HATCH_WIDTH
        return _Picture(timeline).png()


class _Picture:
    """One figure with one plot all over it, in pixels from the top left."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._shown = timeline.lanes[: looks.LANES_MOST]
        self._more = len(timeline.lanes) - len(self._shown)
        self._bottom = looks.LANES_TOP + max(1, len(self._shown)) * looks.LANE_HEIGHT
        height = self._bottom + looks.FOOT + (looks.MORE_HEIGHT if self._more else 0)
        self._figure = Figure(figsize=(looks.WIDTH / DPI, height / DPI), dpi=DPI, facecolor=looks.PAPER)
        FigureCanvasAgg(self._figure)
        self._plot = self._figure.add_axes((0, 0, 1, 1), xlim=(0, looks.WIDTH), ylim=(height, 0))
        self._plot.axis("off")
        self._plot.set_autoscale_on(False)
        self._letters = Lettering(self._figure, [timeline.title, *(lane.label for lane in self._shown)])

    def png(self) -> bytes:
        """All of it."""
        self._head()
        self._legend()
        self._weeks()
        for number, lane in enumerate(self._shown):
            self._lane(lane, looks.LANES_TOP + number * looks.LANE_HEIGHT)
        if not self._shown:
            middle = looks.LANES_TOP + looks.LANE_HEIGHT / 2
            self._write(looks.WIDTH / 2, middle, looks.EMPTY, size=looks.LABEL_SIZE, ha="center", bbox=looks.BLANK)
        if self._more:
            self._write(looks.MARGIN, self._bottom + looks.FOOT, looks.MORE.format(self._more), size=looks.LABEL_SIZE)
        file = BytesIO()
        self._figure.savefig(file, format="png", dpi=DPI)
        return file.getvalue()

    def _write(self, x: float, y: float, line: str, **style: Any) -> float:
        """Write a line whose middle is at y; the pixels that it takes."""
        settings = {"color": looks.INK, "va": "center_baseline", "transform": self._plot.transData, **style}
        return width(self._letters.write(x, y, line, **settings))

    def _head(self) -> None:
        shown = self._timeline
        # Bold faces have fewer characters than those that were looked into.
        bold: dict[str, Any] = {"weight": "bold", "family": HOUSE_FONT} if shown.title.isascii() else {}
        self._write(looks.MARGIN, looks.TITLE_Y, shown.title, size=looks.TITLE_SIZE, most=looks.PLOT_WIDTH, **bold)
        start, end, now = (at.astimezone(UTC) for at in (shown.start, shown.end, shown.drawn_at))
        line = f"{start:%-d %b} to {end:%-d %b %Y}, drawn {now:%-d %b, %H:%M} UTC"
        self._write(looks.MARGIN, looks.SUBTITLE_Y, line, size=looks.SMALL_SIZE, color=looks.FAINT)

    def _legend(self) -> None:
        x, y = float(looks.MARGIN), looks.LEGEND_Y
        for bar in looks.BARS.values():
            self._bar(bar, x, looks.LEGEND_BAR, y)
            x = self._explained(bar.word, x + looks.LEGEND_BAR, y)
        x, y = float(looks.MARGIN), y + looks.LEGEND_PITCH
        for mark in looks.MARKS.values():
            self._mark(mark, x + looks.MARK_SIZE / 2, y)
            x = self._explained(mark.word, x + looks.MARK_SIZE, y)

    def _explained(self, word: str, x: float, y: float) -> float:
        x += looks.LEGEND_GAP
        return x + self._write(x, y, word, size=looks.SMALL_SIZE) + 3 * looks.LEGEND_GAP

    def _weeks(self) -> None:
        """A line for each Monday and for now, and above and below as many dates as have room."""
        start, end, now = self._timeline.start, self._timeline.end, self._timeline.drawn_at
        midnight = datetime.combine(start.astimezone(UTC).date(), time(), UTC)
        monday = midnight - timedelta(days=midnight.weekday())
        mondays = [at for number in range((end - monday) // WEEK + 1) if (at := monday + number * WEEK) >= start]
        self._lines(mondays, color=looks.GRID, linewidth=2)
        room = (end - start) * (looks.DATE_WIDTH / looks.PLOT_WIDTH)
        dates = {at: f"{at:%-d %b}" for at in mondays[:: math.ceil(room / WEEK)]}
        if start <= now <= end:
            self._lines([now], color=looks.FAINT, linewidth=3)
            dates = {at: date for at, date in dates.items() if abs(now - at) >= room} | {now: looks.NOW}
        for at, date in dates.items():
            for y in (looks.LANES_TOP - looks.DATE_AWAY, self._bottom + looks.DATE_AWAY):
                self._write(self._x(at), y, date, size=looks.SMALL_SIZE, color=looks.FAINT, ha="center")

    def _lines(self, times: list[datetime], **style: Any) -> None:
        self._plot.vlines([self._x(at) for at in times], looks.LANES_TOP, self._bottom, zorder=LINES, **style)

    def _lane(self, lane: Lane, top: float) -> None:
        label, middle = plain(lane.label) or looks.NAMELESS, top + looks.LANE_MIDDLE
        style: dict[str, Any] = {"size": looks.LABEL_SIZE, "most": looks.PLOT_WIDTH, "bbox": looks.BLANK}
        self._write(looks.MARGIN, top + looks.LANE_LABEL, label, **style)
        self._bar(looks.TRACK, looks.MARGIN, looks.PLOT_WIDTH, middle, zorder=GROUND)
        for state, bar in looks.BARS.items():
            for span in lane.spans:
                if span.state is state:
                    self._span(bar, span, middle)
        self._marks(lane, middle)

    def _marks(self, lane: Lane, middle: float) -> None:
        places = {kind: self._places(lane, kind) for kind in looks.MARKS}
        for kind, look in looks.MARKS.items():
            others = [x for other in looks.MARKS if other is not kind for x in places[other]]
            for x in places[kind]:
                crowded = any(abs(x - other) < looks.MARK_SIZE for other in others)
                self._mark(look, x, middle + look.aside * crowded)

    def _places(self, lane: Lane, kind: MarkKind) -> list[float]:
        """Where its marks of that kind are; of those too near to be told apart, the first."""
        places: list[float] = []
        for at in sorted(mark.at for mark in lane.marks if mark.kind is kind):
            x = self._x(at)
            if self._timeline.start <= at <= self._timeline.end and (
                not places or x - places[-1] >= looks.MARK_APART_LEAST
            ):
                places.append(x)
        return places

    def _span(self, look: looks.BarLook, span: Span, middle: float) -> None:
        if max(span.start, span.end) < self._timeline.start or span.start > self._timeline.end:
            return
        last = looks.MARGIN + looks.PLOT_WIDTH
        left = min(max(self._x(span.start), looks.MARGIN), last - looks.BAR_WIDTH_LEAST)
        right = max(min(self._x(span.end), last), left + looks.BAR_WIDTH_LEAST)
        self._bar(look, left, right - left, middle)

    def _bar(self, look: looks.BarLook, left: float, long: float, middle: float, *, zorder: int = BARS) -> None:
        style: dict[str, Any] = {"hatch": look.hatch, "edgecolor": looks.INK, "linewidth": 0, "zorder": zorder}
        self._plot.barh(middle, long, look.height, left, facecolor=look.colour, **style)

    def _mark(self, look: looks.MarkLook, x: float, y: float) -> None:
        style: dict[str, Any] = {"markersize": look.size, "markeredgewidth": looks.MARK_EDGE, "zorder": MARKS}
        self._plot.plot(x, y, look.shape, color=look.colour, markeredgecolor=looks.PAPER, **style)

    def _x(self, at: datetime) -> float:
        shown = self._timeline
        return looks.MARGIN + looks.PLOT_WIDTH * ((at - shown.start) / (shown.end - shown.start))
