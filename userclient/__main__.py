"""The worker's process, wired by hand: it holds the guard session and runs until it is told to stop."""

from __future__ import annotations

import asyncio

from core import logs
from core.cancellation import heeding_cancellation
from core.connection import connect
from core.running import run
from core.settings import load
from userclient import guardroom
from userclient.guardroom import GuardSession
from userclient.lease import Lease
from userclient.records import Memory, Records
from userclient.settings import UserclientSettings
from userclient.shift import Shift


async def work(settings: UserclientSettings) -> None:
    """Shift after shift; when Telegram has ended the guard session, wait for a new login."""
    redis = connect(settings, name="doorman-userclient")
    # Apart: a lease must be renewed even while everything else waits for its turn.
    for_lease = connect(settings, name="doorman-lease", most=1)
    former: GuardSession | None = None
    memories: dict[int, Memory] = {}
    try:
        while True:
            session = await guardroom.wait_for(redis, settings, former=former)
            lease = Lease(for_lease, session.account, seconds=settings.lease_seconds)
            await lease.take()
            records = Records(redis, lease, memory=memories.get(session.account))
            shift = Shift(settings=settings, redis=redis, session=session, lease=lease, records=records)
            with heeding_cancellation():
                # In a task of its own: before Python 3.12 a TaskGroup with a failed child leaves its parent cancelled.
                is_good = await asyncio.ensure_future(shift.work())
            former = session if is_good else None
            memories[session.account] = records.memory
    finally:
        await redis.aclose()
        await for_lease.aclose()


def main() -> None:
    """Start the worker."""
    settings = load(UserclientSettings)
    logs.configure(settings, process="userclient")
    run(work(settings))


if __name__ == "__main__":
    main()
