"""How accounts are called in the terminal: as their worker told, and never by what a terminal would obey."""

from __future__ import annotations

from core.connection import Store
from core.contract.state import Condition, Heartbeat, WorkerStatus
from doorman.naming import called, listed
from tests.domain_values import ACCOUNT, NOW
from tests.wire import said


async def told(redis: Store, name: str) -> None:
    status = WorkerStatus(account=ACCOUNT, account_name=name, condition=Condition.STOPPED, watching_since=NOW)
    await said(redis, status, Heartbeat(at=NOW, reports=0))


async def test_an_account_is_called_by_its_name_and_number(redis: Store) -> None:
    await told(redis, "Ada")
    assert await called(redis, ACCOUNT) == f"Ada ({ACCOUNT})"


async def test_where_no_worker_has_told_a_name_the_number_stands_alone(redis: Store) -> None:
    assert await called(redis, ACCOUNT) == str(ACCOUNT)


async def test_nothing_in_a_name_moves_the_cursor(redis: Store) -> None:
    await told(redis, "\x1b[2JAda\r\n\u202eok ")
    assert await called(redis, ACCOUNT) == f"[2JAda ok ({ACCOUNT})"


async def test_several_are_listed_with_commas(redis: Store) -> None:
    await told(redis, "Ada")
    assert await listed(redis, [ACCOUNT, ACCOUNT + 1]) == f"Ada ({ACCOUNT}), {ACCOUNT + 1}"
