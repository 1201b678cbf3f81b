"""Looks at a timeline's PNG as a person does: colours in lanes, and dates by the Mondays that are drawn."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import numpy as np
from matplotlib.colors import to_rgb
from PIL import Image

from bot.pictures import looks

NEAR = 24  # of 255: a line's colour, where it does not fall on whole pixels


class Sight:
    """The pixels of a picture, and when its first Monday is."""

    def __init__(self, png: bytes, *, first_monday: datetime) -> None:
        with Image.open(BytesIO(png)) as image:
            self.kind = image.format
            self.width, self.height = image.size
            self._pixels = np.asarray(image.convert("RGB")).astype(int)
        self._first_monday = first_monday

    def mondays(self) -> list[float]:
        """The middles of the lines that are drawn for Mondays."""
        found = np.flatnonzero(self._is(looks.GRID, looks.LANES_TOP + 4, looks.LANES_TOP + 5)[0])
        return [float(group.mean()) + 0.5 for group in np.split(found, np.flatnonzero(np.diff(found) > 1) + 1)]

    def x(self, at: datetime) -> float:
        """Where a time is, by the first and the last Monday."""
        lines = self.mondays()
        week = (lines[-1] - lines[0]) / (len(lines) - 1)
        return lines[0] + week * ((at - self._first_monday) / timedelta(days=7))

    def bar(self, lane: int, colour: str, *, above: int = 0) -> tuple[int, int]:
        """From where to where a colour is in a lane, in the row so far above its middle."""
        row = self._middle(lane) - above
        found = np.flatnonzero(self._is(colour, row, row + 1)[0])
        return int(found[0]), int(found[-1]) + 1

    def has(self, lane: int, colour: str) -> bool:
        """Whether the colour is in a lane at all."""
        return bool(self.shape(lane, colour).size)

    def shape(self, lane: int, colour: str) -> np.ndarray:
        """The colour's pixels in a lane, as small as they go."""
        spots = self._spots(lane, colour)
        if not spots.any():
            return np.zeros((0, 0), dtype=bool)
        rows, columns = np.flatnonzero(spots.any(axis=1)), np.flatnonzero(spots.any(axis=0))
        return spots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    def place(self, lane: int, colour: str) -> tuple[float, float]:
        """The middle of a colour's pixels in a lane: x, and y from the lane's middle."""
        spots = self._spots(lane, colour)
        rows, columns = np.flatnonzero(spots.any(axis=1)), np.flatnonzero(spots.any(axis=0))
        half = looks.LANE_HEIGHT - looks.LANE_MIDDLE
        return (columns[0] + columns[-1] + 1) / 2, (rows[0] + rows[-1] + 1) / 2 - half

    def tracks(self) -> int:
        """How many lanes there are."""
        column = self._is(looks.TRACK.colour, 0, self.height, near=0)[:, looks.MARGIN + looks.PLOT_WIDTH - 10]
        ends = np.flatnonzero(np.diff(np.concatenate(([0], column.astype(int), [0]))))
        return int((np.diff(ends)[::2] > looks.TRACK.height / 2).sum())

    def letters(self, top: int, bottom: int) -> tuple[int, int] | None:
        """From where to where there is ink between two rows."""
        found = np.flatnonzero(self._is(looks.INK, top, bottom).any(axis=0))
        return (int(found[0]), int(found[-1]) + 1) if found.size else None

    def label(self, lane: int) -> tuple[int, int] | None:
        """From where to where a lane's label is."""
        top = looks.LANES_TOP + lane * looks.LANE_HEIGHT
        return self.letters(top, top + looks.LANE_MIDDLE - looks.TRACK.height // 2)

    def _middle(self, lane: int) -> int:
        return looks.LANES_TOP + lane * looks.LANE_HEIGHT + looks.LANE_MIDDLE

    def _spots(self, lane: int, colour: str) -> np.ndarray:
        half = looks.LANE_HEIGHT - looks.LANE_MIDDLE
        return self._is(colour, self._middle(lane) - half, self._middle(lane) + half)

    def _is(self, colour: str, top: int, bottom: int, *, near: int = NEAR) -> np.ndarray:
        wanted = np.array([round(part * 255) for part in to_rgb(colour)])
        return np.abs(self._pixels[top:bottom] - wanted).max(axis=2) <= near
