"""What `doorman doctor` says of owners' one-time codes."""

from __future__ import annotations

from typing import Literal

from pydantic import SecretStr

from bot.one_time_codes import OneTimeCodes
from bot.settings import BotSettings
from core.connection import Store
from core.contract import keys
from doorman.checks import Finding, check_codes
from tests.codes import RECOVERY, enrolment
from tests.domain_values import ACCOUNT, KEYRING, NOW, OWNER, SECRET_KEY


async def findings(
    redis: Store,
    *owners: int,
    account: int = ACCOUNT,
    secret_key: str = SECRET_KEY,
    codes_asked_of: Literal["account", "everyone"] = "account",
) -> list[Finding]:
    settings = BotSettings(
        _env_file=None,
        secret_key=SecretStr(secret_key),
        bot_token=SecretStr("1:not-a-token"),
        owner_ids=frozenset(owners),
        codes_asked_of=codes_asked_of,
    )
    return [finding async for finding in check_codes(redis, settings, {account})]


async def enrolled(redis: Store, owner: int) -> OneTimeCodes:
    codes = OneTimeCodes(redis, KEYRING)
    await codes.keep(owner, enrolment(), last_step=0)
    return codes


async def test_of_an_enrolled_owner_it_says_how_many_recovery_codes_are_left(redis: Store) -> None:
    codes = await enrolled(redis, OWNER)
    await codes.check(OWNER, RECOVERY[0], now=NOW)
    [finding] = await findings(redis, OWNER)
    assert finding.well
    assert f"{OWNER} is enrolled for one-time codes; 7 recovery codes are left" in finding.line


async def test_an_owner_who_is_no_watched_account_needs_no_codes(redis: Store) -> None:
    [finding] = await findings(redis, OWNER)
    assert finding.well
    assert f"{OWNER} is no watched account" in finding.line


async def test_where_everyone_is_asked_whoever_is_not_enrolled_is_told_how(redis: Store) -> None:
    [finding] = await findings(redis, OWNER, codes_asked_of="everyone")
    assert not finding.well
    assert f"`doorman enroll --owner {OWNER}`" in finding.line


async def test_a_watched_account_that_is_an_owner_and_not_enrolled_is_ill(redis: Store) -> None:
    [finding] = await findings(redis, ACCOUNT)
    assert not finding.well
    assert "watched account" in finding.line
    assert f"`doorman enroll --owner {ACCOUNT}`" in finding.line


async def test_so_is_one_that_any_worker_watches(redis: Store) -> None:
    await redis.sadd(keys.ACCOUNTS, OWNER)
    [finding] = await findings(redis, OWNER, account=0)
    assert not finding.well


async def test_a_watched_account_that_is_enrolled_is_well(redis: Store) -> None:
    await enrolled(redis, ACCOUNT)
    [finding] = await findings(redis, ACCOUNT)
    assert finding.well


async def test_every_owner_has_a_line(redis: Store) -> None:
    await enrolled(redis, OWNER)
    lines = [finding.line for finding in await findings(redis, OWNER + 1, OWNER, ACCOUNT)]
    assert len(lines) == 3
    assert f"{ACCOUNT} is a watched account" in lines[0]
    assert f"{OWNER} is enrolled" in lines[1]
    assert f"{OWNER + 1} is no watched account" in lines[2]


async def test_codes_under_another_secret_key_are_ill(redis: Store) -> None:
    await enrolled(redis, OWNER)
    [finding] = await findings(redis, OWNER, secret_key="o" * 40)
    assert not finding.well
    assert "another SECRET_KEY" in finding.line
