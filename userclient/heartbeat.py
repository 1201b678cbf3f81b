"""The worker's pulse: it tells Redis how the watching goes, and keeps Telegram's pushes coming."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Never

import structlog
from redis.exceptions import RedisError

from core.contract.state import BEAT_SECONDS, Condition
from userclient.clock import now
from userclient.lease import Lease
from userclient.records import Records
from userclient.self_report import status_of
from userclient.sight import Sight
from userclient.telegram.guard import Guard
from userclient.trouble import GuardLostError, TelegramTrouble
from userclient.watcher import Watcher

log = structlog.get_logger()

LAST_WORD_SECONDS = 2.0


async def beat(records: Records, guard: Guard, sight: Sight) -> Never:
    """Write the status once it is known, then every ten seconds, and when the watching goes better or worse.

    A beat that Redis does not take is simply missing.
    """
    since = now()
    while True:
        await sight.changed(seconds=BEAT_SECONDS)
        try:
            await records.beat(status_of(guard, sight, since=since))
        except RedisError as error:
            log.warning("heartbeat_missed", account=guard.account, error=type(error).__name__)


async def end(records: Records, condition: Condition, *, detail: str = "") -> None:
    """Leave word of why no more beats will come; if Redis does not take it, the silence must do."""
    with suppress(RedisError, TimeoutError):
        async with asyncio.timeout(LAST_WORD_SECONDS):
            last = await records.status()
            await records.beat(replace(last, condition=condition, detail=detail, until=None))


async def stay_awake(guard: Guard, watcher: Watcher, *, seconds: float) -> Never:
    """Ask Telegram something small every so often; when that fails, the watcher looks why."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await guard.stay_awake()
        except GuardLostError:
            raise  # asked again, Telegram may give a reason that says less
        except TelegramTrouble as trouble:
            log.info("keepalive_failed", account=guard.account, trouble=type(trouble).__name__)
            watcher.notice(None)


async def let_go_in_time(guard: Guard, lease: Lease) -> Never:
    """Have Telegram itself close the connection before the lease runs out, should this machine freeze or vanish."""
    while True:
        await lease.renewed()
        with suppress(TelegramTrouble):  # the watcher finds out by itself
            await guard.line.close_in_time()
