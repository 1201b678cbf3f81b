"""Whatever lies in Redis or comes from Telegram: no loop ends of it, and what is good behind it is told."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest
import structlog
from aiogram import Bot, Dispatcher
from aiogram.methods import AnswerCallbackQuery, GetMe, GetUpdates, TelegramMethod
from aiogram.types import Update
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from pydantic import ValidationError
from telethon.extensions import BinaryReader
from telethon.tl import types

from bot import serving
from bot.delivery.alert_book import AlertBook
from bot.delivery.chat import Chat
from bot.delivery.doorbells import Doorbells
from bot.delivery.hours import Hours
from bot.delivery.telling import Telling
from bot.gateway import Gateway
from bot.views import alerts
from bot.views.altered import session_altered
from bot.views.answers import FAILED
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import AskEnd, AskEndOthers, ConfirmEnd, ConfirmEndOthers, KeepSession
from bot.views.buttons.sessions import Origin, ShowCard, ShowPage
from bot.views.card import card
from bot.views.sessions import PER_PAGE, sessions_page
from bot.views.whys import session_ended
from core import bus, consumer
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import BaselineTaken, TtlChanged
from core.contract.codec import MalformedError, ReportCodec, RequestCodec
from core.contract.commands import Command, EndSession, GetRoster, Request
from core.contract.events import Event, Report
from core.contract.replies import Carried, Reply, RosterFetched
from core.contract.session_events import LoginAnnounced, SessionAltered, SessionAppeared, SessionEnded
from core.domain.sessions import Roster, Session
from tests.domain_values import (
    ACCOUNT,
    MOST_NEGATIVE,
    MOST_POSITIVE,
    NOW,
    OWNER,
    moments,
    reports,
    roster,
    session,
    texts,
)
from tests.fake_guard import FakeGuard
from tests.fake_telegram import FakeChats, FakeTelegram
from tests.screens import fits_telegram
from tests.telling import login
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, FakePainter, wired
from tests.updates import STRANGER, press
from tests.waiting import eventually, running
from tests.wire import REPORTS, REQUESTS, SIGNER, events_in
from tests.worker import executor_of
from userclient.lease import Lease
from userclient.records import Records
from userclient.telegram.guard import _push
from userclient.telegram.translate import to_roster
from userclient.trouble import UnreachableError
from userclient.watcher import Watcher

EVENTS = ReportCodec(ACCOUNT)
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
FIRST = 100_000
SEEN = re.compile(r"(?:Device |end after )(1\d{5})\b")
CALLBACK_MOST = 64


@pytest.fixture(autouse=True)
def _quick_and_quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    class Soon:
        def __init__(self, **_: Any) -> None:
            """Pauses between attempts that need no waiting for."""

        def compute(self, _: int) -> float:
            return 0.001

    monkeypatch.setattr(consumer, "ExponentialWithJitterBackoff", Soon)
    with structlog.testing.capture_logs():
        yield


# What is read from Redis

odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 2**70, 10**400]),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-03-14T15:09:26", "\u202e\u0000"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@st.composite
def distorted(draw: st.DrawFn, packed: st.SearchStrategy[dict[bytes, bytes]]) -> dict[bytes, bytes]:
    """A good entry with one of its values, however deep, another or not there, or its bytes cut short."""
    fields = dict(draw(packed))
    if draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from(sorted(fields)))
        fields[name] = fields[name][: draw(st.integers(0, len(fields[name])))] + draw(st.binary(max_size=3))
        return fields
    body = json.loads(fields[b"body"])
    inner, place = body, cast("Any", None)
    while isinstance(inner, dict | list) and inner:
        outer, place = inner, draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        inner = outer[place]
        if draw(st.booleans()):
            break
    if place is not None:
        if draw(st.booleans()):
            outer[place] = draw(odd_values)
        else:
            del outer[place]
    return fields | {b"body": json.dumps(body).encode()}


names = st.sampled_from([b"type", b"body", b"id", b"owner", b"deadline", b"number", b"reason", b"entry", b""])
values = st.sampled_from([b"SessionAppeared", b"EndSession", b"GetRoster", b"{}", b"null", b"-1", b"", b"\xff"])
fields_of_rubbish = st.dictionaries(
    names | st.binary(max_size=8), values | st.binary(max_size=30), min_size=1, max_size=5
)
bad_events = fields_of_rubbish | distorted(reports.map(EVENTS.pack))


def is_read(fields: dict[bytes, bytes], packing: Any) -> bool:
    with suppress(MalformedError):
        packing.unpack(fields)
        return True
    return False


async def laid_in(redis: Store, stream: str, *entries: dict[bytes, bytes]) -> list[bytes]:
    """Their ids; each is signed, so that what is in it comes to be parsed."""
    async with redis.pipeline(transaction=True) as pipe:
        for fields in entries:
            pipe.xadd(stream, cast("Any", SIGNER.sign(stream, fields)))
        return cast("list[bytes]", await pipe.execute())


async def dead(redis: Store, stream: str) -> list[bytes]:
    """The ids of the entries that were laid aside, in order."""
    return [letter[b"entry"] for _, letter in await redis.xrange(keys.dead_letters(stream))]


async def all_acked(redis: Store, stream: str) -> None:
    async def look() -> bool:
        groups: Any = await redis.xinfo_groups(stream) if await redis.exists(stream) else []
        return bool(groups) and groups[0]["pending"] == groups[0]["lag"] == 0

    await eventually(look)


def unreadable(ids: list[bytes], entries: list[dict[bytes, bytes]], packing: Any) -> list[bytes]:
    """The ids of those that are no value of ours."""
    return [id_ for id_, fields in zip(ids, entries, strict=True) if not is_read(fields, packing)]


def numbered(number: int) -> Event:
    """A good event that is known by its number."""
    return login(number) if number % 2 else TtlChanged(account=ACCOUNT, at=NOW, before=0, after=number)


async def leased(redis: Store) -> Records:
    """What the worker writes by, in a Redis that was emptied."""
    lease = Lease(redis, ACCOUNT, seconds=600)
    await lease.declare_free()
    await lease.take()
    return Records(redis, lease)


@given(st.lists(st.none() | bad_events, min_size=1, max_size=12))
@few(max_examples=60, suppress_health_check=SHARED)
async def test_every_event_between_unreadable_ones_is_told_in_order(
    redis: Store, mixed: list[dict[bytes, bytes] | None]
) -> None:
    await redis.flushall()
    telegram, stream, book = FakeChats(), keys.events(ACCOUNT), AlertBook(redis=redis)
    courier = telegram.courier()
    chat = Chat(account=ACCOUNT, owner=OWNER, courier=courier, book=book, doorbells=Doorbells())
    hours = Hours(gateway=Gateway(redis=redis))
    entries = [
        fields or EVENTS.pack(Report(number=at + 1, event=numbered(FIRST + at)))
        for at, fields in enumerate([*mixed, None])
    ]
    ids = await laid_in(redis, stream, *entries)

    async def tell(entry: str, report: Report) -> None:
        await Telling(chat=chat, entry=entry, name="Ada", hours=hours).tell(report.event)

    async with running(Consumer(redis=redis, stream=stream, packing=REPORTS, group="g", name="n").run_entries(tell)):
        await all_acked(redis, stream)
    seen = [int(number) for text in telegram.in_chat(OWNER) for number in SEEN.findall(text)]
    assert seen == [FIRST + at for at, fields in enumerate([*mixed, None]) if fields is None]
    assert await dead(redis, stream) == unreadable(ids, entries, EVENTS)


good_commands: st.SearchStrategy[Command] = st.sampled_from([GetRoster(), EndSession(hash="404")])
bad_requests = fields_of_rubbish | distorted(
    st.builds(
        Request,
        id=st.text(st.characters(codec="ascii"), max_size=8).map("bad{}".format),
        owner=st.integers(),
        deadline=st.just(NOW),
        command=good_commands,
    ).map(RequestCodec().pack)
)


@given(st.lists(good_commands | bad_requests, min_size=1, max_size=10))
@few(max_examples=60, suppress_health_check=SHARED)
async def test_every_request_between_unreadable_ones_is_answered(
    redis: Store, mixed: list[Command | dict[bytes, bytes]]
) -> None:
    await redis.flushall()
    guard, stream = FakeGuard(), keys.commands(ACCOUNT)
    guard.always_lists(roster(session("7")))
    deadline = await bus.redis_now(redis) + timedelta(minutes=1)
    entries, asked = [], {}
    for at, what in enumerate([*mixed, GetRoster()]):
        if isinstance(what, dict):
            entries.append(what)
        else:
            asked[f"good{at}"] = what
            entries.append(RequestCodec().pack(Request(id=f"good{at}", owner=OWNER, deadline=deadline, command=what)))
    ids = await laid_in(redis, stream, *entries)
    records = await leased(redis)
    watcher = Watcher(guard.as_guard(), records, poll_seconds=3600)
    executor = executor_of(redis, guard, records, watcher)
    requests = Consumer(redis=redis, stream=stream, packing=REQUESTS, group="g", name="n", ack_first=True)
    async with running(requests.run(executor.handle)):

        async def last_answered() -> Reply | None:
            return await bus.reply_to(redis, ACCOUNT, f"good{len(mixed)}")

        await eventually(last_answered)
        await all_acked(redis, stream)
    for request_id, command in asked.items():
        reply = await bus.reply_to(redis, ACCOUNT, request_id)
        assert isinstance(reply, RosterFetched if command == GetRoster() else Carried)
    assert await dead(redis, stream) == unreadable(ids, entries, RequestCodec())
    guard.foresaw_everything()


# What is read from Telegram: all that fits its wire, as Telethon makes it of the bytes


def over_the_wire(written: Any) -> Any:
    """As the guard is handed it."""
    return BinaryReader(bytes(written)).tgread_object()


longs = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 1, -1, int(MOST_NEGATIVE), int(MOST_POSITIVE)])
numbers = st.integers(-(2**31), 2**31 - 1)
# Telethon writes bytes in a text's place as they are: they need not be UTF-8.
words = st.one_of(
    st.sampled_from(["", " ", "\u202e\u0000", "\u2068\u2068", "👨" * 64, "a" * 4000, "https://t.me/x", "\n" * 50]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.binary(max_size=12),
)
flags = st.none() | st.booleans()


def rows(current: st.SearchStrategy[bool | None]) -> st.SearchStrategy[types.Authorization]:
    return st.builds(
        types.Authorization,
        hash=longs,
        device_model=words,
        platform=words,
        system_version=words,
        api_id=numbers,
        app_name=words,
        app_version=words,
        date_created=numbers,
        date_active=numbers,
        ip=words,
        country=words,
        region=words,
        current=current,
        official_app=flags,
        password_pending=flags,
        encrypted_requests_disabled=flags,
        call_requests_disabled=flags,
        unconfirmed=flags,
    )


answers = st.builds(
    lambda own, others, days: types.account.Authorizations(authorization_ttl_days=days, authorizations=[*others, own]),
    rows(st.just(True)),
    st.lists(rows(flags), max_size=4),
    numbers,
)
pushes = st.builds(
    types.UpdateNewAuthorization, hash=longs, unconfirmed=st.just(True), date=numbers, device=words, location=words
)
#: Telegram's schema lets none of these be missing where another is there; nor does Doorman rely on it.
scant_pushes = st.builds(
    types.UpdateNewAuthorization,
    hash=longs,
    unconfirmed=st.just(True),
    date=st.none() | moments,
    device=st.none() | texts,
    location=st.none() | texts,
)


def told(event: Event) -> None:
    """See that each of the bot's views can show it."""
    match event:
        case SessionAppeared():
            screens = [alerts.login_alert(event, account_name="Ada")]
        case SessionEnded():
            screens = [session_ended(event, account_name="Ada", viewer=OWNER)]
        case SessionAltered():
            screens = [screen for screen in [session_altered(event, account_name="Ada")] if screen]
        case TtlChanged():
            screens = [alerts.ttl_changed(event, account_name="Ada")]
        case LoginAnnounced():
            screens = [alerts.announced_login_alert(event, account_name="Ada")]
        case _:
            raise AssertionError(f"nobody foresaw {event!r}")
    for screen in screens:
        fits_telegram(screen)


def shown(known: Roster) -> None:
    """See that the list and each card fit."""
    for page in range(len(known.sessions) // PER_PAGE + 1):
        fits_telegram(sessions_page(known, account_name="Ada", page=page, now=NOW))
    for each in known.sessions:
        fits_telegram(card(ACCOUNT, each, trust=None, viewer=OWNER, now=NOW))
    fits_telegram(alerts.baseline(BaselineTaken(account=ACCOUNT, at=NOW, roster=known), account_name="Ada"))


@given(answers, answers)
@few(max_examples=80, suppress_health_check=SHARED)
async def test_any_roster_of_telegrams_is_watched_told_and_shown(
    redis: Store, first: types.account.Authorizations, second: types.account.Authorizations
) -> None:
    await redis.flushall()
    guard, records = FakeGuard(), await leased(redis)
    looks = [to_roster(over_the_wire(answer), account=ACCOUNT, taken_at=NOW) for answer in (first, second)]
    guard.lists(*looks, looks[-1])
    watcher = Watcher(guard.as_guard(), records, poll_seconds=3600)
    for _ in range(3):
        await watcher.look()
    _, *rest = await events_in(redis)
    for event in rest:
        told(event)
    stored = await Gateway(redis=redis).last_roster(ACCOUNT)
    assert stored is not None
    assert stored == looks[-1]
    shown(stored)


@given(pushes.map(over_the_wire) | scant_pushes)
@few(max_examples=60, suppress_health_check=SHARED)
async def test_any_push_of_telegrams_is_told(redis: Store, update: types.UpdateNewAuthorization) -> None:
    await redis.flushall()
    guard = FakeGuard()
    guard.always_lists(UnreachableError("no answer"))
    watcher = Watcher(guard.as_guard(), await leased(redis), poll_seconds=3600)
    watcher.notice(_push(update))
    await watcher._look_through_troubles()
    [event] = await events_in(redis)
    assert isinstance(event, LoginAnnounced)
    assert event.hash == str(update.hash)
    told(event)


# What is pressed, and whatever else Telegram's Bot API hands on


class AnyAccount(FakeGateway):
    """A worker for every account."""

    async def roster(self, account: int, *, owner: int) -> Reply:
        self.looks.append(owner)
        return RosterFetched(roster=roster(session("7"), account=account))

    async def last_roster(self, account: int) -> Roster | None:
        return roster(session("7"), account=account)

    async def keep_list(self, account: int, sessions: Sequence[Session]) -> str:
        self.lists[f"{account}-0"] = tuple(sessions)
        return f"{account}-0"

    async def kept_list(self, account: int, name: str) -> tuple[Session, ...] | None:
        return self.lists.get(name, (session(f"{account % 2**63}"),) if name.endswith("0") else None)


def dispatcher(telegram: FakeTelegram) -> tuple[Bot, Dispatcher]:
    """As the bot wires it."""
    return telegram.bot(), wired(telegram, AnyAccount(), FakeDesk(), FakeCodes(), FakePainter())


GOOD_DATA = [
    AskEnd(account=ACCOUNT, hash="7", origin=Origin.ALERT).pack(),
    ConfirmEnd(account=ACCOUNT, hash="7", origin=Origin.CARD, asked=int(NOW.timestamp()) // 60).pack(),
    KeepSession(account=ACCOUNT, hash="7", origin=Origin.LIST).pack(),
    WasMe(account=ACCOUNT, hash=MOST_NEGATIVE).pack(),
    ShowPage(account=ACCOUNT, page=0).pack(),
    ShowCard(account=ACCOUNT, hash="7").pack(),
    AskEndOthers(account=ACCOUNT).pack(),
    ConfirmEndOthers(account=ACCOUNT, list="1773500966000-0").pack(),
]
odd_parts = st.one_of(
    st.integers(-(2**64), 2**64).map(str),
    st.text(max_size=6),
    st.sampled_from(["", "0", "-1", "01", "+7", " 7", "7.0", "1e3", "NaN", "٣", "\x00", "1-0", "a", "l", "True"]),
)


@st.composite
def distorted_data(draw: st.DrawFn, good: str) -> str:
    """A good button's data with a part or two another, more, or not there."""
    parts = good.split(":")
    for _ in range(draw(st.integers(1, 2))):
        at = draw(st.integers(0, len(parts) - 1)) if parts else 0
        taken, put = draw(st.sampled_from([(1, 1), (1, 1), (1, 1), (0, 1), (1, 0), (2, 3)]))
        parts[at : at + taken] = [draw(odd_parts) for _ in range(put)]
    return ":".join(parts)


def fits_a_button(data: str) -> bool:
    return len(data.encode("utf-8", "surrogatepass")) <= CALLBACK_MOST


def is_answered(data: str, *, gone: bool) -> None:
    telegram = FakeTelegram()
    bot, made = dispatcher(telegram)
    asyncio.run(made.feed_update(bot, press(data, gone=gone)))
    assert len(telegram.of(AnswerCallbackQuery)) == 1
    assert FAILED not in telegram.texts()


@given(st.text(max_size=CALLBACK_MOST).filter(fits_a_button), st.booleans())
@few(max_examples=60)
def test_any_press_is_answered_once_and_is_no_fault(data: str, gone: bool) -> None:
    is_answered(data, gone=gone)


@pytest.mark.parametrize("good", GOOD_DATA)
@given(drawn=st.data(), gone=st.booleans())
@few(max_examples=40)
def test_a_distorted_press_is_answered_once_and_is_no_fault(good: str, drawn: st.DataObject, gone: bool) -> None:
    is_answered(drawn.draw(distorted_data(good).filter(fits_a_button)), gone=gone)


def person(id_: int) -> dict[str, Any]:
    return {"id": id_, "is_bot": False, "first_name": "Ada"}


def message(**more: Any) -> dict[str, Any]:
    chat = {"id": OWNER, "type": "private"}
    return {"message_id": 5, "date": 1773500966, "chat": chat, "from": person(OWNER), "text": "/help"} | more


def callback(**more: Any) -> dict[str, Any]:
    return {"id": "1", "from": person(OWNER), "chat_instance": "1", "data": GOOD_DATA[4], "message": message()} | more


CHANNEL = {"id": -1001, "type": "channel", "title": "News"}
MEMBER = {"status": "member", "user": person(1)}
INACCESSIBLE = {"chat": {"id": OWNER, "type": "private"}, "message_id": 5, "date": 0}
ODD_UPDATES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a kind of another year": {"telepathy": {"id": 1, "from": person(OWNER)}},
    "a message from nobody": {"message": {k: v for k, v in message().items() if k != "from"}},
    "a message without text": {"message": {k: v for k, v in message().items() if k != "text"}},
    "a message of an unknown kind": {"message": message(text=None, hologram={"depth": 3})},
    "a message in another's chat": {"message": message(chat={"id": STRANGER, "type": "private"})},
    "a message in a group": {"message": message(chat={"id": -5, "type": "group", "title": "All"})},
    "a message in a chat of a new kind": {"message": message(chat={"id": OWNER, "type": "orbit"})},
    "a message on behalf of a channel": {"message": message(sender_chat=CHANNEL)},
    "a forwarded message": {
        "message": message(forward_origin={"type": "hidden_user", "date": 0, "sender_user_name": ""})
    },
    "entities out of bounds": {"message": message(entities=[{"type": "bot_command", "offset": 90, "length": -4}])},
    "entities of a new kind": {"message": message(entities=[{"type": "smell", "offset": 0, "length": 5}])},
    "a service message": {"message": message(text=None, new_chat_members=[person(1)])},
    "an edited message": {"edited_message": message()},
    "a post": {"channel_post": message(chat=CHANNEL)},
    "a post from nobody": {"channel_post": {k: v for k, v in message(chat=CHANNEL).items() if k != "from"}},
    "a press on an inaccessible message": {"callback_query": callback(message=INACCESSIBLE)},
    "a press on no message": {"callback_query": callback(message=None)},
    "a press on an inline message": {"callback_query": callback(message=None, inline_message_id="x")},
    "a press without data": {"callback_query": {k: v for k, v in callback().items() if k != "data"}},
    "a press on a game": {"callback_query": callback(data=None, game_short_name="chess")},
    "a press in a channel": {"callback_query": callback(message=message(chat=CHANNEL))},
    "an inline query": {"inline_query": {"id": "1", "from": person(OWNER), "query": "", "offset": ""}},
    "a member": {
        "my_chat_member": {
            "chat": {"id": OWNER, "type": "private"},
            "from": person(OWNER),
            "date": 0,
            "old_chat_member": MEMBER,
            "new_chat_member": {"status": "kicked", "user": person(1), "until_date": 0},
        }
    },
    "a poll": {"poll_answer": {"poll_id": "1", "user": person(OWNER), "option_ids": [], "option_persistent_ids": []}},
}


class Polled(FakeTelegram):
    """Hands on these updates, one batch each, as its session reads them from JSON; then nothing."""

    def __init__(self, *batches: list[dict[str, Any]]) -> None:
        super().__init__()
        self._batches = list(batches)

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,  # noqa: ASYNC109 - aiogram's own signature
    ) -> Any:
        if isinstance(method, GetMe):
            result: Any = person(1) | {"is_bot": True, "username": "doorman_bot"}
        elif isinstance(method, GetUpdates):
            waiting = [[u for u in batch if u["update_id"] >= (method.offset or 0)] for batch in self._batches]
            result = next(filter(None, waiting), [])
            await asyncio.sleep(0 if result else 0.01)
        else:
            return await super().make_request(bot, method, timeout)
        content = json.dumps({"ok": True, "result": result})
        return self.check_response(bot=bot, method=method, status_code=200, content=content).result


async def is_heard(telegram: FakeTelegram) -> None:
    """Wait until the last update was answered."""

    async def look() -> bool:
        return any("This is the last" in text or "I know /sessions" in text for text in telegram.texts())

    await eventually(look)


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
async def test_polling_goes_on_behind_every_odd_update(together: bool) -> None:
    updates = [{"update_id": at, **update} for at, update in enumerate([*ODD_UPDATES.values(), last_words()], start=1)]
    telegram = Polled(updates) if together else Polled(*([update] for update in updates))
    bot, made = dispatcher(telegram)
    async with running(serving._poll(bot, made, made.resolve_used_update_types())):
        await is_heard(telegram)


def last_words() -> dict[str, Any]:
    return {"message": message(text="anything")}


@pytest.mark.parametrize("kind", ODD_UPDATES)
async def test_an_odd_update_is_no_fault(kind: str) -> None:
    telegram = FakeTelegram()
    bot, made = dispatcher(telegram)
    await made.feed_raw_update(bot, {"update_id": 1} | ODD_UPDATES[kind])
    assert FAILED not in telegram.texts()


@st.composite
def distorted_updates(draw: st.DrawFn) -> dict[str, Any]:
    """A good update with something in it, however deep, another or not there."""
    update: dict[str, Any] = json.loads(
        json.dumps({"update_id": 1} | draw(st.sampled_from(list(ODD_UPDATES.values()))))
    )
    for _ in range(draw(st.integers(1, 2))):
        inner: Any = update
        while isinstance(inner, dict) and inner:
            outer, place = inner, draw(st.sampled_from(sorted(inner)))
            inner = outer[place]
            if draw(st.integers(0, 3)) == 0:
                break
        if draw(st.booleans()):
            outer[place] = draw(odd_values | st.just(person(OWNER)))
        else:
            del outer[place]
        if not update:
            break
    return update


@given(distorted_updates())
@few(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much])
def test_any_update_that_can_be_read_is_no_fault(update: dict[str, Any]) -> None:
    telegram = FakeTelegram()
    bot, made = dispatcher(telegram)
    try:
        read = Update.model_validate(update, context={"bot": bot})
    except ValidationError:
        return
    asyncio.run(made.feed_update(bot, read))
    assert FAILED not in telegram.texts()
