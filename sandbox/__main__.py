"""`python -m sandbox`: runs the sandbox until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import click

from sandbox.running import running
from sandbox.seed import seed
from sandbox.world import World

MOST_PORT = 65535
#: Names the descriptor of a pipe that whoever started us holds the other end of: when it closes, they are gone.
LIFELINE = "LIFELINE_FD"
USAGE = 2  # the exit code for what the caller can mend


@click.command()
@click.option("--port", type=click.IntRange(0, MOST_PORT), default=8080, show_default=True, help="0 picks a free one.")
@click.option("--empty", is_flag=True, help="Begin with nobody in the world.")
def main(port: int, empty: bool) -> None:
    """A Telegram on this machine alone: MTProto, Bot API, and a page to play everybody else."""
    world = World() if empty else seed(World())
    try:
        asyncio.run(_run(world, port))
    except OSError as error:
        click.echo(f"Port {port} can't be used ({error.strerror or error}): choose another with --port.", err=True)
        sys.exit(USAGE)


async def _run(world: World, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if lifeline := os.environ.get(LIFELINE):
        loop.add_reader(int(lifeline), stop.set)
    async with running(world, port=port) as sandbox:
        mtproto, botapi = sandbox.mtproto, sandbox.botapi
        click.echo(f"Sandbox at {sandbox.control.url} (Bot API {botapi.url}, MTProto {mtproto.host}:{mtproto.port})")
        sys.stdout.flush()
        await stop.wait()


if __name__ == "__main__":
    main()
