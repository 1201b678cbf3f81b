"""One shift of the worker: the lease is held, the guard is connected, and every loop runs until one of them ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Never

import structlog
from redis.exceptions import RedisError

from core import bus
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import GuardLost
from core.contract.codec import MalformedError
from core.contract.commands import Request
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.signing import ForgedError
from core.contract.state import Condition
from core.domain.history import Entry, Kind
from userclient import guardroom, heartbeat
from userclient.alarm import Alarm
from userclient.automation import Automation
from userclient.awaited import Awaited
from userclient.checkups import Checkups
from userclient.clock import now
from userclient.codes import Codes
from userclient.deeds import Deeds
from userclient.executor import Executor
from userclient.guardroom import GivenUpError, GuardSession, NewLoginError
from userclient.inbox import Inbox
from userclient.lease import Lease, LeaseLostError, kept
from userclient.missed_codes import MissedCodes
from userclient.records import Records
from userclient.settings import UserclientSettings
from userclient.telegram.guard import Guard, connected
from userclient.terms import Terms
from userclient.trouble import GuardLostError
from userclient.watcher import Watcher

log = structlog.get_logger()

RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """With a lease that was taken for this session's account."""

    settings: UserclientSettings
    redis: Store
    session: GuardSession
    lease: Lease
    records: Records
    inbox: Inbox = field(default_factory=Inbox)
    #: Where the account's commands are read from; `redis`, unless many accounts share a connection for that.
    commands: Store | None = None

    async def work(self) -> bool:
        """Watch for as long as it goes; Telegram is disconnected first, then the lease given back.

        Returns whether the session may be good for another shift: not if Telegram has ended it, and the bot was told,
        nor if it was given up.
        Raises SettingsError, in a group.
        """
        lost: list[GuardLoss] = []
        is_good = True
        try:
            async with kept(self.lease):
                try:
                    async with connected(self.settings, self.session, self.lease) as guard:
                        await self._watch(guard)
                except* GuardLostError as group:
                    lost = [error.reason for error in leaves(group)]
                finally:
                    await heartbeat.end(self.records, Condition.STOPPED)
                if lost:
                    await self._report_loss(lost[0])
                    is_good = False
        except* LeaseLostError:
            log.warning("guard_let_go", account=self.session.account)
        except* NewLoginError:
            log.info("new_login_found", account=self.session.account)
        except* GivenUpError:
            log.info("guard_given_up", account=self.session.account)
            is_good = False
        return is_good

    async def _watch(self, guard: Guard) -> None:
        watcher = Watcher(guard, self.records, poll_seconds=self.settings.poll_seconds)
        guard.on_login(watcher.notice)
        deeds = Deeds(guard=guard, records=self.records, turn=watcher.turn)
        alarm = Alarm(self.records, account=guard.account)
        codes = Codes(guard, self.records, self.inbox)
        guard.on_code(codes.take)
        missed_codes = MissedCodes(guard, self.records, codes, self.inbox, watcher.sight, redis=self.redis)
        guard.on_gap(missed_codes.notice)
        terms = Terms(guard, self.records)
        guard.on_gap(terms.notice)
        checkups = Checkups(guard, deeds, watcher.sight, seconds=self.settings.checkup_seconds)
        guard.on_business_bot(checkups.notice)
        automation = Automation(deeds, account=guard.account)
        awaited = Awaited(deeds, account=guard.account)
        executor = Executor(
            redis=self.redis, guard=guard, watcher=watcher, deeds=deeds, alarm=alarm, codes=codes, checkups=checkups
        )

        async def refuse(error: MalformedError) -> None:
            if isinstance(error, ForgedError):
                await alarm.ring(Tampering.COMMAND_FORGED)

        requests: Consumer[Request] = Consumer(
            redis=self.commands or self.redis,
            stream=keys.commands(guard.account),
            packing=bus.requests_to(self.redis, guard.account),
            group="userclient",
            name="userclient",
            ack_first=True,
            refused=refuse,
        )
        log.info("watching", account=guard.account)
        async with asyncio.TaskGroup() as loops:
            loops.create_task(watcher.run())
            loops.create_task(requests.run_entries(executor.take))
            loops.create_task(codes.run())
            loops.create_task(missed_codes.run())
            loops.create_task(terms.run())
            loops.create_task(checkups.run())
            loops.create_task(automation.run())
            loops.create_task(awaited.run())
            loops.create_task(heartbeat.beat(self.records, guard, watcher.sight))
            loops.create_task(heartbeat.stay_awake(guard, watcher, seconds=self.settings.keepalive_seconds))
            loops.create_task(heartbeat.let_go_in_time(guard, self.lease))
            loops.create_task(self._keep_guard_session(watcher))
            loops.create_task(guardroom.look_for_change(self.redis, self.settings, self.session))

    async def _keep_guard_session(self, watcher: Watcher) -> Never:
        """Put it back where Redis has lost it: at the start, and each time that Redis was emptied; then look anew."""
        while True:
            try:
                await guardroom.restore(self.redis, self.settings, self.session)
            except RedisError as error:
                log.warning("redis_unavailable", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            await self.lease.emptied()
            watcher.sight.repeat()
            watcher.notice(None)

    async def _report_loss(self, reason: GuardLoss) -> None:
        """Tell the bot that the guard session is gone, however long Redis is away, and mark it so."""
        log.error("guard_lost", account=self.session.account, reason=reason)
        event = GuardLost(account=self.session.account, at=now(), reason=reason)
        while True:
            await heartbeat.end(self.records, Condition.GUARD_LOST, detail=reason)
            try:
                known = await self.records.snapshot()
                guard = known.roster.guard if known else None
                await self.records.announce(
                    event,
                    store={keys.dead_guard(self.session.account): self._fingerprint},
                    history=[Entry(at=event.at, kind=Kind.GUARD_LOST, session=guard, note=reason)],
                )
            except RedisError as error:
                log.warning("redis_unavailable", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    @property
    def _fingerprint(self) -> bytes:
        return self.session.fingerprint.encode()


def leaves(group: BaseExceptionGroup[GuardLostError]) -> list[GuardLostError]:
    """A group's errors, however deep."""
    found: list[GuardLostError] = []
    for error in group.exceptions:
        found += leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
