"""`python -m bench`: measures both ways, turn about, prints the figures and writes them as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from bench import figures, memory
from bench.printing import lines
from bench.stage import Stage
from bench.ways import Way, bare, doorman

WARM_UP = 5
LOGIN, SESSIONS = "login to alert", "/sessions to list"

Step = Callable[[Stage, int], Awaitable[float]]
STEPS: dict[str, Step] = {
    LOGIN: lambda stage, number: stage.login_to_alert(number),
    SESSIONS: lambda stage, _: stage.sessions_to_list(),
}


@click.command()
@click.option("--rounds", default=100, show_default=True, type=click.IntRange(1, 99_000), help="Measurements of each.")
@click.option("--output", default="bench.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
def main(rounds: int, output: Path) -> None:
    """Login to alert and /sessions to list: Doorman beside a bare script, each in a sandbox Telegram of its own."""
    report = asyncio.run(_measured(rounds))
    output.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    for line in lines(report):
        click.echo(line)
    click.echo(f"\nWritten to {output}.")


async def _measured(rounds: int) -> figures.Report:
    with tempfile.TemporaryDirectory(prefix="doorman-bench-") as folder:
        async with doorman(Path(folder)) as first, bare(Path(folder)) as second:
            ways = (first, second)
            await _timed(ways, range(rounds, rounds + WARM_UP), "warming up")
            times = await _timed(ways, range(rounds), "measuring")
            sizes = figures.memory(memory.used({name: pid for way in ways for name, pid in way.pids.items()}))
    compared = {what: figures.comparison(seconds) for what, seconds in times.items()}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"python": platform.python_version(), "system": platform.platform(), "cpus": os.cpu_count()},
        "times": compared,
        "memory_mb": sizes,
        "aims": figures.aims(compared, sizes),
    }


async def _timed(ways: tuple[Way, ...], rounds: range, label: str) -> dict[str, dict[str, list[float]]]:
    """Seconds by what and by way. The ways take turns, so that the machine's moods hit both."""
    times: dict[str, dict[str, list[float]]] = {what: {way.name: [] for way in ways} for what in STEPS}
    with click.progressbar(rounds, label=label) as numbers:
        for number in numbers:
            for what, step in STEPS.items():
                for way in ways:
                    times[what][way.name].append(await step(way.stage, number))
    return times


if __name__ == "__main__":
    main()
