"""Somebody reads and writes our Redis, but lacks SECRET_KEY: they get nothing done, and don't go unnoticed."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pyotp
import pytest
from redis import Redis
from redis.exceptions import RedisError

from bot.codes.enrolment import new_enrolment, step_at
from bot.one_time_codes import OneTimeCodes
from core import bus
from core.connection import Store, connect
from core.contract import keys
from core.contract.commands import Command, ConfirmLogin, EndSession, EndSessions, TrustSession
from core.settings import CoreSettings
from tests.e2e.house import GUARD, House, Message, Person, until
from userclient.guardroom import vault

Fields = dict[bytes, bytes]
OTHER_ACCOUNT = 700_000_111
#: To be told of what a heartbeat must show first, and two looks of the bot's after that.
NOTICED = 40.0
TAMPERING = "Somebody else writes into Doorman's Redis"


@dataclass(slots=True)
class Writer:
    """What they can do: all of Redis, with what they have seen in it, and no key."""

    redis: Any
    account: int
    owner: int
    #: An owner's consumer group on the events.
    group: str = field(init=False)

    def __post_init__(self) -> None:
        self.group = f"bot:{self.owner}"

    @property
    def events(self) -> str:
        return keys.events(self.account)

    @property
    def commands(self) -> str:
        return keys.commands(self.account)

    def last(self, stream: str) -> tuple[bytes, Fields]:
        [entry] = self.redis.xrevrange(stream, count=1)
        return entry

    def last_event(self, *words: str) -> tuple[bytes, Fields]:
        """The latest with these words in it, once it is there."""

        def look() -> tuple[bytes, Fields] | None:
            for entry, fields in self.redis.xrevrange(self.events):
                if all(word.encode() in fields.get(b"type", b"") + fields.get(b"body", b"") for word in words):
                    return entry, fields
            return None

        return until(f"an event with {words}", look)

    @contextmanager
    def again_and_again(self, meddle: Callable[[], object]) -> Iterator[None]:
        """Do it as fast as it goes for as long as the block lasts."""
        over = threading.Event()

        def run() -> None:
            while not over.wait(0.003):
                with suppress(RedisError):
                    meddle()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def home(home: House) -> House:
    """Silence is told soon."""
    home.settings |= {"SILENT_AFTER_SECONDS": "15"}
    home.stop("bot")
    home.start("bot")
    return home


@pytest.fixture
def writer(home: House) -> Iterator[Writer]:
    with Redis.from_url(home.redis_url) as redis:
        yield Writer(redis, home.account, home.owner.id)


@pytest.fixture(scope="module")
def notes() -> dict[str, bytes]:
    """What the writer has kept for later."""
    return {}


@pytest.fixture(autouse=True)
def _all_well(home: House, writer: Writer) -> Iterator[None]:
    """Whatever the test before has left behind: logins, processes that are away, a group that was moved."""
    at_first = {"Pixel 8", "ThinkPad X1"}
    if gone := [name for name in ("bot", "userclient") if name not in home.processes]:
        restart(home, *gone)
    yield
    home.settings["OWNER_IDS"] = str(home.owner.id)
    home.settings.pop("CODES_ASKED_OF", None)
    for hash_, row in home.sessions().items():
        if row["device_model"] not in at_first | {GUARD}:
            home.end_elsewhere(hash_)
    with suppress(RedisError):
        writer.redis.xgroup_setid(writer.events, writer.group, "$")


def restart(home: House, *names: str) -> None:
    """Anew, with nothing in memory, and free to tell again."""
    for name in names:
        if name in home.processes:
            home.stop(name, signal.SIGKILL)
    for name in names:
        home.start(name)
    until("a fresh list", lambda: "Last known" not in home.owner.ask("/sessions", "session").text, seconds=30)


def warnings(home: House, *words: str, after: int = 0) -> list[str]:
    """The alarms in the owner's chat."""
    texts = [m.text for m in home.owner.bots() if m.id > after]
    return [text for text in texts if TAMPERING in text and all(word in text for word in words)]


def told(home: House, device: str, after: int = 0) -> list[Message]:
    return [m for m in home.owner.bots() if m.id > after and "New login" in m.text and device in m.text]


def old_session(home: House, device: str) -> str:
    """One that was there long before, told and done with."""
    hash_ = home.somebody_logs_in(device)
    home.owner.see("New login", device)
    return hash_


def overlaps(connections: list[dict[str, Any]]) -> bool:
    """Whether one auth key was ever connected twice at once."""
    spans = sorted((c["auth_key_id"], c["since"], c["until"] or time.time()) for c in connections)
    return any(key == other and since < until_ for (key, _, until_), (other, since, _) in pairwise(spans))


def enrolled(home: House, owner: int) -> str:
    """As `doorman enroll` leaves it; a code that is good just now."""
    enrolment, _ = new_enrolment(datetime.now(UTC))

    async def keep() -> None:
        core = CoreSettings.model_validate({name: home.settings[name.upper()] for name in ("secret_key", "redis_url")})
        store = connect(core, name="test")
        await OneTimeCodes(store, core.keyring).keep(owner, enrolment, last_step=step_at(datetime.now(UTC)) - 1)
        await store.aclose()

    asyncio.run(keep())
    return pyotp.TOTP(enrolment.secret).now()


def asked_for_code(home: House, device: str) -> Message:
    before = home.owner.last_id()
    pressed(home, device, "🛡 Trust")
    return home.owner.see("🔐", device, after=before + 1)


def pressed(home: House, device: str, *buttons: str) -> Message:
    """Press these one after the other on the device's card."""
    listed = home.owner.ask("/sessions", "sessions of")
    home.owner.press(listed, device)
    card = home.owner.sees_on(listed, "Logged in:", device)
    for button in buttons:
        home.owner.press(home.owner.sees_on(card, button), button)
    return card


def genuine(home: House, command: Command, *, account: int, seconds: float = 30) -> Fields:
    """A request that a bot of ours has signed once: for another account, or long ago."""

    async def pack() -> Fields:
        store: Store = connect(CoreSettings.model_validate(settings), name="test")
        made = await bus.new_request(store, command, owner=home.owner.id, patience=timedelta(seconds=seconds))
        await store.aclose()
        return bus.requests_to(store, account).pack(made)

    settings = {name: home.settings[name.upper()] for name in ("secret_key", "redis_url")}
    return asyncio.run(pack())


def is_trusted(home: House, device: str) -> bool:
    return "🛡 Trusted by" in pressed(home, device).text


# First, in a house where nothing was noticed yet: each kind is told once in ten minutes.
def test_a_missing_report_is_noticed_though_the_group_is_never_at_rest(home: House, writer: Writer) -> None:
    """The writer keeps an old entry in the bot's hands, so that it never seems to be done with reading."""
    restart(home, "bot")
    home.somebody_logs_in("Told before")
    home.owner.see("New login", "Told before")
    restart(home, "bot")  # with nothing left to notice of what the tests before did
    before = home.owner.last_id()

    def churn() -> None:
        writer.redis.xgroup_setid(writer.events, writer.group, "0")
        writer.redis.xreadgroup(writer.group, "bot", {writer.events: ">"}, count=1)

    writer.redis.xgroup_setid(writer.events, writer.group, "99999999999999-0")
    home.somebody_logs_in("Hidden by churning")
    entry, _ = writer.last_event("SessionAppeared", "Hidden by churning")
    writer.redis.xdel(writer.events, entry)
    with writer.again_and_again(churn):
        until("the owner to be told", lambda: warnings(home, after=before), seconds=NOTICED)


def test_commands_that_no_bot_of_ours_gave_are_not_carried_out_and_told_once(home: House, writer: Writer) -> None:
    victim = old_session(home, "Victim's phone")
    login = home.somebody_logs_in("Writer's phone", unconfirmed=True)
    ended = old_session(home, "Honestly ended")
    pressed(home, "Honestly ended", "End session", "Yes, end")
    until("it to be gone", lambda: ended not in home.sessions())
    before = home.owner.last_id()
    seen = next(f for _, f in writer.redis.xrevrange(writer.commands) if f[b"type"] == b"EndSession")
    assert ended.encode() in seen[b"body"]

    wanted: list[Command] = [
        EndSession(hash=victim),
        EndSessions(hashes=(victim, login)),
        ConfirmLogin(hash=login),
        TrustSession(hash=login),
    ]
    forgeries = [{**seen, b"body": seen[b"body"].replace(ended.encode(), victim.encode())}]  # altered
    for command in wanted:
        moved = genuine(home, command, account=OTHER_ACCOUNT)
        unsigned = {name: value for name, value in moved.items() if name != b"mac"}
        forgeries += [moved, unsigned, {**unsigned, b"mac": seen[b"mac"]}, {**unsigned, b"mac": b""}]
    late = genuine(home, EndSession(hash=victim), account=home.account, seconds=-20)
    forgeries.append({**late, b"deadline": b"%d" % ((time.time() + 60) * 1000)})
    for forgery in forgeries:
        writer.redis.xadd(writer.commands, forgery)
    for _ in range(30):
        writer.redis.xadd(writer.commands, {b"type": b"EndSession", b"mac": b"\xff" * 64})

    home.owner.see(TAMPERING, "no bot of yours", after=before)
    for _ in range(5):
        writer.redis.xadd(writer.commands, seen)
        writer.redis.xadd(writer.commands, {**seen, b"mac": seen[b"mac"].upper()})
    home.owner.see(TAMPERING, "carried out once", after=before)
    home.owner.ask("/sessions", "As of")  # answered after all that is in the stream
    assert victim in home.sessions()
    assert home.sessions()[login]["unconfirmed"]
    assert not is_trusted(home, "Writer's phone")
    assert len(warnings(home, after=before)) == 2, "one for each kind, not a flood"


def test_a_command_that_was_kept_until_the_worker_is_down_is_not_carried_out_later(home: House, writer: Writer) -> None:
    """By then its deadline is over, whatever becomes of the stream; that it is there again is told."""
    victim = old_session(home, "Ended once, in vain")
    kept = genuine(home, EndSession(hash=victim), account=home.account, seconds=-100)
    home.stop("userclient", signal.SIGKILL)
    before = home.owner.last_id()
    writer.redis.delete(writer.commands)
    writer.redis.xadd(writer.commands, kept)
    restart(home, "userclient")
    home.owner.see(TAMPERING, "order", after=before)
    assert victim in home.sessions()
    assert len(warnings(home, after=before)) == 1


def test_what_was_taken_back_is_not_done_again_by_a_copy(home: House, writer: Writer) -> None:
    """Within the command's deadline, and the worker died in between and knows of nothing."""
    old_session(home, "Once taken for mine")
    pressed(home, "Once taken for mine", "Trust")
    until("it to be trusted", lambda: is_trusted(home, "Once taken for mine"))
    [trust] = [f for _, f in writer.redis.xrange(writer.commands) if f[b"type"] == b"TrustSession"]
    pressed(home, "Once taken for mine", "Trust no more")
    until("it to be trusted no more", lambda: not is_trusted(home, "Once taken for mine"))
    home.stop("userclient")
    writer.redis.xadd(writer.commands, trust)
    restart(home, "userclient")
    assert not is_trusted(home, "Once taken for mine")


def test_reports_that_no_worker_of_ours_made_are_not_told(home: House, writer: Writer) -> None:
    hash_ = old_session(home, "Seen by all")
    entry, honest = writer.last_event("SessionAppeared", "Seen by all")
    before = home.owner.last_id()
    forged = {**honest, b"body": honest[b"body"].replace(b"Seen by all", b"Made up")}
    ended = {**honest, b"type": b"SessionEnded"}
    number = {**honest, b"number": b"99999"}
    for fields in (forged, ended, number, {**honest, b"mac": b""}, {b"x": b"y"}):
        writer.redis.xadd(writer.events, fields)
    home.owner.see(TAMPERING, "no worker of yours", after=before)
    for _ in range(3):
        writer.redis.xadd(writer.events, honest)
    home.owner.see(TAMPERING, "old report", after=before)
    home.end_elsewhere(hash_)
    home.owner.see("A session ended", "Seen by all", after=before)
    assert len(warnings(home, after=before)) == 2, "one for each kind, not a flood"
    assert not told(home, "Made up")
    assert len(told(home, "Seen by all")) <= 1
    writer.redis.xdel(writer.events, entry)  # told long ago


Attack = Callable[[Writer], object]


def _read_and_acked(writer: Writer) -> None:
    read = writer.redis.xreadgroup(writer.group, "bot", {writer.events: ">"})
    writer.redis.xack(writer.events, writer.group, *(entry for entry, _ in read[0][1]))


def _read_by_another(writer: Writer) -> None:
    writer.redis.xreadgroup(writer.group, "somebody", {writer.events: ">"})


def _marks_taken_too(writer: Writer) -> None:
    writer.redis.delete(writer.events, keys.sent(writer.account))


def _read_and_deleted(writer: Writer) -> None:
    read = writer.redis.xreadgroup(writer.group, "bot", {writer.events: ">"})
    writer.redis.xdel(writer.events, *(entry for entry, _ in read[0][1]))


ON_GROUPS: list[Attack] = [
    lambda w: w.redis.xgroup_setid(w.events, w.group, "99999999999999-0"),
    lambda w: w.redis.xgroup_setid(w.events, w.group, "$"),
    lambda w: (w.redis.xgroup_destroy(w.events, w.group), w.redis.xgroup_create(w.events, w.group, "$")),
    _read_and_acked,
    _read_by_another,
]
ON_THE_STREAM: dict[str, Attack] = {
    "deleted": lambda w: w.redis.xdel(w.events, w.last_event("SessionAppeared")[0]),
    "all deleted": lambda w: w.redis.delete(w.events),
    "deleted with the marks": _marks_taken_too,
}


def test_a_login_is_told_whatever_becomes_of_the_groups(home: House, writer: Writer) -> None:
    """While the bot is down, so that it can't be quicker; each owner has a group, and each is attacked otherwise."""
    owners = [home.owner, *(Person(home.api, 700_000_200 + number) for number in range(1, len(ON_GROUPS)))]
    for owner in owners:
        owner.send("hello")  # a person must open the chat before a bot may write
    home.settings["OWNER_IDS"] = ",".join(str(owner.id) for owner in owners)
    restart(home, "bot")
    home.somebody_logs_in("Told to all of them")
    for owner in owners:
        owner.see("New login", "Told to all of them")
    home.stop("bot")
    home.somebody_logs_in("Hidden from the groups")
    writer.last_event("SessionAppeared", "Hidden from the groups")
    for attack, owner in zip(ON_GROUPS, owners, strict=True):
        attack(Writer(writer.redis, home.account, owner.id))
    home.start("bot")
    for owner in owners:
        owner.see("New login", "Hidden from the groups", seconds=NOTICED)
    home.stop("bot")


@pytest.mark.parametrize("attack", ON_THE_STREAM)
def test_that_reports_are_missing_is_told(home: House, writer: Writer, attack: str) -> None:
    home.stop("bot")
    home.somebody_logs_in(f"Hidden: {attack}")
    writer.last_event("SessionAppeared", f"Hidden: {attack}")
    before = home.owner.last_id()
    ON_THE_STREAM[attack](writer)
    home.start("bot")

    def noticed() -> bool:
        said = [m.text for m in home.owner.bots() if m.id > before]
        return any(TAMPERING in text or "notes of that are gone" in text for text in said)

    until("the owner to be told", noticed, seconds=NOTICED)


def test_an_excuse_for_a_missing_report_can_not_be_made_up(home: House, writer: Writer) -> None:
    """The writer takes it over in the bot's name and deletes it, and with it the note that something was missed."""
    old_session(home, "Told before the excuse")
    restart(home, "bot")
    home.stop("bot")
    home.somebody_logs_in("Hidden by an excuse")
    writer.last_event("SessionAppeared", "Hidden by an excuse")
    before = home.owner.last_id()
    _read_and_deleted(writer)
    missed = f"{home.owner.id} missed"
    with writer.again_and_again(lambda: writer.redis.hdel(keys.sent(home.account), missed)):
        home.start("bot")
        until("the owner to be told", lambda: warnings(home, after=before), seconds=20)


def test_a_value_of_another_kind_in_the_place_of_ours_keeps_no_login_from_being_told(
    home: House, writer: Writer
) -> None:
    for place in (keys.alerts(home.account), keys.sent(home.account), keys.events(home.account)):
        writer.redis.delete(place)
        writer.redis.set(place, "not what belongs here")
        device = f"Hidden by {place.rpartition(':')[2]}"
        home.somebody_logs_in(device)
        home.owner.see("New login", device)


def test_a_worker_that_can_not_see_can_not_be_made_to_look_well(home: House, writer: Writer) -> None:
    """Its heartbeat goes on; the writer puts an earlier status back beside it."""
    status = keys.status(home.account)
    well = writer.redis.get(status)
    assert b'"watching"' in well
    before = home.owner.last_id()
    with writer.again_and_again(lambda: writer.redis.set(status, well)):
        home.change_account(frozen=True)
        try:
            home.owner.see("Doorman is blind", after=before, seconds=NOTICED)
        finally:
            home.change_account(frozen=False)
    home.owner.see("Doorman watches again", after=before, seconds=30)


def test_a_worker_that_stands_still_is_told_as_silent_whatever_is_put_back(home: House, writer: Writer) -> None:
    words = [keys.heartbeat(home.account), keys.status(home.account)]
    put_back = dict(zip(words, writer.redis.mget(words), strict=True))
    before = home.owner.last_id()
    process = home.processes["userclient"]
    process.send_signal(signal.SIGSTOP)
    try:
        with writer.again_and_again(lambda: writer.redis.mset(put_back)):
            home.owner.see("Doorman is blind", after=before, seconds=NOTICED)
    finally:
        process.send_signal(signal.SIGCONT)
    home.owner.see("Doorman watches again", after=before, seconds=30)


def test_a_changed_snapshot_is_told_and_thrown_away(home: House, writer: Writer) -> None:
    home.stop("userclient")
    snapshot = keys.snapshot(home.account)
    home.somebody_logs_in("Written in by hand")
    before = home.owner.last_id()
    writer.redis.set(snapshot, writer.redis.get(snapshot).replace(b'"unanswered":[', b'"unanswered":[ '))
    home.start("userclient")
    home.owner.see(TAMPERING, "note of who was logged in", after=before)
    home.owner.see("Written in by hand", after=before)


def test_an_older_snapshot_hides_no_login(home: House, writer: Writer) -> None:
    snapshot = keys.snapshot(home.account)
    old = writer.redis.get(snapshot)
    old_session(home, "Told twice at worst")
    home.stop("userclient")
    home.somebody_logs_in("Came after the older note")
    before = home.owner.last_id()
    writer.redis.set(snapshot, old)
    home.start("userclient")
    home.owner.see("New login", "Came after the older note", after=before)


def trusted_once(home: House, writer: Writer, device: str, *words: str) -> dict[str, bytes]:
    """A session that was trusted and is trusted no more; what Redis held of it, by these keys, while it was."""
    old_session(home, device)
    pressed(home, device, "🛡 Trust")
    until("it to be trusted", lambda: is_trusted(home, device))
    then = {word: writer.redis.get(word) for word in words}
    pressed(home, device, "Trust no more")
    until("it to be trusted no more", lambda: not is_trusted(home, device))
    return then


def test_an_older_snapshot_trusts_nobody_again(home: House, writer: Writer) -> None:
    older = trusted_once(home, writer, "Taken for mine too soon", keys.snapshot(home.account))
    home.stop("userclient")
    before = home.owner.last_id()
    writer.redis.mset(older)
    restart(home, "userclient")
    assert not is_trusted(home, "Taken for mine too soon")
    home.owner.see(TAMPERING, "no session counts as trusted", after=before)


def test_that_everything_was_put_back_to_an_earlier_state_is_told(home: House, writer: Writer) -> None:
    """The worker that starts by then can't know better, but the bot has seen more."""
    everything = keys.snapshot(home.account), keys.reports(home.account)
    older = trusted_once(home, writer, "Taken back too soon", *everything)
    home.stop("userclient")
    before = home.owner.last_id()
    writer.redis.mset(older)
    restart(home, "userclient")
    home.owner.see(TAMPERING, "replaced by older ones", after=before, seconds=NOTICED)


def test_a_forged_reply_shows_no_false_list(home: House, writer: Writer) -> None:
    real = old_session(home, "Really there")
    home.owner.ask("/sessions", "Really there")
    asked = writer.last(writer.commands)[1][b"id"].decode()
    [[_, reply]] = writer.redis.xrange(keys.reply(home.account, asked))
    answered: set[bytes] = set()

    def forge() -> None:
        _, fields = writer.last(writer.commands)
        if fields[b"id"] not in answered:
            answered.add(fields[b"id"])
            place = keys.reply(home.account, fields[b"id"].decode())
            writer.redis.xadd(place, {**reply, b"body": reply[b"body"].replace(b"Really there", b"Made up")})

    after = home.owner.last_id()
    with writer.again_and_again(forge):
        home.owner.send("/sessions")
        alert = next(m for m in home.owner.bots() if "Really there" in m.text and "End session" in str(m.buttons))
        home.owner.press(alert, "End session")
        home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
        until("it to be ended all the same", lambda: real not in home.sessions())
        until("the owner to be answered", lambda: home.owner.last_id() > after + 1, seconds=20)
    assert not any("Made up" in m.text for m in home.owner.bots())


def test_the_list_of_an_open_question_can_not_be_swapped(home: House, writer: Writer) -> None:
    questions = keys.questions(home.account)
    first = home.owner.ask("/sessions", "sessions of")
    home.owner.press(first, "End all others")
    home.owner.sees_on(first, "No, keep them")
    late = old_session(home, "Not on the first list")
    second = home.owner.ask("/sessions", "Not on the first list")
    home.owner.press(second, "End all others")
    home.owner.sees_on(second, "No, keep them")
    older, newer = sorted(writer.redis.hkeys(questions))[-2:]
    writer.redis.hset(questions, older, writer.redis.hget(questions, newer))
    listed = set(home.sessions())
    home.owner.press(first, "Yes, end")
    home.owner.sees_on(first, "Not on the first list", "Yes, end")  # it is asked anew, by a fresh list
    assert set(home.sessions()) == listed
    assert late in listed


def test_a_worker_whose_lease_is_stolen_lets_go_and_that_is_told(
    home: House, writer: Writer, notes: dict[str, bytes]
) -> None:
    before = home.owner.last_id()

    def steal() -> None:
        fence = int(writer.redis.hget(keys.lease(home.account), "fence") or 0) + 1
        theirs = {"state": "held", "holder": "somebody", "fence": fence, "seconds": 3, "writes": time.time_ns() % 10**9}
        writer.redis.hset(keys.lease(home.account), mapping=theirs)

    with writer.again_and_again(steal):
        until("the worker to let go", lambda: not home.keys_in_use())
        home.owner.see("Doorman is blind", after=before, seconds=NOTICED)
    notes["blindness"] = until("the note", lambda: writer.redis.get(keys.blindness(home.account)))
    home.owner.see("Doorman watches again", after=before, seconds=30)
    assert not overlaps(home.connections())


def test_a_blindness_that_is_said_to_be_told_is_told_all_the_same(
    home: House, writer: Writer, notes: dict[str, bytes]
) -> None:
    home.stop("bot")
    home.stop("userclient", signal.SIGKILL)
    before = home.owner.last_id()
    writer.redis.set(keys.blindness(home.account), notes["blindness"])
    home.start("bot")
    # Its last heartbeat has to grow old first.
    home.owner.see("Doorman is blind", after=before, seconds=60)


def test_a_guard_session_that_is_not_ours_is_not_used(home: House, writer: Writer) -> None:
    place = keys.guard(home.account)
    ours = writer.redis.get(place)
    keyring = CoreSettings.model_validate({"secret_key": home.settings["SECRET_KEY"]}).keyring
    anothers = vault(keyring, OTHER_ACCOUNT).seal("1" + "A" * 352)
    in_use = home.keys_in_use()
    for swapped in (b"rubbish", anothers):
        writer.redis.set(place, swapped)
        home.somebody_logs_in(f"Watched in spite of {swapped[:4]!r}")
        home.owner.see("New login", f"Watched in spite of {swapped[:4]!r}")
    time.sleep(4)  # it looks for a new login every three seconds
    assert home.keys_in_use() == in_use
    home.stop("userclient")
    writer.redis.set(place, anothers)
    home.start("userclient", name="misled")
    until("it to say so", lambda: "secret_key_is_wrong" in home.log("misled"))
    assert not home.keys_in_use()
    home.stop("misled")
    writer.redis.set(place, ours)
    home.start("userclient")
    until("it to watch", home.keys_in_use)


def test_another_list_of_accounts_hides_none(home: House, writer: Writer) -> None:
    writer.redis.delete(keys.ACCOUNTS)
    writer.redis.sadd(keys.ACCOUNTS, "not a number", "-5", 10**30)
    home.somebody_logs_in("Of an account that is not listed")
    home.owner.see("New login", "Of an account that is not listed")
    until("it to be listed again", lambda: writer.redis.sismember(keys.ACCOUNTS, home.account))
    home.owner.ask("/sessions", "Of an account that is not listed")


def test_codes_that_are_deleted_swapped_or_rolled_back_open_nothing(home: House, writer: Writer) -> None:
    home.settings["CODES_ASKED_OF"] = "everyone"
    kept, used = keys.codes(home.owner.id), keys.codes_used(home.owner.id)
    code = enrolled(home, home.owner.id)
    old_session(home, "Never to be trusted")
    old_session(home, "Trusted by code")
    restart(home, "bot")
    unused = writer.redis.mget(kept, used)
    question = asked_for_code(home, "Trusted by code")
    home.owner.send(code, reply_to=question)
    until("it to be trusted", lambda: is_trusted(home, "Trusted by code"))

    writer.redis.mset({kept: unused[0], used: unused[1]})  # rolled back
    question = asked_for_code(home, "Never to be trusted")
    home.owner.send(code, reply_to=question)
    home.owner.see("used already", after=question.id)
    home.owner.ask("/cancel", "Dropped")
    others = enrolled(home, OTHER_ACCOUNT)
    writer.redis.mset({kept: writer.redis.get(keys.codes(OTHER_ACCOUNT)), used: writer.redis.get(used)})  # swapped
    question = asked_for_code(home, "Never to be trusted")
    home.owner.send(others, reply_to=question)
    home.owner.see("can't be", after=question.id)
    home.owner.ask("/cancel", "Dropped")
    before = home.owner.last_id()
    writer.redis.delete(kept, used)
    pressed(home, "Never to be trusted", "🛡 Trust")
    home.owner.see("🔐 Not done", "doorman enroll", after=before)
    assert not is_trusted(home, "Never to be trusted")
    home.stop("bot")


def test_that_everything_was_deleted_is_told_and_the_list_shown(home: House, writer: Writer) -> None:
    login = home.somebody_logs_in("Came just before")
    before = home.owner.last_id()
    writer.redis.flushall()
    home.owner.see("memory was lost", "Came just before", after=before, seconds=30)
    assert login in home.sessions()


def test_a_lease_that_is_said_to_be_given_back_lets_no_two_workers_in(home: House, writer: Writer) -> None:
    """The last one: where it fails, the guard session is dead."""
    home.stop("userclient")
    slow = {"LEASE_SECONDS": "30", "POLL_SECONDS": "30"}  # its holder looks seldom whether it is still its own
    home.start("userclient", **slow)
    until("it to watch", home.keys_in_use)
    home.start("userclient", name="second", **slow)
    until("it to wait", lambda: "waiting_for_lease" in home.log("second"))
    writer.redis.hset(keys.lease(home.account), "state", "released")
    time.sleep(3)  # whoever connects is connected by now
    assert not overlaps(home.connections())
