"""A year of one account: what truly happened, and the rosters of a guard that looked, mostly. Seeded."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count, pairwise
from random import Random
from typing import NamedTuple

from core.domain.changes import compare
from core.domain.chronicle import baseline_of, entries_of
from core.domain.endings import Why, endings_of
from core.domain.history import Entry, Kind
from core.domain.sessions import Roster, Session
from tests.domain_values import ACCOUNT, OWNER, guard_session, session

START = datetime(2025, 3, 1, 6, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
END = START + 365 * DAY
HOME, OFFICE, MOBILE = "10.1", "10.3", "10.2"  # networks of 16 bits

PHONE = {"device_model": "Pixel 9", "platform": "Android", "api_id": 6, "app_name": "Telegram Android"}
LAPTOP = {"device_model": "ThinkPad T14", "platform": "Windows", "api_id": 2040, "app_name": "Telegram Desktop"}
TABLET = {"device_model": "iPad Air", "platform": "iOS", "api_id": 10840, "app_name": "Telegram iOS"}
BROWSER = {"device_model": "Chrome 139", "platform": "Web", "api_id": 2496, "app_name": "Telegram Web"}
INTRUDER = {"device_model": "Desktop", "platform": "Linux", "api_id": 17349, "app_name": "My app"}

#: When the owner is abroad: from and until which day, where, and on which network.
TRIPS = ((60, 70, "Norway", "10.50"), (230, 242, "Japan", "10.60"))
HOLIDAY = (90, 112)  # from the laptop
TTL_CUT = 210  # to 30 days
OUTAGE = (260, 266)  # of the worker
BREAK_IN = 300


class Fact(NamedTuple):
    """One thing that truly happened to a session, or to the account ("")."""

    at: datetime
    kind: Kind
    hash: str = ""
    why: Why | None = None
    by: int | None = None


class Year(NamedTuple):
    """What the guard saw, and what was so."""

    rosters: list[Roster]
    facts: list[Fact]


@lru_cache(maxsize=8)
def a_year(seed: int) -> Year:
    """365 days from START on. The year that follows from this seed."""
    world = _World(random=Random(seed))  # noqa: S311 - no secret
    _before_the_year(world)
    for plan in (_looks, _phone, _laptop, _browsers, _odd_days, _break_in, _stolen_key):
        plan(world)
    world.live()
    return Year(world.rosters, world.facts)


@lru_cache(maxsize=8)
def history_of(seed: int) -> tuple[Entry, ...]:
    """That year's entries, as they would be kept."""
    rosters, facts = a_year(seed)
    by = {fact.hash: fact.by for fact in facts if fact.by is not None}
    entries = list(baseline_of(rosters[0]))
    for before, after in pairwise(rosters):
        moves = [e for e in entries[-200:] if e.kind is Kind.MOVED]
        endings = endings_of(before, after, by=by)
        now = after.taken_at
        changes = compare(before, after)
        entries += entries_of(changes, before=before, after=after, endings=endings, now=now, moves=moves)
    return tuple(entries)


def on(day: float) -> datetime:
    """A moment of the year."""
    return START + day * DAY


@dataclass(slots=True, kw_only=True)
class _World:
    """The account as Telegram has it. Sessions go by names, for a device has another hash after each login."""

    random: Random
    now: datetime = START
    ttl_days: int = 180
    inside: dict[str, Session] = field(default_factory=dict)
    guard: Session = field(default_factory=lambda: guard_session(created_at=START - 3 * DAY, ip="10.200.0.1"))
    guard_is_lost: bool = False
    rosters: list[Roster] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    _plans: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    def plan(self, at: datetime, act: Callable[[], None]) -> None:
        heapq.heappush(self._plans, (at, next(self._order), act))

    def live(self) -> None:
        while self._plans:
            at, _, act = heapq.heappop(self._plans)
            if at > END:
                break
            self._expire(until=at)
            self.now = at
            act()

    def _expire(self, *, until: datetime) -> None:
        limit = timedelta(days=self.ttl_days)
        due = ((s.active_at + limit, name) for name, s in self.inside.items() if s.active_at + limit <= until)
        for at, name in sorted(due):
            self.now = max(self.now, at)
            self.end(name, Why.RAN_OUT)

    def look(self) -> None:
        if not self.guard_is_lost and not on(OUTAGE[0]) < self.now < on(OUTAGE[1]):
            self.guard = replace(self.guard, active_at=self.now)
            sessions = (self.guard, *self.inside.values())
            roster = Roster(account=ACCOUNT, sessions=sessions, ttl_days=self.ttl_days, taken_at=self.now)
            self.rosters.append(roster)

    def ip(self, network: str) -> str:
        return f"{network}.{self.random.randrange(256)}.{self.random.randrange(1, 255)}"

    def login(self, name: str, network: str, **particulars: object) -> None:
        hash_ = str(self.random.randrange(-(2**63), 2**63))
        usual = {"created_at": self.now, "active_at": self.now, "ip": self.ip(network)}
        self.inside[name] = session(hash_, **(usual | particulars))
        self.tell(Kind.LOGIN, name)
        self.plan(self.now + timedelta(seconds=1), self.look)  # Telegram's push

    def use(self, name: str, network: str, country: str = "Sweden", **particulars: object) -> None:
        if name in self.inside:
            address = {"ip": self.ip(network), "country": country, "region": "" if country != "Sweden" else "Malmo"}
            self.change(name, active_at=self.now, **address, **particulars)

    def change(self, name: str, **particulars: object) -> None:
        if name in self.inside:
            self.inside[name] = replace(self.inside[name], **particulars)

    def tell(self, kind: Kind, name: str = "", why: Why | None = None, by: int | None = None) -> None:
        self.facts.append(Fact(self.now, kind, self.inside[name].hash if name else "", why, by))

    def end(self, name: str, why: Why, by: int | None = None) -> None:
        if name in self.inside:
            self.tell(Kind.ENDED, name, why, by)
            del self.inside[name]

    def reset(self, *, but: str | None) -> None:
        for name in [name for name in self.inside if name != but]:
            self.end(name, Why.RESET_OF_OTHERS)


def _before_the_year(world: _World) -> None:
    world.inside = {
        "phone": session("1001", **PHONE, created_at=on(-400), active_at=on(-0.1), ip="10.1.0.1"),
        "laptop": session("-1002", **LAPTOP, created_at=on(-300), active_at=on(-0.5), ip="10.1.0.2"),
        "tablet": session("1003", **TABLET, created_at=on(-200), active_at=on(-world.random.uniform(120, 150))),
    }


def _looks(world: _World) -> None:
    at = START
    while at < END:
        world.plan(at, world.look)
        at += world.random.uniform(25, 55) * MINUTE
    world.plan(END, world.look)
    for week in range(1, 52):  # a host moves it

        def move(network: str = f"10.{200 + week % 5}") -> None:
            world.guard = replace(world.guard, ip=world.ip(network))

        world.plan(on(7 * week + 0.3), move)


def _phone(world: _World) -> None:
    for day in range(365):
        trip = next((trip for trip in TRIPS if trip[0] <= day < trip[1]), None)
        for _ in range(world.random.randint(4, 10)):
            where = (trip[3], trip[2]) if trip else (world.random.choice((HOME, MOBILE)), "Sweden")
            hour = world.random.uniform(1, 17) / 24
            world.plan(on(day + hour), lambda where=where: world.use("phone", *where))
    for number, day in enumerate(range(14, 365, 21)):

        def update(version: str = f"12.{number + 2}.0") -> None:
            if "phone" in world.inside:
                world.change("phone", app_version=version)
                world.tell(Kind.UPDATED, "phone")

        world.plan(on(day + 0.9), update)

    def settings() -> None:
        world.change("phone", calls_disabled=True)
        world.tell(Kind.SETTINGS, "phone")

    world.plan(on(45.5), settings)


def _laptop(world: _World) -> None:
    for day in range(365):
        if day % 7 in {5, 6} or HOLIDAY[0] <= day < HOLIDAY[1] or any(trip[0] <= day < trip[1] for trip in TRIPS):
            continue
        network = world.random.choice((HOME, OFFICE))
        for hour in (3, 5, 9):
            at = on(day + (hour + world.random.random()) / 24)
            world.plan(at, lambda network=network: world.use("laptop", network))
    world.plan(on(20.6), lambda: world.end("laptop", Why.ELSEWHERE))
    world.plan(on(21.2), lambda: world.login("laptop", HOME, **LAPTOP, app_version="6.2"))


def _browsers(world: _World) -> None:
    """Web sessions come and go; every third is left to run out."""
    day, number = 3.0, 0
    while day < 350:
        name = f"browser {number}"
        if not OUTAGE[0] - 4 < day < OUTAGE[1] and not BREAK_IN - 5 < day < BREAK_IN + 3:
            _browse(world, name, day, logs_out=number % 3 != 0)
        day, number = day + world.random.uniform(8, 20), number + 1


def _browse(world: _World, name: str, day: float, *, logs_out: bool) -> None:
    world.plan(on(day), lambda: world.login(name, HOME, **BROWSER, unconfirmed=True))

    def confirm() -> None:
        if name in world.inside:
            world.change(name, unconfirmed=False)
            world.tell(Kind.CONFIRMED, name)

    world.plan(on(day + 0.1), confirm)
    for _ in range(world.random.randint(1, 6)):
        world.plan(on(day + world.random.uniform(0.01, 1.5)), lambda: world.use(name, HOME))
    if logs_out:
        world.plan(on(day + world.random.uniform(1.6, 3)), lambda: world.end(name, Why.ELSEWHERE))


def _odd_days(world: _World) -> None:
    """A stranger whom Doorman ends, logins without the 2FA password, a lower limit, endings that nobody saw."""
    stranger = {**INTRUDER, "country": "Brazil", "region": "", "unconfirmed": True}
    world.plan(on(120.4), lambda: world.login("stranger", "10.90", **stranger))
    world.plan(on(120.4) + 7 * MINUTE, lambda: world.end("stranger", Why.BY_DOORMAN, by=OWNER))

    world.plan(on(150.2), lambda: world.login("guesser", "10.91", **stranger, password_pending=True))
    world.plan(on(151), lambda: world.end("guesser", Why.NEVER_COMPLETED))

    def complete() -> None:
        world.change("new tablet", password_pending=False)
        world.tell(Kind.COMPLETED, "new tablet")

    world.plan(on(155.3), lambda: world.login("new tablet", HOME, **TABLET, password_pending=True))
    world.plan(on(155.3) + 2 * MINUTE, complete)
    world.plan(on(160), lambda: world.use("new tablet", HOME))

    def cut() -> None:
        world.ttl_days = 30
        world.tell(Kind.TTL)

    world.plan(on(TTL_CUT), cut)  # the new tablet, idle for 50 days, goes with it

    world.plan(on(232), lambda: world.login("forgotten", HOME, **BROWSER))  # runs out while the worker is away
    world.plan(on(258), lambda: world.login("fleeting", HOME, **BROWSER))
    world.plan(on(262), lambda: world.end("fleeting", Why.ELSEWHERE))

    for number in range(3):
        name = f"library {number}"
        world.plan(on(275 + number / 10), lambda name=name: world.login(name, OFFICE, **BROWSER))
        world.plan(on(280.5) + number * timedelta(seconds=5), lambda name=name: world.end(name, Why.ELSEWHERE))


def _break_in(world: _World) -> None:
    """A stranger waits a day, throws everybody out, the guard too; the owner comes back and has it ended."""
    stranger = {**INTRUDER, "country": "Brazil", "region": ""}
    strike = on(BREAK_IN) + 30 * HOUR
    world.plan(on(BREAK_IN), lambda: world.login("intruder", "10.92", **stranger))
    world.plan(on(BREAK_IN + 1), lambda: world.use("intruder", "10.92", "Brazil"))

    def throw_out() -> None:
        world.reset(but="intruder")
        world.guard_is_lost = True
        world.tell(Kind.GUARD_LOST)

    def come_back() -> None:
        world.guard_is_lost = False
        world.guard = guard_session(created_at=world.now, ip="10.210.0.1")

    world.plan(strike, throw_out)
    world.plan(strike + 6 * HOUR, come_back)
    world.plan(strike + 6 * HOUR + MINUTE, world.look)
    world.plan(strike + 7 * HOUR, lambda: world.login("phone", HOME, **PHONE))
    world.plan(strike + 20 * HOUR, lambda: world.login("laptop", HOME, **LAPTOP))
    world.plan(strike + 31 * HOUR, lambda: world.end("intruder", Why.BY_DOORMAN, by=OWNER))


def _stolen_key(world: _World) -> None:
    """Somebody with a copy of the guard's own key ends all others."""
    strike = on(340.25)
    world.plan(strike - timedelta(seconds=20), world.look)
    world.plan(strike, lambda: world.reset(but=None))
    world.plan(strike + timedelta(seconds=10), world.look)
    world.plan(strike + HOUR, lambda: world.login("phone", HOME, **PHONE))
    world.plan(strike + 2 * HOUR, lambda: world.login("laptop", HOME, **LAPTOP))
