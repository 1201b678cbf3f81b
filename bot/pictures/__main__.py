"""Draws the timeline that comes as JSON on stdin, and writes it as PNG to stdout."""

from __future__ import annotations

import sys

from bot.pictures.drawing import draw
from bot.pictures.timeline import loaded


def main() -> None:
    """Draw one picture; whatever goes wrong is a traceback on stderr and exit code 1."""
    sys.stdout.buffer.write(draw(loaded(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
