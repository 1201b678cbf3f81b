"""Where the guard sessions come from: the environment, or Redis after `doorman login`; and where they are put."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Never, cast

import structlog
from redis.exceptions import RedisError

from core import accounts
from core.connection import Store
from core.contract import keys
from core.contract.signing import ForgedError
from core.keyring import Keyring
from core.vault import Vault, WrongKeyError
from userclient.lease import Lease
from userclient.settings import UserclientSettings

log = structlog.get_logger()

LOOK_SECONDS = 3.0


class NewLoginError(Exception):
    """A `doorman login` put another guard session in the place of the one that is in use."""


class GivenUpError(Exception):
    """A `doorman logout` is about to log out the guard session that is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSession:
    """A StringSession and its account."""

    account: int
    session: str

    @property
    def fingerprint(self) -> str:
        """Names the session without telling it: it is random enough for a plain hash."""
        return hashlib.sha256(self.session.encode()).hexdigest()

    def __repr__(self) -> str:  # the session is a secret
        return f"GuardSession(account={self.account})"


async def held(redis: Store, settings: UserclientSettings) -> list[int]:
    """The accounts that there is a guard session of, in order; ACCOUNT, where set, leaves that one alone.

    Raises RedisError.
    """
    if settings.session_string.get_secret_value():
        return [settings.account or 0]
    known = await accounts.known(redis)
    sealed = await redis.mget(map(keys.guard, known)) if known else []
    return [account for account, there in zip(known, sealed, strict=True) if there and _is_ours(account, settings)]


def _is_ours(account: int, settings: UserclientSettings) -> bool:
    return settings.account in {None, account}


async def find(redis: Store, settings: UserclientSettings, account: int) -> GuardSession | None:
    """The account's guard session; None if there is none yet. Raises WrongKeyError, RedisError."""
    if session := settings.session_string.get_secret_value():
        return GuardSession(account=account, session=session)
    sealed = await redis.get(keys.guard(account))
    if sealed is None:
        return None
    return GuardSession(account=account, session=vault(settings.keyring, account).unseal(cast("bytes", sealed)))


async def wait_for(
    redis: Store, settings: UserclientSettings, account: int, *, former: GuardSession | None
) -> GuardSession:
    """The account's guard session, once there is one that Telegram has not ended, through outages of Redis.

    `former` is the one this process had: it serves where Redis has lost it.
    """
    told = ""
    while True:
        try:
            found = await find(redis, settings, account) or former
            if found is not None and not await is_dead(redis, found):
                return found
            reason, hint = "waiting_for_login", "run `doorman login`"
            if settings.session_string.get_secret_value():
                hint = "Telegram has ended SESSION_STRING: set a new one, or remove it and run `doorman login`"
        except WrongKeyError:
            reason, hint = "secret_key_is_wrong", "put SECRET_KEY back, or run `doorman login`"
        except RedisError:
            reason, hint = "redis_unavailable", "check REDIS_URL"
        if reason != told:
            log.warning(reason, account=account, hint=hint)
            told = reason
        await asyncio.sleep(LOOK_SECONDS)


async def look_for_change(redis: Store, settings: UserclientSettings, used: GuardSession) -> Never:
    """Raises NewLoginError when there is a guard session other than the one in use, GivenUpError when that is to go."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await check_unchanged(redis, settings, used)
        except (RedisError, WrongKeyError) as error:
            log.debug("guardroom_unreadable", account=used.account, error=type(error).__name__)


async def check_unchanged(redis: Store, settings: UserclientSettings, used: GuardSession) -> None:
    """Raises NewLoginError, GivenUpError; WrongKeyError and RedisError where that can't be told."""
    found = await find(redis, settings, used.account)
    if found is not None and found != used and not await is_dead(redis, found):
        raise NewLoginError
    if await is_dead(redis, used):
        raise GivenUpError


async def keep(redis: Store, session: str, *, account: int, keyring: Keyring) -> None:
    """Put a new guard session into Redis, encrypted, in place of the account's former one."""
    await redis.set(keys.guard(account), vault(keyring, account).seal(session))
    await redis.sadd(keys.ACCOUNTS, account)
    await Lease(redis, account, seconds=60).declare_free()


async def restore(redis: Store, settings: UserclientSettings, used: GuardSession) -> None:
    """Put the session in use back where Redis has lost it, or holds it under a SECRET_KEY of before."""
    if settings.session_string.get_secret_value():
        return
    locks, key = vault(settings.keyring, used.account), keys.guard(used.account)
    if await redis.set(key, locks.seal(used.session), nx=True):
        log.warning("guard_session_restored", account=used.account)
    elif not locks.is_current(cast("bytes | None", await redis.get(key)) or b""):
        await redis.set(key, locks.seal(used.session))
        log.info("guard_session_sealed_anew", account=used.account)
    await redis.sadd(keys.ACCOUNTS, used.account)


def vault(keyring: Keyring, account: int) -> Vault:
    """Where an account's guard session is locked away."""
    return Vault(keyring, purpose=f"doorman guard session of {account}")


async def forget(redis: Store, session: GuardSession) -> None:
    """Remove a guard session that was logged out; its last roster stays, to compare with at the next login."""
    account = session.account
    await redis.srem(keys.ACCOUNTS, account)
    await _mark_dead(redis, session)
    await redis.delete(keys.guard(account), keys.status(account), keys.heartbeat(account))


@asynccontextmanager
async def given_up(redis: Store, session: GuardSession) -> AsyncIterator[None]:
    """Have whoever uses the session let go of it within seconds, and nobody take it up; where the block fails, it is
    good again. Raises RedisError.
    """
    was_dead = await is_dead(redis, session)
    await _mark_dead(redis, session)
    try:
        yield
    except BaseException:
        if not was_dead:
            await redis.delete(keys.dead_guard(session.account))
        raise


async def is_dead(redis: Store, session: GuardSession) -> bool:
    """Whether Telegram has ended this very session, or it was given up: nobody need try it again."""
    try:
        return await redis.get_signed(keys.dead_guard(session.account)) == session.fingerprint.encode()
    except ForgedError:
        return False


async def _mark_dead(redis: Store, session: GuardSession) -> None:
    await redis.set_signed(keys.dead_guard(session.account), session.fingerprint.encode())
