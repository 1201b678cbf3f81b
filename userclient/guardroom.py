"""Where the guard session comes from: the environment, or Redis after `doorman login`; and where it is put."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Never, cast

import structlog
from redis.exceptions import RedisError

from core import accounts
from core.connection import Store
from core.contract import keys
from core.contract.signing import ForgedError
from core.keyring import Keyring
from core.settings import SettingsError
from core.vault import Vault, WrongKeyError
from userclient.lease import Lease
from userclient.settings import UserclientSettings

log = structlog.get_logger()

LOOK_SECONDS = 3.0


class NewLoginError(Exception):
    """A `doorman login` put another guard session in the place of the one that is in use."""


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


async def find(redis: Store, settings: UserclientSettings) -> GuardSession | None:
    """The guard session to use; None if there is none yet.

    Raises WrongKeyError, and SettingsError when Redis holds several and ACCOUNT does not choose.
    """
    if session := settings.session_string.get_secret_value():
        return GuardSession(account=settings.account or 0, session=session)
    found = [account for account in await accounts.known(redis) if await redis.exists(keys.guard(account))]
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
    return GuardSession(account=account, session=vault(settings.keyring, account).unseal(cast("bytes", sealed)))


async def wait_for(redis: Store, settings: UserclientSettings, *, former: GuardSession | None) -> GuardSession:
    """The guard session, once there is one that Telegram has not ended, through outages of Redis.

    `former` is the one this process had: it serves where Redis has lost it. Raises SettingsError when Redis holds
    several and ACCOUNT does not choose.
    """
    told = ""
    while True:
        try:
            found = await find(redis, settings) or former
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
            log.warning(reason, hint=hint)
            told = reason
        await asyncio.sleep(LOOK_SECONDS)


async def look_for_new_login(redis: Store, settings: UserclientSettings, used: GuardSession) -> Never:
    """Raises NewLoginError when there is a guard session other than the one in use."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            found = await find(redis, settings)
            if found is not None and found != used and not await is_dead(redis, found):
                raise NewLoginError
        except (RedisError, WrongKeyError, SettingsError) as error:
            log.debug("guardroom_unreadable", error=type(error).__name__)


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


async def forget(redis: Store, given_up: GuardSession) -> None:
    """Remove a guard session that was logged out; its last roster stays, to compare with at the next login."""
    account = given_up.account
    await redis.srem(keys.ACCOUNTS, account)
    await redis.set_signed(keys.dead_guard(account), given_up.fingerprint.encode())
    await redis.delete(keys.guard(account), keys.status(account), keys.heartbeat(account))


async def is_dead(redis: Store, session: GuardSession) -> bool:
    """Whether Telegram has ended this very session: no restart need try it again."""
    try:
        return await redis.get_signed(keys.dead_guard(session.account)) == session.fingerprint.encode()
    except ForgedError:
        return False
