"""The history: written in one step with what it follows from, read by anybody, and the past that risks are told by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from redis.exceptions import RedisError

from core import archive, bus
from core.bus import FencedError
from core.connection import Store
from core.contract import keys
from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.commands import ConfirmLogin, DistrustSession, EndSession, TrustSession
from core.contract.events import Event
from core.contract.session_events import SessionAltered, SessionAppeared
from core.contract.signing import Signed
from core.contract.state import Snapshot
from core.domain.endings import Why
from core.domain.history import Entry, Kind
from core.domain.preferences import Preferences
from core.domain.risk.assessment import Level
from core.domain.risk.changes import ChangeReason
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session
from tests.fake_guard import FakeGuard
from tests.wire import STRANGER
from tests.worker import Worker
from userclient.lease import Lease
from userclient.records import Records

Published = Callable[[], Awaitable[list[Event]]]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PHONE = session("1", official_app=True, created_at=NOW - 90 * DAY)
TABLET = replace(PHONE, hash="2", device_model="Pixel Tablet")
LAPTOP = replace(PHONE, hash="3", device_model="ThinkPad X1", platform="Linux", api_id=2040, app_name="Desktop")
ABROAD = session("8", created_at=NOW, active_at=NOW, country="Nigeria", region="Lagos", ip="203.0.113.8")
ENTRY = Entry(at=NOW, kind=Kind.TTL, note="180→7")
EVENT = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)


@pytest.fixture
def worker(redis: Store, guard: FakeGuard, lease: Lease) -> Worker:
    return Worker(redis, guard, lease)


async def kinds(worker: Worker) -> list[Kind]:
    return [entry.kind for entry in await worker.history()]


async def last_login(published: Published) -> SessionAppeared:
    return [event for event in await published() if isinstance(event, SessionAppeared)][-1]


def reasons(event: SessionAppeared | SessionAltered) -> set[str]:
    return {finding.reason for finding in event.assessment.findings}


# --- kept ---


async def test_who_was_inside_when_doorman_came_is_the_beginning(worker: Worker) -> None:
    await worker.looks(PHONE, TABLET)
    entries = await worker.history()
    assert {entry.kind for entry in entries} == {Kind.BASELINE}
    assert [entry.session for entry in entries] == [guard_session(), PHONE, TABLET]


async def test_every_change_between_two_looks_is_kept_with_its_moment(worker: Worker) -> None:
    await worker.looks(PHONE, TABLET)
    await worker.looks(replace(PHONE, app_version="12.2"), LAPTOP, after=MINUTE, ttl_days=7)
    entries = (await worker.history())[3:]
    assert {entry.kind for entry in entries} == {Kind.ENDED, Kind.UPDATED, Kind.LOGIN, Kind.TTL}
    assert {entry.at for entry in entries} == {NOW + MINUTE}
    [ended] = [entry for entry in entries if entry.kind is Kind.ENDED]
    assert ended.ending
    assert (ended.session, ended.by, ended.ending.why) == (TABLET, None, Why.ELSEWHERE)


async def test_the_same_list_again_is_no_history(worker: Worker) -> None:
    await worker.looks(PHONE)
    await worker.looks(replace(PHONE, active_at=NOW), after=MINUTE)
    assert set(await kinds(worker)) == {Kind.BASELINE}


async def test_what_an_owner_did_is_kept_with_who_it_was(worker: Worker, guard: FakeGuard) -> None:
    await worker.looks(PHONE)
    await worker.looks(PHONE, ABROAD)
    for command in (ConfirmLogin(hash="8"), TrustSession(hash="8"), DistrustSession(hash="8")):
        await worker.result(command, PHONE, ABROAD)
    guard.lets_end("8")
    await worker.result(EndSession(hash="8"), PHONE, ABROAD)
    *_, confirmed, trusted, distrusted, ended = await worker.history()
    done = [Kind.CONFIRMED, Kind.TRUSTED, Kind.DISTRUSTED, Kind.ENDED]
    assert [entry.kind for entry in (confirmed, trusted, distrusted, ended)] == done
    assert {entry.by for entry in (confirmed, trusted, distrusted, ended)} == {OWNER}
    assert ended.ending
    assert ended.ending.why is Why.BY_DOORMAN


async def test_an_owners_ending_that_a_crash_cut_short_is_kept_as_theirs(
    worker: Worker, guard: FakeGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    await worker.looks(PHONE, ABROAD)
    guard.lets_end("8")

    async def die(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    async def plenty() -> float:
        monkeypatch.setattr(worker.records, "write", die)
        return 5.0

    with pytest.raises(KeyboardInterrupt):
        await worker.deeds.end(ABROAD, by=OWNER, left=plenty)
    assert Kind.ENDED not in await kinds(worker)
    await worker.successor().looks(PHONE, after=MINUTE)
    [ended] = await worker.history(Kind.ENDED)
    assert ended.ending
    assert (ended.by, ended.ending.by, ended.ending.why) == (OWNER, OWNER, Why.BY_DOORMAN)


async def test_an_account_nobody_looked_at_for_a_while_has_a_gap(worker: Worker) -> None:
    await worker.looks(PHONE)
    await worker.looks(PHONE, after=DAY)
    [gap] = await worker.history(Kind.GAP)
    assert (gap.at, gap.note) == (NOW + DAY, NOW.isoformat())


# --- in one step ---


async def test_snapshot_events_and_history_are_written_together(
    records: Records, redis: Store, published: Published
) -> None:
    snapshot = Snapshot(roster=roster())
    await records.write(snapshot, [EVENT], since=await records.snapshot(), history=[ENTRY])
    assert (await published(), await archive.recall(redis, ACCOUNT)) == ([EVENT], (ENTRY,))
    assert await records.snapshot() == snapshot


async def test_what_redis_has_no_room_for_is_in_none_of_them(
    worker: Worker, redis: Store, published: Published
) -> None:
    await worker.looks(PHONE)
    before, kept, told = await worker.snapshot(), await worker.history(), await published()
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(RedisError):
            await worker.looks(PHONE, ABROAD)
    finally:
        await redis.config_set("maxmemory", "0")
    assert (await worker.snapshot(), await worker.history(), await published()) == (before, kept, told)
    await worker.looks(PHONE, ABROAD)
    assert len(await worker.history(Kind.LOGIN)) == 1


async def test_who_does_not_hold_the_lease_writes_no_history(redis: Store, lease: Lease, records: Records) -> None:
    since = await records.snapshot()
    await lease.release()
    await Lease(redis, ACCOUNT, seconds=600).take()
    with pytest.raises(FencedError):
        await records.write(Snapshot(roster=roster()), [EVENT], since=since, history=[ENTRY])
    with pytest.raises(FencedError):
        await records.announce(EVENT, history=[ENTRY])
    assert await archive.recall(redis, ACCOUNT) == ()


async def test_what_is_announced_keeps_its_history_too(records: Records, redis: Store) -> None:
    await records.announce(EVENT, history=[ENTRY])
    assert await archive.recall(redis, ACCOUNT) == (ENTRY,)


async def test_something_else_in_the_place_of_the_history_is_swept_away(
    worker: Worker, redis: Store, published: Published
) -> None:
    await redis.set(keys.history(ACCOUNT), "rubbish")
    assert await archive.recall(redis, ACCOUNT) == ()
    await worker.looks(PHONE)
    assert [type(event) for event in await published()] == [BaselineTaken]
    assert len(await worker.history()) == 2


async def test_an_old_history_is_forgotten_from_its_beginning(
    records: Records, redis: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "HISTORY_MOST", 100)
    for batch in range(10):
        entries = [Entry(at=NOW + (batch * 100 + n) * MINUTE, kind=Kind.CODE) for n in range(100)]
        await records.announce(history=entries)
    kept = await archive.recall(redis, ACCOUNT)
    assert 100 <= len(kept) < 400  # about: Redis drops whole blocks
    assert kept[-1].at == NOW + 999 * MINUTE


# --- forged ---


async def forge(redis: Store, entry: Entry, *, packing: Any) -> None:
    await redis.xadd(keys.history(ACCOUNT), packing.pack(entry))


async def test_what_the_worker_did_not_write_is_left_out(worker: Worker, redis: Store) -> None:
    await worker.looks(PHONE)
    ours = await worker.history()
    lie = Entry(at=NOW, kind=Kind.TRUSTED, session=ABROAD, by=OWNER)
    await forge(redis, lie, packing=Signed(bus.ENTRIES, STRANGER, keys.history(ACCOUNT)))
    await forge(redis, lie, packing=bus.ENTRIES)  # not signed at all
    await forge(redis, lie, packing=bus.history_of(redis, ACCOUNT + 1))  # of another account
    await redis.xadd(keys.history(ACCOUNT), {"type": "Entry", "body": "{}"})
    await redis.xadd(keys.history(ACCOUNT), {"x": b"\xff\xfe"})
    assert await worker.history() == ours


async def test_a_forged_answer_makes_no_intruder_familiar(worker: Worker, redis: Store, published: Published) -> None:
    await worker.looks(PHONE, TABLET, LAPTOP)
    await worker.looks(PHONE, TABLET, LAPTOP, ABROAD)
    lie = Entry(at=NOW, kind=Kind.TRUSTED, session=ABROAD, by=OWNER)
    await forge(redis, lie, packing=Signed(bus.ENTRIES, STRANGER, keys.history(ACCOUNT)))
    again = replace(ABROAD, hash="9")
    await worker.successor().looks(PHONE, TABLET, LAPTOP, ABROAD, again)
    assert LoginReason.NEW_COUNTRY in reasons(await last_login(published))


# --- the past of risks ---


async def test_a_login_is_told_with_what_speaks_against_it(worker: Worker, published: Published) -> None:
    await worker.looks(PHONE, TABLET, LAPTOP)
    await worker.looks(PHONE, TABLET, LAPTOP, ABROAD)
    event = await last_login(published)
    assert LoginReason.NEW_COUNTRY in reasons(event)
    assert event.assessment.level is Level.ALARM


async def test_a_session_that_is_another_device_now_is_told_as_alarming(worker: Worker, published: Published) -> None:
    await worker.looks(PHONE)
    await worker.looks(replace(PHONE, device_model="Kali", platform="Linux"))
    event = (await published())[-1]
    assert isinstance(event, SessionAltered)
    assert ChangeReason.OTHER_DEVICE in reasons(event)
    assert event.assessment.level is Level.ALARM


async def test_where_an_ended_session_was_is_familiar_after_a_restart(worker: Worker, published: Published) -> None:
    abroad = replace(TABLET, country="Nigeria", region="Lagos", ip="203.0.113.8")
    await worker.looks(PHONE, abroad, LAPTOP)
    await worker.looks(PHONE, LAPTOP)
    await worker.successor().looks(PHONE, LAPTOP, replace(ABROAD, official_app=True))
    assert LoginReason.NEW_COUNTRY not in reasons(await last_login(published))


@pytest.mark.parametrize("restarted", [False, True], ids=["same process", "restarted"])
async def test_an_intruders_second_login_is_as_loud_as_the_first(
    worker: Worker, published: Published, *, restarted: bool
) -> None:
    await worker.looks(PHONE, TABLET, LAPTOP)
    await worker.looks(PHONE, TABLET, LAPTOP, ABROAD)
    later = worker.successor() if restarted else worker
    await later.looks(PHONE, TABLET, LAPTOP, ABROAD, replace(ABROAD, hash="9"))
    assert LoginReason.NEW_COUNTRY in reasons(await last_login(published))


async def test_one_that_an_owner_answered_for_is_familiar_after_a_restart(worker: Worker, published: Published) -> None:
    await worker.looks(PHONE, TABLET, LAPTOP)
    await worker.looks(PHONE, TABLET, LAPTOP, ABROAD)
    await worker.result(ConfirmLogin(hash="8"), PHONE, TABLET, LAPTOP, ABROAD)
    await worker.successor().looks(PHONE, TABLET, LAPTOP, ABROAD, replace(ABROAD, hash="9"))
    assert LoginReason.NEW_COUNTRY not in reasons(await last_login(published))


async def test_a_history_that_was_lost_leaves_what_the_last_look_knew(
    worker: Worker, redis: Store, published: Published
) -> None:
    await worker.looks(PHONE, TABLET, LAPTOP)
    await worker.looks(PHONE, TABLET, LAPTOP, ABROAD)
    await redis.delete(keys.history(ACCOUNT))
    await worker.successor().looks(PHONE, TABLET, LAPTOP, ABROAD, replace(ABROAD, hash="9"))
    assert LoginReason.NEW_COUNTRY in reasons(await last_login(published))


async def test_a_move_that_an_owner_expects_is_told_quietly(worker: Worker, published: Published) -> None:
    listed: tuple[Session, ...] = (PHONE, TABLET, LAPTOP)
    await worker.looks(*listed)
    await worker.prefers(*listed, travel_until=NOW + 9999 * DAY)
    moved = replace(PHONE, country="Nigeria", region="Lagos", ip="203.0.113.8", active_at=NOW)
    await worker.looks(moved, TABLET, LAPTOP)
    event = (await published())[-1]
    assert isinstance(event, SessionAltered)
    assert MoveReason.MOVED_COUNTRY in reasons(event)
    assert event.assessment.level is Level.QUIET
    assert (await worker.snapshot()).preferences != Preferences()


async def test_a_network_where_it_was_this_week_is_no_move_after_a_restart(worker: Worker) -> None:
    mobile = replace(PHONE, ip="203.0.113.8")
    await worker.looks(PHONE)
    await worker.looks(mobile, after=MINUTE)
    await worker.successor().looks(PHONE, after=DAY)
    await worker.successor().looks(mobile, after=2 * DAY)
    assert len(await worker.history(Kind.MOVED)) == 1
