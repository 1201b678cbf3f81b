"""From the worker's events to the channels: each in order, whatever becomes of the others, of us or of the service."""

from __future__ import annotations

import asyncio
import email
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiogram.utils.formatting import Text
from pydantic import SecretStr
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.channels import channel as channel_module
from bot.channels.channel import Channel, UndeliveredError
from bot.channels.configured import channels_of, send_test
from bot.delivery import notifier as notifier_module
from bot.delivery.alert_book import AlertBook
from bot.delivery.announcer import Announcer
from bot.delivery.doorbells import Doorbells
from bot.delivery.notifier import Notifier
from bot.delivery.suspicions import Suspicions
from bot.gateway import Gateway
from bot.settings import BotSettings
from bot.views.letter import Letter
from bot.views.screen import Screen
from core.connection import Store
from core.consumer import Consumer
from core.contract import keys
from core.contract.account_events import TtlChanged
from core.contract.session_events import LoginConfirmed, SessionEnded
from core.settings import CoreSettings
from tests.domain_values import ACCOUNT, NOW, OWNER, SECRET_KEY
from tests.fake_telegram import FakeChats
from tests.outside import Outside, outside, smtp
from tests.telling import Halt, Heard, groups_of, left, login, told, told_before
from tests.waiting import eventually, killed, running, within_patience
from tests.wire import store_of

pytestmark = [
    pytest.mark.usefixtures("watched"),
    #: Some of Apprise's services import what Python is about to drop.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

LETTER = Letter(title="A login", body="Where to act")
ENDED = SessionEnded(account=ACCOUNT, at=NOW, session=login(1).session)
MINE = LoginConfirmed(account=ACCOUNT, at=NOW, session=login(1).session, confirmed_by=OWNER)
Make = Callable[..., Notifier]


@pytest.fixture
async def there() -> AsyncIterator[Outside]:
    async with outside() as server:
        yield server


@pytest.fixture(autouse=True)
async def _hasty(redis: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module.EqualJitterBackoff, "compute", lambda *_: 0.01)
    monkeypatch.setattr("apprise.plugins.ntfy.NotifyNtfy.request_rate_per_sec", 0)
    await told_before(redis, OWNER)


def settings(*urls: str, secret_key: str = SECRET_KEY) -> BotSettings:
    plain: dict[str, Any] = {"bot_token": "1:a", "owner_ids": str(OWNER), "secret_key": secret_key}
    return BotSettings(_env_file=None, **plain, alert_urls=SecretStr(" ".join(urls)))


def channels(*urls: str, secret_key: str = SECRET_KEY) -> tuple[Channel, ...]:
    return channels_of(settings(*urls, secret_key=secret_key))


@pytest.fixture
def notifier(link: Store, telegram: FakeChats, heard: Heard) -> Make:
    def make(*these: Channel) -> Notifier:
        return Notifier(
            redis=link,
            events=link,
            owners=frozenset({OWNER}),
            gateway=Gateway(redis=link),
            courier=telegram.courier(),
            doorbells=Doorbells(),
            suspicions=Suspicions(heard),
            channels=these,
        )

    return make


@pytest.fixture
def known(redis: Store) -> Callable[..., Any]:
    """Channels that were told before."""

    async def make(*urls: str) -> tuple[Channel, ...]:
        these = channels(*urls)
        for channel in these:
            await told_before(redis, channel.reader)
        return these

    return make


def devices(texts: list[str]) -> list[str]:
    """The devices of the logins, in order."""
    return [text.split("Device ")[1].split(".")[0] for text in texts]


async def acked(redis: Redis, *these: Channel) -> None:
    """Wait until all that was left has been told to these."""

    async def look() -> bool:
        groups = await groups_of(redis)
        mine = [groups.get(channel.reader) for channel in these]
        return all(group and group["pending"] == 0 and group["lag"] == 0 for group in mine)

    await eventually(look)


async def at_rest(*these: Channel) -> None:
    """Wait until no try of a process that ended is on its way."""
    for channel in these:
        for thread in channel._threads:
            await asyncio.to_thread(thread.join)


# One message to one channel


async def test_a_message_is_taken_as_plain_text(there: Outside) -> None:
    [channel] = channels(there.url())
    await channel.deliver(replace(LETTER, body="<b>*_a_*</b> \\n :smile: ${HOME} &amp; “x”"))
    assert there.at() == ["A login\n<b>*_a_*</b> \\n :smile: ${HOME} &amp; “x”"]
    assert not channel.standing.failing_since


async def test_ntfy_is_reached_too(there: Outside) -> None:
    [channel] = channels(there.url("topic", scheme="ntfy"))
    await channel.deliver(LETTER)
    [text] = [text for path in there.taken for text in there.at(path)]
    assert text.strip().startswith("A login")
    assert "Where to act" in text


async def test_an_e_mail_is_sent_too() -> None:
    async with smtp() as (port, mails):
        [channel] = channels(f"mailto://127.0.0.1:{port}/ada@example.org?from=doorman@example.org&format=text")
        await channel.deliver(replace(LETTER, body="<b>x</b>"))
    [mail] = mails
    assert "Subject: A login" in mail
    assert "To: ada@example.org" in mail


async def test_an_e_mail_in_html_shows_a_name_as_it_is() -> None:
    async with smtp() as (port, mails):
        [channel] = channels(f"mailto://127.0.0.1:{port}/ada@example.org?from=doorman@example.org&format=html")
        await channel.deliver(replace(LETTER, body="<b>x</b>"))
    [html] = [part for part in email.message_from_string(mails[0]).walk() if part.get_content_type() == "text/html"]
    shown = html.get_payload(decode=True)
    assert isinstance(shown, bytes)
    assert b"&lt;b&gt;x&lt;/b&gt;" in shown
    assert b"<b>" not in shown


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (500, "it refuses the message (HTTP status 500)"),
        (401, "it refuses the password or token (HTTP status 401)"),
        (301, "it refuses the message (HTTP status 301)"),
    ],
)
async def test_a_refusal_is_told_in_words_and_forgotten_when_a_message_is_taken(
    there: Outside, status: int, why: str
) -> None:
    there.status = status
    [channel] = channels(there.url("hunter2secret", login="ada:hunter2@"))
    with capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(UndeliveredError, match=r"^it refuses"):
                await channel.deliver(LETTER)
        since = channel.standing.failing_since
        assert since
        assert channel.standing.why == why
        there.status = 200
        await channel.deliver(LETTER)
    assert not channel.standing.failing_since
    assert since.tzinfo
    assert "hunter2" not in repr(logs)
    assert [entry["event"] for entry in logs] == ["channel_failed", "channel_failed", "channel_back"]


async def test_a_channel_that_nobody_answers_at_can_not_be_reached() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        [channel] = channels(f"json://127.0.0.1:{nobody.getsockname()[1]}/hunter2")
        with pytest.raises(UndeliveredError, match="can't be reached"):
            await channel.deliver(LETTER)


async def test_a_try_that_hangs_is_bounded_and_its_late_success_counts(
    there: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "TRY_SECONDS", 0.1)
    there.held.clear()
    [channel] = channels(there.url() + "?rto=60")
    for _ in range(3):
        with pytest.raises(UndeliveredError, match="no answer"):
            await within_patience(channel.deliver(LETTER))
    assert there.tries == 1, "one try at a time for one message"
    there.held.set()
    monkeypatch.setattr(channel_module, "TRY_SECONDS", 30)
    await channel.deliver(LETTER)
    assert len(there.at()) == 1
    await channel.deliver(LETTER)
    assert len(there.at()) == 2


async def test_a_slow_answer_is_waited_for_and_not_asked_for_twice(there: Outside) -> None:
    there.held.clear()
    [channel] = channels(there.url())
    async with running(channel.deliver(LETTER)) as delivering:
        await asyncio.sleep(4.5)  # longer than Apprise would wait by itself
        there.held.set()
        await within_patience(delivering)
    assert there.tries == 1


async def test_a_machine_without_threads_is_a_failure(there: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    [channel] = channels(there.url())
    with monkeypatch.context() as poor:
        poor.setattr("threading.Thread.start", lambda _: (_ for _ in ()).throw(RuntimeError("can't start new thread")))
        with pytest.raises(UndeliveredError):
            await channel.deliver(LETTER)
    await channel.deliver(LETTER)


async def test_no_more_than_three_threads_hang(there: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_module, "TRY_SECONDS", 0.05)
    monkeypatch.setattr(channel_module, "GIVEN_UP_SECONDS", 0)
    there.held.clear()
    [channel] = channels(there.url() + "?rto=60")
    for _ in range(5):
        with pytest.raises(UndeliveredError):
            await channel.deliver(LETTER)
    assert there.tries == 3
    assert channel.standing.failing_since
    assert "too many" in channel.standing.why
    there.held.set()

    async def taken() -> bool:
        try:
            await channel.deliver(LETTER)
        except UndeliveredError:
            return False
        return True

    await eventually(taken)


@pytest.mark.parametrize("error", [RuntimeError("hunter2"), SystemExit("hunter2"), KeyboardInterrupt("hunter2")])
async def test_whatever_a_service_raises_is_a_failure(
    there: Outside, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    [channel] = channels(there.url())

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.send", fail)
    with pytest.raises(UndeliveredError, match=f"^sending fails .{type(error).__name__}.$"):
        await channel.deliver(LETTER)


async def test_each_channel_can_be_tested(there: Outside) -> None:
    there.failing = {"bad"}
    good, bad = await send_test(settings(there.url("good"), there.url("bad", login="ada:hunter2@")))
    assert (good.name, good.well, good.to_do) == ("JSON (127.0.0.1) #1", True, "")
    assert (bad.name, bad.well) == ("JSON (127.0.0.1) #2", False)
    assert bad.to_do.startswith("It refuses the message (HTTP status 500). Check its address")
    assert "hunter2" not in bad.to_do
    [text] = there.at("good")
    assert text.startswith("A test of Doorman's")


# From events to channels


async def test_an_event_is_told_on_every_channel_and_to_the_owner(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside, known: Any
) -> None:
    these = await known(there.url("one"), there.url("two"))
    async with running(notifier(*these).run()):
        await left(redis, login(1))
        for path in ("one", "two"):
            assert devices(await there.told(1, path)) == ["1"]
        await told(telegram, OWNER, 1)
        await acked(redis, *these)


async def test_a_login_its_confirmation_and_its_end_are_a_message_each_and_in_order(
    redis: Store, notifier: Make, there: Outside, known: Any
) -> None:
    these = await known(there.url())
    await left(redis, login(1), MINE, ENDED, TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7))
    async with running(notifier(*these).run()):
        titles = [text.splitlines()[0].split(":")[0] for text in await there.told(4)]
    assert titles == [
        f"🔔 New login to “{ACCOUNT}”",
        "A login was confirmed",
        "A session ended",
        "Unused sessions now end after 7 days",
    ]


async def test_a_new_channel_is_told_that_it_begins_and_not_the_history(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside
) -> None:
    await left(redis, *[login(n) for n in range(1, 4)])
    async with running(notifier().run()):
        await told(telegram, OWNER, 3)
        await eventually(lambda: _owner_acked(redis))
    async with running(notifier(*channels(there.url())).run()):
        await left(redis, login(4))
        begins, alert = await there.told(2)
    assert begins.startswith("From here on you are told here")
    assert devices([alert]) == ["4"]


async def _owner_acked(redis: Redis) -> bool:
    group = (await groups_of(redis))[f"bot:{OWNER}"]
    return bool(group["pending"] == 0 and group["lag"] == 0)


async def test_a_channel_that_fails_holds_up_no_other_and_no_chat_and_is_told_in_order_when_it_is_back(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside, known: Any
) -> None:
    there.failing = {"bad"}
    these = await known(there.url("bad"), there.url("good"))
    async with running(notifier(*these).run()):
        await left(redis, *[login(n) for n in range(1, 10)])
        assert devices(await there.told(9, "good")) == [str(n) for n in range(1, 10)]
        await told(telegram, OWNER, 9)
        await there.tried(3)
        assert there.at("bad") == []
        assert these[0].standing.failing_since
        assert not these[1].standing.failing_since
        there.failing = set()
        assert devices(await there.told(9, "bad")) == [str(n) for n in range(1, 10)]
        await acked(redis, *these)
    assert not these[0].standing.failing_since


async def test_a_channel_that_hangs_holds_up_no_chat_and_ends_with_the_bot(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside, known: Any
) -> None:
    there.held.clear()
    these = await known(there.url() + "?rto=60")
    async with running(notifier(*these).run()) as task:
        await left(redis, login(1), login(2))
        await told(telegram, OWNER, 2)
        await eventually(lambda: _tries(there))
        began = time.monotonic()
        await killed(task)
        assert time.monotonic() - began < 2


async def _tries(there: Outside) -> bool:
    return there.tries > 0


async def test_a_blocked_owner_holds_up_no_channel(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside, known: Any
) -> None:
    telegram.blocked = {OWNER}
    these = await known(there.url())
    async with running(notifier(*these).run()):
        await left(redis, login(1))
        assert devices(await there.told(1)) == ["1"]


async def test_a_restart_loses_nothing_and_repeats_nothing(
    redis: Store, notifier: Make, there: Outside, known: Any
) -> None:
    there.failing = {"bad"}
    these = await known(there.url("bad"), there.url("good"))
    await left(redis, *[login(n) for n in range(1, 4)])
    async with running(notifier(*these).run()):
        await there.told(3, "good")
        await acked(redis, these[1])
    await at_rest(*these)
    there.failing = set()
    async with running(notifier(*channels(there.url("bad"), there.url("good"))).run()):
        assert devices(await there.told(3, "bad")) == ["1", "2", "3"]
        await acked(redis, *these)
    assert len(there.at("good")) == 3


@pytest.mark.parametrize(
    ("owner", "place", "most"),
    [(AlertBook, "sent", 1), (AlertBook, "mark_sent", 2), (AlertBook, "missed", 1), (Consumer, "_ack", 1)],
    ids=lambda value: getattr(value, "__name__", None),
)
async def test_a_bot_that_dies_while_it_tells_repeats_it_once_at_the_most(
    redis: Store,
    notifier: Make,
    telegram: FakeChats,
    there: Outside,
    known: Any,
    monkeypatch: pytest.MonkeyPatch,
    owner: type,
    place: str,
    most: int,
) -> None:
    telegram.blocked = {OWNER}  # so that the channel is the one that comes there
    monkeypatch.setattr(notifier_module.Telling, "tell", lambda *_: asyncio.Event().wait())
    these = await known(there.url())
    halt = Halt(monkeypatch, owner, place)
    await left(redis, login(1))
    async with running(notifier(*these).run()) as task:
        await within_patience(halt.reached.wait())
        await killed(task)
    async with running(notifier(*these).run()):
        await left(redis, login(2))
        await acked(redis, *these)
    assert devices(there.at()) == ["1"] * most + ["2"]


async def test_what_it_did_not_take_for_a_day_is_counted_and_told_with_the_next(
    redis: Store, notifier: Make, there: Outside, known: Any
) -> None:
    there.failing = {"here"}
    these = await known(there.url())
    for number in (1, 2):
        await left(redis, login(number), entry=f"1000-{number}")  # long ago
    await left(redis, login(3))
    async with running(notifier(*these).run()):

        async def dropped() -> bool:
            return (await groups_of(redis)).get(these[0].reader, {}).get("pending") == 1

        await eventually(dropped)
        there.failing = set()
        alert, missed = await there.told(2)
        await acked(redis, *these)
    assert devices([alert]) == ["3"]
    assert "2 messages were dropped" in missed
    assert len(there.at()) == 2


async def test_a_day_ends_while_a_channel_is_waited_for(
    redis: Store, notifier: Make, there: Outside, known: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.keeping.KEPT", timedelta(seconds=0.2))
    there.failing = {"here"}
    these = await known(there.url())
    await left(redis, login(1))
    async with running(notifier(*these).run()):
        await acked(redis, *these)
    assert await AlertBook(redis=redis).missed(ACCOUNT, these[0].reader) == 1


async def test_what_was_trimmed_away_before_a_channel_could_be_told_is_counted(
    redis: Store, notifier: Make, there: Outside, known: Any
) -> None:
    there.failing = {"here"}
    these = await known(there.url())
    await left(redis, *[login(n) for n in range(1, 11)])
    async with running(notifier(*these).run()):
        await there.tried()
    await at_rest(*these)
    await redis.xtrim(keys.events(ACCOUNT), maxlen=2, approximate=False)
    there.failing = set()
    async with running(notifier(*these).run()):
        nine, missed, ten = await there.told(3)
        await acked(redis, *these)
    assert devices([nine, ten]) == ["9", "10"]
    assert "8 messages were dropped" in missed


async def test_a_channel_that_is_named_no_more_leaves_nothing_behind(
    redis: Store, notifier: Make, telegram: FakeChats, there: Outside, known: Any
) -> None:
    these = await known(there.url("one"), there.url("two"))
    await left(redis, login(1))
    async with running(notifier(*these).run()):
        await acked(redis, *these)
    async with running(notifier(these[0]).run()):
        await left(redis, login(2))
        await there.told(2, "one")
        await told(telegram, OWNER, 2)
    assert set(await groups_of(redis)) == {f"bot:{OWNER}", these[0].reader}
    assert not [field for field in await redis.hkeys(keys.sent(ACCOUNT)) if these[1].reader.encode() in field]
    assert len(there.at("two")) == 1


@pytest.mark.parametrize("pending", [True, False])
async def test_a_new_secret_key_before_the_old_keeps_a_channels_place(
    redis: Store, redis_settings: CoreSettings, notifier: Make, there: Outside, known: Any, *, pending: bool
) -> None:
    url = there.url()
    await known(url)
    there.failing = {"here"} if pending else set()
    await left(redis, login(1), login(2))
    these = channels(url)
    async with running(notifier(*these).run()):
        if pending:
            await there.tried()
        else:
            await acked(redis, *these)
    await at_rest(*these)
    there.failing = set()
    both = f"{'n' * 40},{SECRET_KEY}"
    redis.signer = notifier().redis.signer = store_of(both).signer
    [channel] = channels(url, secret_key=both)
    async with running(notifier(channel).run()):
        await left(redis, login(3))
        await acked(redis, channel)
    assert devices(there.at()) == ["1", "2", "3"]
    assert set(await groups_of(redis)) == {f"bot:{OWNER}", channel.reader}


async def test_nothing_of_an_address_is_in_redis(redis: Store, notifier: Make, there: Outside, known: Any) -> None:
    these = await known(there.url("hunter2path", login="ada:hunter2@"))
    async with running(notifier(*these).run()):
        await left(redis, login(1))
        await acked(redis, *these)
    async for key in redis.scan_iter():
        assert b"hunter2" not in key + await redis.dump(key)


# What is announced


async def test_what_is_announced_is_told_on_channels_in_order_and_none_waits_for_another(
    telegram: FakeChats, there: Outside
) -> None:
    telegram.blocked = {OWNER}
    there.failing = {"bad"}
    seen: list[str] = []

    async def then() -> None:
        seen.append("owner")

    these = channels(there.url("bad"), there.url("good"))
    announcer = Announcer(telegram.courier(), frozenset({OWNER}), Doorbells(), these)
    async with running(announcer.run()):
        for number in (1, 2):
            announcer.announce(Screen(text=Text(f"Number {number}")), then=then)
        assert [text.splitlines()[0] for text in await there.told(2, "good")] == ["Number 1", "Number 2"]
        there.failing = set()
        assert [text.splitlines()[0] for text in await there.told(2, "bad")] == ["Number 1", "Number 2"]
    assert seen == [], "no owner has seen it"


@pytest.fixture(autouse=True)
def _no_thread_left(there: Outside) -> Iterator[None]:
    """A try that hangs ends with its test."""
    yield
    there.held.set()
