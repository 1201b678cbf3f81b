"""From the worker's events to the owners' chats: each in order, whatever becomes of the others, of us or of Redis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from aiogram.exceptions import TelegramRetryAfter, TelegramServerError
from aiogram.methods import TelegramMethod
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.delivery import patience
from bot.delivery.alert_book import AlertBook, Known, Mark
from bot.delivery.bursts import Bursts
from bot.delivery.doorbells import Doorbells
from bot.delivery.notes import Notes
from bot.delivery.notifier import Notifier
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from bot.views.tampering import begins
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.codec import ReportCodec
from core.contract.events import Event, Report
from core.contract.session_events import SessionEnded
from core.contract.signing import Signer, place_of
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.fake_telegram import FakeChats
from tests.telling import HASTE, Halt, Heard, acked, groups_of, left, login, told, told_before, tried
from tests.waiting import eventually, killed, running, within_patience
from tests.wire import SIGNER, STRANGER

pytestmark = pytest.mark.usefixtures("watched")

OTHER_OWNER = 3003
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=login(1).session)
TTL = TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7)


@pytest.fixture(autouse=True)
async def _hasty(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", HASTE)
    for account in (ACCOUNT, ACCOUNT + 1):
        await told_before(redis, OWNER, OTHER_OWNER, account=account)


@pytest.fixture
def notifier(link: Store, telegram: FakeChats, bells: Doorbells, heard: Heard) -> Callable[..., Notifier]:
    def make(*owners: int) -> Notifier:
        return Notifier(
            redis=link,
            events=link,
            owners=frozenset(owners or {OWNER}),
            gateway=Gateway(redis=link),
            courier=telegram.courier(),
            doorbells=bells,
            suspicions=Suspicions(heard),
        )

    return make


Make = Callable[..., Notifier]


def devices(texts: list[str]) -> list[str]:
    """The devices of the alerts, in order."""
    return [text.split("Device ")[1].split(".")[0] for text in texts]


async def dropped_but(redis: Store, number: int) -> None:
    """Wait until as many events are all that is left to be told."""

    async def look() -> bool:
        return (await groups_of(redis)).get(f"bot:{OWNER}", {}).get("pending") == number

    await eventually(look)


async def test_the_events_of_every_account_are_read_and_of_those_that_come_later_too(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    await left(redis, login(1))
    async with running(notifier().run()):
        await told(telegram, OWNER, 1)
        await left(redis, login(1, ACCOUNT + 1))
        await redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
        await told(telegram, OWNER, 2)


async def test_a_bot_that_starts_later_tells_what_it_missed_and_nothing_twice(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    await left(redis, login(1))
    async with running(notifier().run()):
        await told(telegram, OWNER, 1)
        await acked(redis, OWNER)
    await left(redis, login(2))
    async with running(notifier().run()):
        await told(telegram, OWNER, 2)
        await acked(redis, OWNER)
    assert devices(telegram.in_chat(OWNER)) == ["1", "2"]


def flooded(method: TelegramMethod[Any]) -> Exception:
    return TelegramRetryAfter(method=method, message="Too Many Requests", retry_after=3600)


def failing(method: TelegramMethod[Any]) -> Exception:
    return TelegramServerError(method=method, message="Bad Gateway")


async def test_a_send_that_never_returns_holds_up_nobody_else(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    telegram.held[OWNER] = asyncio.Event()
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await left(redis, *[login(n) for n in range(1, 20)])
        assert devices(await told(telegram, OTHER_OWNER, 19)) == [str(n) for n in range(1, 20)]
        assert telegram.in_chat(OWNER) == []
        telegram.held.pop(OWNER).set()
        assert devices(await told(telegram, OWNER, 19)) == [str(n) for n in range(1, 20)]
        await acked(redis, OWNER, OTHER_OWNER)


async def test_an_endless_error_in_one_chat_holds_up_nobody_else_and_keeps_the_order(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    telegram.ailing[OWNER] = failing
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await left(redis, *[login(n) for n in range(1, 20)])
        assert devices(await told(telegram, OTHER_OWNER, 19)) == [str(n) for n in range(1, 20)]
        await tried(telegram, OWNER, 3)
        assert telegram.in_chat(OWNER) == []
        del telegram.ailing[OWNER]
        assert devices(await told(telegram, OWNER, 19)) == [str(n) for n in range(1, 20)]


async def test_a_flood_in_one_chat_holds_up_nobody_else_and_a_restart_loses_nothing(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    telegram.ailing[OWNER] = flooded
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await left(redis, *[login(n) for n in range(1, 20)])
        await told(telegram, OTHER_OWNER, 19)
        await acked(redis, OTHER_OWNER)
        assert telegram.in_chat(OWNER) == []
    del telegram.ailing[OWNER]
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        assert devices(await told(telegram, OWNER, 19)) == [str(n) for n in range(1, 20)]
        await acked(redis, OWNER, OTHER_OWNER)
    assert len(telegram.in_chat(OTHER_OWNER)) == 19


async def test_one_account_that_is_stuck_holds_up_no_other_account(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    halt = Halt(monkeypatch, AlertBook, "known")
    await left(redis, login(1))
    async with running(notifier().run()):
        await within_patience(halt.reached.wait())
        await redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
        await left(redis, login(2, ACCOUNT + 1))
        assert devices(await told(telegram, OWNER, 1)) == ["2"]


async def test_a_blocked_owner_loses_nothing_and_is_told_in_order_when_they_are_back(
    redis: Store, notifier: Make, telegram: FakeChats, bells: Doorbells
) -> None:
    telegram.blocked = {OWNER}
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await left(redis, *[login(n) for n in range(1, 20)], ENDED)
        await told(telegram, OTHER_OWNER, 20)
        assert telegram.in_chat(OWNER) == []
        telegram.blocked = set()
        bells.ring(OWNER)
        await told(telegram, OWNER, 20)
        await acked(redis, OWNER, OTHER_OWNER)
    assert devices(telegram.in_chat(OWNER)) == [*map(str, range(1, 20)), "1"]
    assert "ended elsewhere" in telegram.in_chat(OWNER)[0]


async def test_a_blocked_owner_loses_nothing_by_a_restart(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    telegram.blocked = {OWNER}
    await left(redis, *[login(n) for n in range(1, 20)])
    for _ in range(3):
        async with running(notifier().run()):
            await tried(telegram, OWNER, 2)
    telegram.blocked = set()
    async with running(notifier().run()):
        assert devices(await told(telegram, OWNER, 19)) == [str(n) for n in range(1, 20)]
        await acked(redis, OWNER)
    assert len(telegram.in_chat(OWNER)) == 19


async def test_what_a_blocked_owner_missed_for_a_day_is_counted_and_told_with_the_next(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    telegram.blocked = {OWNER}
    for number in (1, 2):
        await left(redis, login(number), entry=f"1000-{number}")  # long ago
    await left(redis, login(3))
    async with running(notifier().run()):
        await dropped_but(redis, 1)
        telegram.blocked = set()
        await acked(redis, OWNER)
    alert, missed = telegram.in_chat(OWNER)
    assert devices([alert]) == ["3"]
    assert "2 messages were dropped" in missed


@pytest.mark.parametrize(
    ("owner", "place", "most"),
    [
        (AlertBook, "known", 1),
        (AlertBook, "missed", 1),
        (AlertBook, "mark_sent", 2),
        (AlertBook, "enter", 1),
        (Bursts, "set_latest", 1),
        (Consumer, "_ack", 1),
    ],
    ids=lambda value: getattr(value, "__name__", None) or (type(value).__name__ if isinstance(value, Event) else None),
)
async def test_a_bot_that_dies_while_it_tells_of_a_login_repeats_it_once_at_the_most(
    redis: Store,
    notifier: Make,
    telegram: FakeChats,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    place: str,
    most: int,
) -> None:
    halt = Halt(monkeypatch, owner, place)
    await left(redis, login(1))
    async with running(notifier().run()) as task:
        await within_patience(halt.reached.wait())
        await killed(task)
    async with running(notifier().run()):
        await acked(redis, OWNER)
        await left(redis, login(2))
        await acked(redis, OWNER)
    assert devices(telegram.in_chat(OWNER)) == ["1"] * most + ["2"]


@pytest.mark.parametrize(
    ("event", "owner", "place", "most"),
    [
        (TTL, AlertBook, "mark_sent", 2),
        (TTL, Consumer, "_ack", 1),
        (ENDED, AlertBook, "message", 1),
        (ENDED, AlertBook, "mark_sent", 2),
        (ENDED, AlertBook, "strike", 1),
        (ENDED, Consumer, "_ack", 1),
    ],
    ids=lambda value: getattr(value, "__name__", None) or (type(value).__name__ if isinstance(value, Event) else None),
)
async def test_a_bot_that_dies_while_it_tells_of_anything_else_repeats_it_once_at_the_most(
    redis: Store,
    notifier: Make,
    telegram: FakeChats,
    monkeypatch: pytest.MonkeyPatch,
    event: Event,
    owner: type,
    place: str,
    most: int,
) -> None:
    await left(redis, login(1))
    async with running(notifier().run()):
        await told(telegram, OWNER, 1)
        await acked(redis, OWNER)
    halt = Halt(monkeypatch, owner, place)
    await left(redis, event)
    async with running(notifier().run()) as task:
        await within_patience(halt.reached.wait())
        await killed(task)
    async with running(notifier().run()):
        await acked(redis, OWNER)
    assert len(telegram.in_chat(OWNER)) == 1 + most
    assert ("ended elsewhere" in telegram.in_chat(OWNER)[0]) is (event is ENDED)


async def test_the_first_reader_makes_every_owners_group_from_the_beginning(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    telegram.held[OTHER_OWNER] = asyncio.Event()
    await left(redis, *[login(n) for n in range(1, 4)])
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        assert devices(await told(telegram, OWNER, 3)) == ["1", "2", "3"]
        telegram.held.pop(OTHER_OWNER).set()
        assert devices(await told(telegram, OTHER_OWNER, 3)) == ["1", "2", "3"]
        assert set(await groups_of(redis)) == {f"bot:{OWNER}", f"bot:{OTHER_OWNER}"}


async def test_after_redis_was_emptied_nobody_misses_what_comes_next(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await left(redis, login(1))
        for owner in (OWNER, OTHER_OWNER):
            await told(telegram, owner, 1)
        await acked(redis, OWNER, OTHER_OWNER)
        await redis.flushall()
        await left(redis, login(2), login(3))
        for owner in (OWNER, OTHER_OWNER):
            assert devices(await told(telegram, owner, 3)) == ["1", "2", "3"]


async def test_a_new_owner_is_not_told_the_history(redis: Store, notifier: Make, telegram: FakeChats) -> None:
    await redis.hdel(keys.sent(ACCOUNT), f"{OTHER_OWNER} reached")
    await left(redis, login(1), login(2))
    async with running(notifier(OWNER).run()):
        await told(telegram, OWNER, 2)
        await acked(redis, OWNER)
    await left(redis, login(3))  # neither was told of it
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        begins, third = await told(telegram, OTHER_OWNER, 2)
        assert "From here on you are told here" in begins
        assert devices([third]) == ["3"]
        await left(redis, login(4))
        assert devices((await told(telegram, OTHER_OWNER, 3))[1:]) == ["3", "4"]
        assert devices(await told(telegram, OWNER, 4)) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(("stuck", "foremost"), [(OWNER, OTHER_OWNER), (OTHER_OWNER, OWNER)])
async def test_a_new_owner_begins_where_the_foremost_is_and_not_where_one_is_stuck(
    redis: Store, notifier: Make, telegram: FakeChats, stuck: int, foremost: int
) -> None:
    third = OTHER_OWNER + 1
    telegram.held[stuck] = asyncio.Event()
    await left(redis, *[login(n) for n in range(1, 30)])
    async with running(notifier(stuck, foremost).run()):
        await told(telegram, foremost, 29)
        await acked(redis, foremost)
    await left(redis, login(30))
    async with running(notifier(stuck, foremost, third).run()):
        assert devices((await told(telegram, third, 2))[1:]) == ["30"]
        await acked(redis, third)
    assert len(telegram.in_chat(third)) == 2


async def test_who_is_no_owner_any_more_leaves_nothing_behind(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    await left(redis, login(1))
    await redis.xgroup_create(keys.events(ACCOUNT), "somebody:5", id="0")
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await acked(redis, OWNER, OTHER_OWNER)
    await left(redis, login(2))
    async with running(notifier(OWNER).run()):
        await told(telegram, OWNER, 2)
        assert set(await groups_of(redis)) == {f"bot:{OWNER}", "somebody:5"}
    assert devices(telegram.in_chat(OTHER_OWNER)) == ["1"]


async def test_a_full_redis_costs_no_alert_and_doubles_none(redis: Store, notifier: Make, telegram: FakeChats) -> None:
    """It refuses the note of which message told of what; the event is read and acked all the same."""
    await left(redis, *[login(n) for n in range(1, 4)])
    await redis.xgroup_create(keys.events(ACCOUNT), f"bot:{OWNER}", id="0")
    await redis.config_set("maxmemory", "1")
    try:
        async with running(notifier().run()):
            await told(telegram, OWNER, 3)
            await acked(redis, OWNER)
    finally:
        await redis.config_set("maxmemory", "0")
    assert devices(telegram.in_chat(OWNER)) == ["1", "2", "3"]


async def test_a_full_redis_does_not_hold_up_what_comes_after_the_day_of_a_closed_chat(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses the count of what was missed."""
    monkeypatch.setattr("bot.delivery.doorbells.TRY_SECONDS", 0.01)
    telegram.blocked = {OWNER}
    await left(redis, login(1), entry="1000-1")  # long ago
    await left(redis, login(2))
    await redis.xgroup_create(keys.events(ACCOUNT), f"bot:{OWNER}", id="0")
    await redis.config_set("maxmemory", "1")
    try:
        async with running(notifier().run()):
            await dropped_but(redis, 1)
            telegram.blocked = set()
            await told(telegram, OWNER, 1)
            await acked(redis, OWNER)
    finally:
        await redis.config_set("maxmemory", "0")
    assert devices(telegram.in_chat(OWNER)) == ["2"]


async def test_an_outage_of_redis_while_telling_costs_no_alert(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([RedisConnectionError("gone")] * 7)
    really = AlertBook.known

    async def known(self: AlertBook, account: int, hash_: str, owner: int, entry: str) -> Known:
        for failure in failures:
            raise failure
        return await really(self, account, hash_, owner, entry)

    monkeypatch.setattr(AlertBook, "known", known)
    await left(redis, login(1))
    async with running(notifier().run()):
        await told(telegram, OWNER, 1)
        await acked(redis, OWNER)
    assert len(telegram.in_chat(OWNER)) == 1
    assert not await redis.exists(keys.dead_letters(keys.events(ACCOUNT)))


@pytest.mark.parametrize(
    "rubbish", [b"", b"x", b"-1", b"\xff", b"1-0 x", b"9" * 5000], ids=lambda value: repr(value[:5])
)
@pytest.mark.parametrize("place", ["alert", "sent", "missed"])
@pytest.mark.parametrize("is_signed", [True, False], ids=["ours", "forged"])
async def test_rubbish_in_the_book_keeps_no_alert_back_and_doubles_none(
    redis: Store, notifier: Make, telegram: FakeChats, rubbish: bytes, place: str, is_signed: bool
) -> None:
    put = redis.hset_signed if is_signed else redis.hset
    [entry] = await left(redis, login(1))
    match place:
        case "alert":
            await put(keys.alerts(ACCOUNT), f"1:{OWNER}", rubbish)
        case "sent":
            await put(keys.sent(ACCOUNT), f"{OWNER}", f"{entry} ".encode() + rubbish)
        case "missed":
            await put(keys.sent(ACCOUNT), f"{OWNER} missed", rubbish)
    async with running(notifier().run()):
        await acked(redis, OWNER)
    assert devices(telegram.in_chat(OWNER)) == ["1"]
    assert not await redis.exists(keys.dead_letters(keys.events(ACCOUNT)))


async def test_what_cannot_be_read_stops_nothing_behind_it(redis: Store, notifier: Make, telegram: FakeChats) -> None:
    await redis.xadd(keys.events(ACCOUNT), {"type": "SessionAppeared", "body": "rubbish"})
    await left(redis, replace(login(1), account=ACCOUNT))
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        for owner in (OWNER, OTHER_OWNER):
            assert devices(await told(telegram, owner, 1)) == ["1"]


async def test_what_was_trimmed_away_before_a_blocked_owner_could_be_told_is_counted(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    telegram.blocked = {OWNER}
    await left(redis, *[login(n) for n in range(1, 11)])
    async with running(notifier().run()):
        await tried(telegram, OWNER)
    await redis.xtrim(keys.events(ACCOUNT), maxlen=2, approximate=False)
    telegram.blocked = set()
    async with running(notifier().run()):
        await acked(redis, OWNER)
    nine, missed, ten = telegram.in_chat(OWNER)
    assert devices([nine, ten]) == ["9", "10"]
    assert "8 messages were dropped" in missed


async def test_who_is_an_owner_no_more_keeps_no_group(redis: Store, notifier: Make, telegram: FakeChats) -> None:
    for former in (f"bot:{OWNER}", "bot:77", "other:3", "plain"):
        await redis.xgroup_create(keys.events(ACCOUNT), former, id="0", mkstream=True)
    await left(redis, login(1))
    async with running(notifier().run()):
        await acked(redis, OWNER)
    groups = {group["name"] for group in await redis.xinfo_groups(keys.events(ACCOUNT))}
    assert groups == {f"bot:{OWNER}".encode(), b"other:3", b"plain"}


async def test_a_report_that_no_worker_of_ours_made_is_not_told_but_told_of_once(
    redis: Store, notifier: Make, telegram: FakeChats, heard: Heard
) -> None:
    for number in range(1, 4):
        forged: Any = STRANGER.sign(
            keys.events(ACCOUNT), ReportCodec(ACCOUNT).pack(Report(number=number, event=login(number)))
        )
        await redis.xadd(keys.events(ACCOUNT), forged)
    await left(redis, login(4))
    async with running(notifier(OWNER, OTHER_OWNER).run()):
        await acked(redis, OWNER, OTHER_OWNER)
    assert devices(telegram.in_chat(OWNER)) == devices(telegram.in_chat(OTHER_OWNER)) == ["4"]
    [text] = await heard.since()
    assert "There was a report in it that no worker of yours had made" in text


async def test_what_an_older_secret_key_had_signed_is_signed_anew(redis: Store) -> None:
    older, field = STRANGER, f"7:{OWNER}"
    await redis.hset(keys.alerts(ACCOUNT), field, older.wrap(place_of(keys.alerts(ACCOUNT), field), b"11"))
    mark = b"3 1-1 2026-03-14T15:09:26+00:00"
    place = place_of(keys.sent(ACCOUNT), f"{OWNER} reached")
    await redis.hset(keys.sent(ACCOUNT), f"{OWNER} reached", older.wrap(place, mark))
    await redis.hset(keys.sent(ACCOUNT), b"\xff", b"rubbish")
    await redis.hset(keys.alerts(ACCOUNT), f"8:{OWNER}", b"12")
    book, rotating = AlertBook(redis=redis), Signer([*SIGNER._keys, *older._keys])
    assert await book.message(ACCOUNT, "7", OWNER) is None
    redis.signer = rotating
    await Notes(redis=redis).sign_anew(ACCOUNT)
    redis.signer = SIGNER  # the older part is thrown away
    assert await book.message(ACCOUNT, "7", OWNER) == 11
    assert await book.reached(ACCOUNT, OWNER) == Mark(number=3, entry="1-1", at=NOW)
    assert await book.message(ACCOUNT, "8", OWNER) is None  # what was forged does not become ours


async def test_an_alert_whose_note_somebody_changed_is_sent_anew(
    redis: Store, notifier: Make, telegram: FakeChats
) -> None:
    """Else a message of his choice would be made to say something else."""
    innocent = telegram.put(OWNER, begins(ACCOUNT, account_name="Ada"))
    key, field = keys.alerts(ACCOUNT), f"1:{OWNER}"
    await redis.hset(key, field, STRANGER.wrap(place_of(key, field), b"%d" % innocent))
    await left(redis, login(1))
    async with running(notifier().run()):
        await acked(redis, OWNER)
    kept, alert = telegram.in_chat(OWNER)
    assert "From here on" in kept
    assert devices([alert]) == ["1"]


@pytest.mark.parametrize("key", [keys.alerts, keys.sent, keys.held], ids=lambda key: key.__name__)
async def test_another_kind_of_value_in_place_of_the_notes_silences_nothing(
    redis: Store, notifier: Make, telegram: FakeChats, heard: Heard, key: Callable[[int], str]
) -> None:
    await redis.delete(key(ACCOUNT))
    await redis.set(key(ACCOUNT), "x")
    await redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
    await left(redis, login(1))
    await left(redis, login(2, ACCOUNT + 1))
    async with running(notifier().run()):
        await acked(redis, OWNER)
        await acked(redis, OWNER, account=ACCOUNT + 1)
    texts = telegram.in_chat(OWNER)
    assert sorted(devices([text for text in texts if "Device" in text])) == ["1", "2"]
    assert len(heard.texts) == 1


async def test_an_account_that_can_not_be_read_holds_up_no_other(
    redis: Store, notifier: Make, telegram: FakeChats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await redis.sadd(keys.ACCOUNTS, ACCOUNT + 1)
    await left(redis, login(2, ACCOUNT + 1))
    name_of = Gateway.account_name

    async def fail(self: Gateway, account: int) -> str:
        if account == ACCOUNT:
            raise RedisConnectionError
        return await name_of(self, account)

    monkeypatch.setattr(Gateway, "account_name", fail)
    async with running(notifier().run()):
        assert devices(await told(telegram, OWNER, 1)) == ["2"]
