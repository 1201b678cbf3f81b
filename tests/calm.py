"""An owner who is told of logins, and in quiet hours: a notifier around a gateway that a test winds and sets."""

from __future__ import annotations

import itertools
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from redis.exceptions import ResponseError

from bot.channels.channel import Channel
from bot.delivery.doorbells import Doorbells
from bot.delivery.mailbox import Mailbox
from bot.delivery.notifier import Notifier
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from core.connection import Store
from core.contract.events import Event, Report
from core.contract.session_events import SessionAppeared
from core.contract.state import Snapshot
from core.domain.preferences import Preferences, QuietHours
from core.domain.sessions import Session
from core.domain.standing import Standings, Unanswered
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeChats
from tests.telling import Heard
from tests.wire import reported

OTHER_OWNER = 3003
TOGETHER = timedelta(minutes=10)
NIGHT = QuietHours(start=(NOW - timedelta(hours=1)).time(), end=(NOW + timedelta(hours=1)).time())
MORNING = NOW + timedelta(hours=2)


def login(number: int, **particulars: object) -> SessionAppeared:
    """A new login from a device of that number."""
    return SessionAppeared(
        account=ACCOUNT, at=NOW, session=session(str(number), device_model=f"Device {number}.", **particulars)
    )


class FakeGateway:
    """What the worker keeps, and a clock."""

    def __init__(self) -> None:
        self.known = Snapshot(roster=roster(session()))
        self.clock = NOW

    async def snapshot(self, account: int) -> Snapshot:
        assert account == ACCOUNT
        return self.known

    async def now(self) -> datetime:
        return self.clock

    async def account_name(self, _account: int) -> str:
        return "Ada"


@dataclass(slots=True)
class Evening:
    """Tells owners and channels of events, each in an entry of its own unless one is given."""

    redis: Store
    telegram: FakeChats
    channels: tuple[Channel, ...] = ()
    gateway: FakeGateway = field(default_factory=FakeGateway)
    notifier: Notifier = field(init=False)
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.notifier = Notifier(
            redis=self.redis,
            events=self.redis,
            owners=frozenset({OWNER, OTHER_OWNER}),
            gateway=cast("Gateway", self.gateway),
            courier=self.telegram.courier(),
            doorbells=Doorbells(),
            suspicions=Suspicions(Heard()),
            channels=self.channels,
            together=TOGETHER,
        )

    def entry(self, *, later: timedelta = timedelta()) -> str:
        return f"{time.time_ns() // 1_000_000 + later // timedelta(milliseconds=1)}-{next(self.numbers)}"

    async def tell(self, event: Event, owner: int = OWNER, entry: str = "", *, later: timedelta = timedelta()) -> str:
        entry, report = entry or self.entry(later=later), Report(number=1, event=event)
        with suppress(ResponseError):  # it is there already, or others are behind its place
            await reported(self.redis, report, entry=entry)
        await self.notifier.tell(self.notifier.chat(ACCOUNT, owner), entry, report)
        return entry

    async def tell_channel(self, event: Event) -> None:
        report = Report(number=1, event=event)
        await self.notifier.tell(self.mailbox, await reported(self.redis, report), report)

    @property
    def mailbox(self) -> Mailbox:
        [channel] = self.channels
        return self.notifier.mailbox(ACCOUNT, channel)

    def anew(self) -> Evening:
        """Another bot, or the same one after a restart: it knows what is in Redis."""
        return Evening(self.redis, self.telegram, channels=self.channels, gateway=self.gateway)

    def is_quiet(self, hours: QuietHours | None = NIGHT) -> None:
        self.gateway.known = replace(self.gateway.known, preferences=Preferences(quiet=hours))
        self.gateway.clock = NOW
        self.notifier.hours.forget(ACCOUNT)

    def waits(self, *logins: Session, answered: tuple[Session, ...] = ()) -> None:
        """These are logged in and wait for an answer, those do not."""
        waiting = tuple(Unanswered(hash=each.hash, since=NOW) for each in logins)
        self.gateway.known = replace(
            self.gateway.known, roster=roster(*logins, *answered), standings=Standings(unanswered=waiting)
        )

    def is_over(self) -> None:
        """The quiet hours are."""
        self.gateway.clock = MORNING
        self.notifier.hours.forget(ACCOUNT)

    async def dawns(self, owner: int = OWNER) -> None:
        """The quiet hours are over, and whoever looks whether they are has looked."""
        self.is_over()
        await self.notifier.dawn.tell(self.notifier.chat(ACCOUNT, owner))
