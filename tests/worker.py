"""The worker's executor over a guard whose Telegram answers as it was told, wired as a shift wires it."""

from __future__ import annotations

from core.connection import Store
from tests.domain_values import ACCOUNT
from tests.fake_guard import FakeGuard
from userclient.alarm import Alarm
from userclient.checkups import Checkups
from userclient.codes import Codes
from userclient.deeds import Deeds
from userclient.executor import Executor
from userclient.records import Records
from userclient.watcher import Watcher


def executor_of(redis: Store, guard: FakeGuard, records: Records, watcher: Watcher | None = None) -> Executor:
    """Its watcher is its own unless given, and looks when it is asked to."""
    watcher = watcher or Watcher(guard.as_guard(), records, poll_seconds=3600)
    deeds = Deeds(guard=guard.as_guard(), records=records, turn=watcher.turn)
    return Executor(
        redis=redis,
        guard=guard.as_guard(),
        watcher=watcher,
        deeds=deeds,
        alarm=Alarm(records, account=ACCOUNT),
        codes=Codes(guard.as_guard(), records),
        checkups=Checkups(guard.as_guard(), deeds, seconds=3600),
    )
