"""When Telegram confirms a login by itself, as it says: read aside, kept up with, and known to all that tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.connection import Store
from core.contract.session_events import LoginUnanswered, SessionAppeared
from core.contract.state import Snapshot
from core.domain.sessions import AUTOCONFIRM_SECONDS
from sandbox.faults import Fault
from sandbox.running import Sandbox
from tests.domain_values import ACCOUNT, NOW, roster, session
from tests.fake_guard import FakeGuard
from tests.guard_session import settings_for, sign_in
from tests.waiting import eventually, running
from tests.wire import events_in
from tests.worker import Worker
from userclient import gaps
from userclient.lease import Lease
from userclient.records import Records
from userclient.telegram.guard import Guard, connected
from userclient.terms import Terms
from userclient.trouble import RefusedError

A_DAY = 86_400


@pytest.fixture
async def guard_at_work(sandbox: Sandbox, lease: Lease) -> AsyncIterator[Guard]:
    settings = settings_for(sandbox)
    async with connected(settings, await sign_in(sandbox, settings), lease) as guard:
        yield guard


async def test_a_list_carries_what_telegram_said_last(sandbox: Sandbox, guard_at_work: Guard) -> None:
    guard = guard_at_work
    sandbox.world.autoconfirm = timedelta(days=1)
    assert (await guard.roster()).autoconfirm_seconds == AUTOCONFIRM_SECONDS  # nobody has asked yet
    await guard.app_config.refresh()
    assert (await guard.roster()).autoconfirm_seconds == A_DAY
    await guard.app_config.refresh()  # not modified
    assert (await guard.roster()).autoconfirm_seconds == A_DAY
    sandbox.world.autoconfirm = timedelta(days=2)
    await guard.app_config.refresh()
    assert (await guard.roster()).autoconfirm_seconds == 2 * A_DAY


async def test_a_list_waits_for_no_such_answer(sandbox: Sandbox, guard_at_work: Guard) -> None:
    await guard_at_work.roster()
    before = len(sandbox.world.calls.calls)
    await guard_at_work.roster()
    assert [call.method for call in list(sandbox.world.calls.calls)[before:]] == ["account.getAuthorizations"]


async def test_a_refusal_leaves_it_as_it_was(sandbox: Sandbox, guard_at_work: Guard) -> None:
    sandbox.world.autoconfirm = timedelta(days=1)
    await guard_at_work.app_config.refresh()
    sandbox.world.faults.order(Fault(layer="mtproto", method="help.getAppConfig", code=400, message="X_Y"))
    with pytest.raises(RefusedError):
        await guard_at_work.app_config.refresh()
    assert guard_at_work.app_config.autoconfirm_seconds == A_DAY


async def test_after_a_restart_it_is_known_before_telegram_is_asked_and_asked_anew_after_a_gap(
    sandbox: Sandbox, guard_at_work: Guard, redis: Store, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gaps, "SETTLE_SECONDS", 0.05)
    records, config = Records(redis, lease), guard_at_work.app_config
    await records.write(Snapshot(roster=roster(autoconfirm_seconds=A_DAY)), [], since=None)
    terms = Terms(guard_at_work, records)
    seen: list[int] = []

    async def is_known_to_be(seconds: int) -> bool:
        seen.append(config.autoconfirm_seconds)
        return config.autoconfirm_seconds == seconds

    async with running(terms.run()):
        await eventually(lambda: is_known_to_be(A_DAY))
        await eventually(lambda: is_known_to_be(AUTOCONFIRM_SECONDS))
        sandbox.world.autoconfirm = timedelta(days=3)
        terms.notice()
        await eventually(lambda: is_known_to_be(3 * A_DAY))


async def test_who_tells_of_a_login_and_reminds_of_it_knows_it_as_well(
    redis: Store, guard: FakeGuard, lease: Lease
) -> None:
    worker = Worker(redis, guard, lease)
    await worker.looks(autoconfirm_seconds=A_DAY)
    login = session("7", created_at=NOW, unconfirmed=True)
    await worker.looks(login, autoconfirm_seconds=A_DAY)
    await worker.looks(login, after=timedelta(hours=1), autoconfirm_seconds=2 * A_DAY)
    told = [e for e in await events_in(redis, ACCOUNT) if isinstance(e, SessionAppeared | LoginUnanswered)]
    assert [(type(e), e.autoconfirm_seconds) for e in told] == [
        (SessionAppeared, A_DAY),
        (LoginUnanswered, 2 * A_DAY),
    ]
