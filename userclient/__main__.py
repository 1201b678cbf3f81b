"""The worker's process, wired by hand: it holds the guard session and runs until it is told to stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeVar

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from core import logs
from core.connection import connect
from core.consumer import Consumer
from core.contract import keys
from core.contract.codec import RequestCodec
from core.contract.commands import Request
from core.contract.events import GuardLoss, GuardLost
from core.contract.state import Condition
from core.running import run
from core.settings import load
from userclient import guardroom, heartbeat
from userclient.executor import Executor
from userclient.guardroom import GuardSession
from userclient.records import Records, now
from userclient.settings import UserclientSettings
from userclient.telegram.guard import Guard, connected
from userclient.trouble import FloodWaitError, GuardLostError, TelegramTrouble
from userclient.watcher import Watcher

log = structlog.get_logger()

RECONNECT_SECONDS = 5.0
E = TypeVar("E", bound=TelegramTrouble)


async def work(settings: UserclientSettings) -> None:
    """Hold the guard session; when Telegram ends it, say so and wait for a new login."""
    redis = connect(settings, name="doorman-userclient")
    lost: GuardSession | None = None
    try:
        while True:
            session = await guardroom.wait_for(redis, settings, lost=lost)
            try:
                async with connected(settings, session.session) as guard:
                    session = replace(session, account=guard.account)
                    await watch(settings, redis, guard)
            except* GuardLostError as group:
                await report_loss(settings, redis, session, first_of(group).reason)
                lost = session
            except* TelegramTrouble as group:
                trouble = first_of(group)
                log.warning("telegram_unavailable", trouble=type(trouble).__name__, why=str(trouble))
                pause = trouble.seconds if isinstance(trouble, FloodWaitError) else 0
                await asyncio.sleep(max(pause, RECONNECT_SECONDS))
    finally:
        await redis.aclose()


async def watch(settings: UserclientSettings, redis: Redis, guard: Guard) -> None:
    """All loops of a connected guard; a loop that dies ends them all."""
    records = Records(redis, guard.account)
    watcher = Watcher(guard, records, poll_seconds=settings.poll_seconds)
    guard.on_login(watcher.notice)
    executor = Executor(redis=redis, guard=guard, watcher=watcher)
    requests: Consumer[Request] = Consumer(
        redis=redis,
        stream=keys.commands(guard.account),
        packing=RequestCodec(),
        group="userclient",
        name="userclient",
        ack_first=True,
    )
    log.info("watching", account=guard.account)
    try:
        async with asyncio.TaskGroup() as loops:
            loops.create_task(watcher.run())
            loops.create_task(requests.run(executor.handle))
            loops.create_task(heartbeat.beat(records, guard, watcher.sight))
            loops.create_task(heartbeat.stay_awake(guard, watcher, seconds=settings.keepalive_seconds))
    finally:
        await heartbeat.end(records, Condition.STOPPED)


async def report_loss(settings: UserclientSettings, redis: Redis, lost: GuardSession, reason: GuardLoss) -> None:
    """Tell the bot that the guard session is gone, however long Redis is away, and try it no more."""
    log.error("guard_lost", account=lost.account, reason=reason)
    while True:
        try:
            # A session that was dead before it could say whose it was: the account known from before.
            account = lost.account or settings.account or await guardroom.only_account(redis)
            if not account:
                return
            records = Records(redis, account)
            await heartbeat.end(records, Condition.GUARD_LOST, detail=reason)
            await records.announce(GuardLost(account=account, at=now(), reason=reason))
            if not settings.session_string.get_secret_value():
                await guardroom.discard(redis, lost, settings)
        except RedisError as error:
            log.warning("redis_unavailable", error=type(error).__name__)
            await asyncio.sleep(RECONNECT_SECONDS)
        else:
            return


def first_of(group: BaseExceptionGroup[E]) -> E:
    """The first of a group's errors, however deep."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first


def main() -> None:
    """Start the worker."""
    settings = load(UserclientSettings)
    logs.configure(settings, process="userclient")
    run(work(settings))


if __name__ == "__main__":
    main()
