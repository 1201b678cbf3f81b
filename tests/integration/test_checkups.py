"""Looks at what the account's safety hangs on beside its sessions: each change told once, and kept in history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from core.connection import Store
from core.contract.account_events import AccountAltered
from core.contract.commands import GetCheckup
from core.contract.events import Event
from core.contract.mishaps import GuardLoss
from core.contract.replies import CheckupFetched, NotCarried, Trouble
from core.contract.state import Condition
from core.domain.account_state import LISTED, AccountChange, AccountState, BusinessBot, How, Passkey, Website
from core.domain.history import Kind
from core.domain.standing import Standings, Unanswered
from tests.domain_values import ACCOUNT, NOW, roster, session
from tests.fake_guard import FakeGuard
from tests.waiting import eventually, running, within_patience
from tests.worker import Worker
from userclient import checkups as checkups_module
from userclient.checkups import Checkups
from userclient.lease import Lease
from userclient.trouble import FloodWaitError, GuardLostError, RefusedError, TelegramTrouble, UnreachableError

Published = Callable[[], Awaitable[list[Event]]]
MINUTE = timedelta(minutes=1)
NEVER, OFTEN = 3600.0, 0.02
STATE = AccountState(
    taken_at=NOW,
    has_password=True,
    has_recovery=True,
    login_email="a**@e******.org",
    account_ttl_days=548,
    websites=(),
    bots=(),
    passkeys=(),
)
UNSAID = AccountState(taken_at=NOW + MINUTE)
WEBSITE = Website(
    hash="5",
    domain="shop.example",
    bot="Shop",
    browser="Firefox",
    platform="Linux",
    created_at=NOW,
    active_at=NOW,
    ip="192.0.2.7",
    region="Malmo",
)
BOT = BusinessBot(id=77, name="Reads along", username="reads_bot", can_reply=True)
PASSKEY = Passkey(id="p1", name="Pixel 9", created_at=NOW)


@pytest.fixture
async def worker(redis: Store, guard: FakeGuard, lease: Lease) -> Worker:
    worker = Worker(redis, guard, lease)
    await worker.looks()
    return worker


async def finds(worker: Worker, *states: AccountState) -> None:
    """Look as often, and find this."""
    worker.guard.safety.states.extend(states)
    for _ in states:
        await worker.checkups.look()


def later(**changes: object) -> AccountState:
    return replace(STATE, taken_at=NOW + MINUTE, **changes)


async def told(published: Published) -> list[AccountAltered]:
    return [event for event in await published() if isinstance(event, AccountAltered)]


async def test_the_first_look_tells_nothing_and_is_compared_with(worker: Worker, published: Published) -> None:
    await finds(worker, STATE)
    assert await told(published) == []
    assert (await worker.snapshot()).account_state == STATE


@pytest.mark.parametrize(
    ("changes", "what", "before", "after"),
    [
        ({"has_password": False}, "has_password", "yes", "no"),
        ({"has_recovery": False}, "has_recovery", "yes", "no"),
        ({"login_email": ""}, "login_email", "a**@e******.org", ""),
        ({"unconfirmed_email": "m**@e***.com"}, "unconfirmed_email", "", "m**@e***.com"),
        ({"reset_at": NOW + 7 * 1440 * MINUTE}, "reset_at", "", "2026-03-21T15:09:26+00:00"),
        ({"account_ttl_days": 30}, "account_ttl_days", "548", "30"),
        ({"websites": (WEBSITE,)}, "websites", "", "shop.example"),
        ({"bots": (BOT,)}, "bots", "", "Reads along"),
        ({"passkeys": (PASSKEY,)}, "passkeys", "", "Pixel 9"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_change_is_told_once_and_kept_in_history(
    worker: Worker, published: Published, changes: dict, what: str, before: str, after: str
) -> None:
    changed = later(**changes)
    await finds(worker, STATE, changed, replace(changed, taken_at=NOW + 2 * MINUTE))
    how = How.ADDED if what in LISTED else How.CHANGED
    change = AccountChange(what=what, before=before, after=after, how=how)
    assert await told(published) == [
        AccountAltered(account=ACCOUNT, at=changed.taken_at, changes=(change,), state=changed)
    ]
    [entry] = await worker.history(Kind.ACCOUNT)
    assert (entry.at, entry.change, entry.by) == (changed.taken_at, change, None)


async def test_several_at_once_are_one_message_and_an_entry_each(worker: Worker, published: Published) -> None:
    await finds(worker, STATE, later(has_password=False, passkeys=(PASSKEY,)))
    [event] = await told(published)
    assert [change.what for change in event.changes] == ["has_password", "passkeys"]
    assert len(await worker.history(Kind.ACCOUNT)) == 2


async def test_what_changed_while_no_worker_was_there_is_told_by_the_next(worker: Worker, published: Published) -> None:
    await finds(worker, STATE)
    await finds(worker.successor(), later(has_password=False))
    assert len(await told(published)) == 1


async def test_what_telegram_refuses_to_tell_is_no_change(worker: Worker, published: Published) -> None:
    await finds(worker, later(unconfirmed_email="m**@e***.com", reset_at=NOW), UNSAID)
    assert await told(published) == []


async def test_what_changed_behind_a_refusal_is_told_when_telegram_says_more(
    worker: Worker, published: Published
) -> None:
    await finds(worker, STATE, UNSAID, later(has_password=False))
    [event] = await told(published)
    assert event.changes == (AccountChange(what="has_password", before="yes", after="no"),)


async def test_whoever_asks_is_told_what_was_refused_and_not_what_it_was_before(
    worker: Worker, guard: FakeGuard
) -> None:
    await finds(worker, STATE)
    guard.safety.states.append(UNSAID)
    reply = await worker.asked(GetCheckup())
    assert isinstance(reply, CheckupFetched)
    assert reply.account == UNSAID


async def test_a_checkup_is_answered_with_all_that_it_takes(worker: Worker, guard: FakeGuard) -> None:
    guard.safety.states.append(STATE)
    reply = await worker.asked(GetCheckup(), session("7"))
    assert reply == CheckupFetched(
        roster=roster(session("7")),
        account=STATE,
        standings=Standings(unanswered=(Unanswered(hash="7", since=NOW),)),
    )


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (UnreachableError("TimeoutError"), NotCarried(trouble=Trouble.UNREACHABLE, error="TimeoutError")),
        (FloodWaitError(30), NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30)),
        (
            GuardLostError(GuardLoss.SESSION_REVOKED),
            NotCarried(trouble=Trouble.GUARD_LOST, error="SESSION_REVOKED"),
        ),
    ],
)
async def test_a_checkup_that_telegram_does_not_answer_says_why(
    worker: Worker, guard: FakeGuard, error: Exception, reply: NotCarried
) -> None:
    guard.safety.states.append(error)
    assert await worker.asked(GetCheckup()) == reply


# --- the loop ---


def looking(worker: Worker, *, seconds: float) -> Checkups:
    return Checkups(worker.guard.as_guard(), worker.deeds, worker.watcher.sight, seconds=seconds)


async def all_found(guard: FakeGuard) -> None:
    async def none_left() -> bool:
        return not guard.safety.states

    await eventually(none_left)


async def test_it_looks_at_once_and_then_every_so_often(worker: Worker, guard: FakeGuard) -> None:
    checkups = looking(worker, seconds=OFTEN)
    guard.safety.states.extend([STATE] * 500)

    async def looked_thrice() -> bool:
        return len(guard.safety.states) <= 497

    async with running(checkups.run()):
        await eventually(looked_thrice)


async def test_it_looks_when_nudged_and_else_not_before_its_time(
    worker: Worker, guard: FakeGuard, published: Published
) -> None:
    checkups = looking(worker, seconds=NEVER)
    guard.safety.states.append(STATE)
    async with running(checkups.run()):
        await all_found(guard)
        await asyncio.sleep(0.05)
        guard.safety.states.append(later(bots=(BOT,)))
        checkups.notice()
        await all_found(guard)

        async def is_told() -> bool:
            return bool(await told(published))

        await eventually(is_told)


@pytest.mark.parametrize(
    "trouble", [UnreachableError("TimeoutError"), RefusedError("X_Y"), FloodWaitError(0), RedisConnectionError("away")]
)
async def test_a_look_that_failed_is_made_up_for_by_the_next(
    worker: Worker, guard: FakeGuard, published: Published, trouble: TelegramTrouble
) -> None:
    guard.safety.states.extend([STATE, trouble, later(has_password=False)])
    guard.safety.states.extend([later(has_password=False)] * 500)

    async def is_told() -> bool:
        return bool(await told(published))

    async with running(looking(worker, seconds=OFTEN).run()):
        await eventually(is_told)
    assert len(await told(published)) == 1


@pytest.mark.parametrize(
    ("trouble", "condition"),
    [
        (UnreachableError("TimeoutError"), Condition.UNREACHABLE),
        (UNSAID, Condition.REFUSED),  # each part of it
        (ZeroDivisionError(), None),
    ],
)
async def test_since_when_and_why_it_fails_is_told_until_it_goes_well_again(
    worker: Worker, guard: FakeGuard, trouble: Exception | AccountState, condition: Condition | None
) -> None:
    checkups, sight = looking(worker, seconds=OFTEN), worker.watcher.sight
    guard.safety.states.extend([STATE, *[trouble] * 500])
    async with running(checkups.run()):

        async def fails() -> bool:
            return sight.unchecked_since is not None

        await eventually(fails)
        since = sight.unchecked_since
        assert (sight.checked_at, sight.checkup_trouble) == (STATE.taken_at, condition)
        guard.safety.states.clear()
        guard.safety.states.extend([later()] * 500)

        async def goes_well() -> bool:
            return sight.unchecked_since is None

        await eventually(goes_well)
    assert since
    assert (sight.checked_at, sight.checkup_trouble) == (later().taken_at, None)


async def test_a_connection_that_is_away_is_soon_tried_again(
    worker: Worker, guard: FakeGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkups_module, "UNREACHABLE_SECONDS", OFTEN)
    guard.safety.states.extend([UnreachableError("TimeoutError"), STATE])
    async with running(looking(worker, seconds=NEVER).run()):
        await all_found(guard)


async def test_before_the_first_roster_it_is_soon_tried_again(
    redis: Store, guard: FakeGuard, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkups_module, "RETRY_SECONDS", OFTEN)
    worker = Worker(redis, guard, lease)
    guard.safety.states.extend([STATE] * 500)
    async with running(looking(worker, seconds=NEVER).run()):
        await asyncio.sleep(2 * OFTEN)
        await worker.looks()

        async def is_kept() -> bool:
            return (await worker.snapshot()).account_state == STATE

        await eventually(is_kept)


async def test_a_flood_wait_is_waited_for(worker: Worker, guard: FakeGuard) -> None:
    guard.safety.states.append(FloodWaitError(3600))
    async with running(looking(worker, seconds=OFTEN).run()) as looks:
        await all_found(guard)
        await asyncio.sleep(5 * OFTEN)
        assert not looks.done()  # the next look would be one that nobody foresaw


async def test_a_lost_guard_ends_it(worker: Worker, guard: FakeGuard) -> None:
    guard.safety.states.append(GuardLostError(GuardLoss.SESSION_REVOKED))
    with pytest.raises(GuardLostError):
        await within_patience(looking(worker, seconds=NEVER).run())


async def test_two_who_ask_at_once_tell_a_change_once(worker: Worker, guard: FakeGuard, published: Published) -> None:
    await finds(worker, STATE)
    changed = later(has_password=False)
    guard.safety.states.extend([changed, changed])
    await asyncio.gather(worker.checkups.look(), worker.checkups.look())
    assert len(await told(published)) == 1
