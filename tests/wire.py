"""Words in Redis as Doorman's own processes leave and read them: signed under the tests' SECRET_KEY."""

from __future__ import annotations

from typing import Any, cast

from pydantic import SecretStr

from core import bus
from core.connection import Store, connect
from core.contract import keys
from core.contract.codec import Packing
from core.contract.commands import Request
from core.contract.events import Event, Report
from core.contract.signing import Signer
from core.contract.state import Heartbeat, WorkerStatus
from core.pulse import HEARTBEATS, STATUSES
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, SECRET_KEY


def store_of(secret_key: str) -> Store:
    """A client of nowhere, as good as any other for signing."""
    settings = CoreSettings(_env_file=None, secret_key=secret_key, redis_url=SecretStr("redis://127.0.0.1:1"))
    return connect(settings, name="doorman-test")


_OURS = store_of(SECRET_KEY)
SIGNER: Signer = _OURS.signer
#: Whoever can write into our Redis, but has no SECRET_KEY.
STRANGER: Signer = store_of("another" * 8).signer
REPORTS: Packing[Report] = bus.reports_of(_OURS, ACCOUNT)
REQUESTS: Packing[Request] = bus.requests_to(_OURS, ACCOUNT)


async def reports_in(redis: Store, account: int = ACCOUNT) -> list[Report]:
    """All of the account's stream, oldest first."""
    packing = bus.reports_of(_OURS, account)
    return [packing.unpack(fields) for _, fields in await redis.xrange(keys.events(account))]


async def events_in(redis: Store, account: int = ACCOUNT) -> list[Event]:
    """What those tell."""
    return [report.event for report in await reports_in(redis, account)]


async def reports_made(redis: Store, account: int = ACCOUNT) -> int:
    """How many reports the worker has made, as it counts them."""
    return int(await redis.get_signed(keys.reports(account)) or 0)


async def reported(redis: Store, report: Report, *, entry: str = "*") -> str:
    """The entry that this report is, with any number."""
    fields: Any = bus.reports_of(_OURS, report.event.account).pack(report)
    return cast("bytes", await redis.xadd(keys.events(report.event.account), fields, id=entry)).decode()


async def said(redis: Store, status: WorkerStatus, beat: Heartbeat, *, account: int | None = None) -> None:
    """The worker's status and heartbeat."""
    account = account or status.account
    await redis.set_signed(keys.status(account), STATUSES.dump(status))
    await redis.set_signed(keys.heartbeat(account), HEARTBEATS.dump(beat))
