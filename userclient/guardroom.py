"""Where the guard session comes from: the environment, or Redis after `doorman login`; and where it is put."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from core.contract import keys
from core.contract.state import Condition, WorkerStatus
from core.settings import SettingsError
from userclient.records import Records, now
from userclient.settings import UserclientSettings
from userclient.vault import WrongKeyError, seal, unseal

log = structlog.get_logger()

LOOK_SECONDS = 3.0
NOT_HELD = frozenset({Condition.GUARD_LOST, Condition.STOPPED})
HELD_WITHIN = timedelta(seconds=30)  # three heartbeats


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSession:
    """A StringSession and its account; 0 for one from the environment, whose account only Telegram knows."""

    account: int
    session: str

    def __repr__(self) -> str:  # the session is a secret
        return f"GuardSession(account={self.account})"


async def find(redis: Redis, settings: UserclientSettings) -> GuardSession | None:
    """The guard session to use; None if there is none yet.

    Raises WrongKeyError, and SettingsError when Redis holds several and ACCOUNT does not choose.
    """
    if session := settings.session_string.get_secret_value():
        return GuardSession(account=0, session=session)
    found = [account for account in await _accounts(redis) if await redis.exists(keys.guard(account))]
    if settings.account:
        found = [account for account in found if account == settings.account]
    if not found:
        return None
    if len(found) > 1:
        listed = ", ".join(str(account) for account in found)
        raise SettingsError(f"Redis holds guard sessions of {listed}. Set ACCOUNT to the one this worker is to watch.")
    [account] = found
    sealed = await redis.get(keys.guard(account))
    if sealed is None:
        return None
    secret_key = settings.secret_key.get_secret_value()
    return GuardSession(account=account, session=unseal(cast("bytes", sealed), account=account, secret_key=secret_key))


async def wait_for(redis: Redis, settings: UserclientSettings, *, lost: GuardSession | None) -> GuardSession:
    """The guard session, once there is one other than `lost`, through outages of Redis.

    Raises SettingsError when Redis holds several and ACCOUNT does not choose.
    """
    told = ""
    while True:
        try:
            found = await find(redis, settings)
        except WrongKeyError:
            reason = "secret_key_is_wrong"
        except RedisError:
            reason = "redis_unavailable"
        else:
            if found is not None and (lost is None or found.session != lost.session):
                return found
            reason = "waiting_for_login"
        if reason != told:
            log.warning(reason, hint="run `doorman login`" if reason != "redis_unavailable" else "check REDIS_URL")
            told = reason
        await asyncio.sleep(LOOK_SECONDS)


async def keep(redis: Redis, session: str, *, account: int, secret_key: str) -> None:
    """Put a guard session into Redis, encrypted, in place of the account's former one."""
    await redis.set(keys.guard(account), seal(session, account=account, secret_key=secret_key))
    await redis.sadd(keys.ACCOUNTS, account)


async def discard(redis: Redis, dead: GuardSession, settings: UserclientSettings) -> None:
    """Remove a guard session that Telegram has ended, so that no restart tries it again; a newer one stays."""
    key, secret_key = keys.guard(dead.account), settings.secret_key.get_secret_value()
    async with redis.pipeline(transaction=True) as pipe:
        await pipe.watch(key)
        sealed = cast("bytes | None", await pipe.get(key))
        if sealed is None or unseal(sealed, account=dead.account, secret_key=secret_key) != dead.session:
            return
        pipe.multi()  # type: ignore[no-untyped-call]
        pipe.delete(key)
        with suppress(WatchError):  # a new login came this very moment
            await pipe.execute()


async def forget(redis: Redis, account: int) -> None:
    """Remove an account's guard session; its last roster stays, to compare with at the next login."""
    await redis.srem(keys.ACCOUNTS, account)
    await redis.delete(keys.guard(account), keys.status(account))


async def status_if_held(redis: Redis, account: int) -> WorkerStatus | None:
    """The status of a worker that holds the account's guard session just now, by its heartbeat; else None.

    Account 0, a session whose account is not known, is held if any is.
    """
    for candidate in [account] if account else await _accounts(redis):
        status = await Records(redis, candidate).status()
        if status and status.condition not in NOT_HELD and now() - status.beat_at < HELD_WITHIN:
            return status
    return None


async def only_account(redis: Redis) -> int:
    """The one account that was ever watched here; 0 if there are none or several."""
    accounts = await _accounts(redis)
    return accounts[0] if len(accounts) == 1 else 0


async def _accounts(redis: Redis) -> list[int]:
    members = cast("set[bytes]", await redis.smembers(keys.ACCOUNTS))
    return sorted(int(member) for member in members)
