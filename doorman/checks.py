"""What `doorman doctor` looks at: Redis, the guard session, the bot and its owners."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from redis.asyncio import Redis

from bot.credentials import BotApiUnavailableError, TokenRefusedError, unreachable_owners, whoami
from bot.settings import BotSettings
from core.domain.sessions import MAY_END_OTHERS_AFTER
from core.logs import masked
from core.pulse import feel
from core.room import measure
from core.settings import SettingsError
from core.vault import WrongKeyError
from userclient import guardroom
from userclient.lease import Lease, LeaseLostError, alone
from userclient.settings import UserclientSettings
from userclient.telegram.guard import connected
from userclient.trouble import GuardLostError, TelegramTrouble

OLDEST_REDIS = (6, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was looked at, whether it is well, and what to do if not."""

    well: bool
    line: str


async def check_redis(redis: Redis, *, embedded: bool) -> AsyncIterator[Finding]:
    """Its version, and whether it can drop keys."""
    info: Any = await redis.info()
    version = str(info.get("valkey_version") or info["redis_version"])
    compatible = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
    kind = "The embedded Redis" if embedded else "Redis"
    if compatible < OLDEST_REDIS:
        yield ill(f"{kind} is {version}; Doorman needs 6.2 or later. Upgrade it.")
    else:
        yield well(f"{kind} {version} answers.")
    room = await measure(redis)
    if room.drops_lasting_keys:
        yield ill(f"When full, Redis may drop Doorman's keys ({room.policy}). Set maxmemory-policy to noeviction.")
    else:
        yield well(f"Redis drops none of Doorman's lasting keys when it is full ({room.policy}).")
    if room.is_full:
        yield ill("Redis is full and takes nothing more. Give it more memory, or make room.")


async def check_guard(  # noqa: PLR0911 - a finding each
    redis: Redis, settings: UserclientSettings, *, waiting: Callable[[float], None]
) -> tuple[int, Finding]:
    """The guard session: the account (0 if unknown), and whether it is good. A worker's own session is not touched.

    `waiting` is told the seconds that it may take to be sure that nobody uses it.
    """
    try:
        found = await guardroom.find(redis, settings)
    except WrongKeyError:
        return 0, ill("The guard session was kept under another SECRET_KEY. Put that back, or run `doorman login`.")
    except SettingsError as error:
        return 0, ill(str(error))
    if found is None:
        return 0, ill("There is no guard session yet. Run `doorman login`.")
    if await guardroom.is_dead(redis, found):
        return found.account, ill("Telegram has ended the guard session. Run `doorman login`.")
    pulse = await feel(redis, found.account)
    if pulse and pulse.is_alive:
        status = pulse.status
        return status.account, _age(status.account_name, status.guard_created_at, "Doorman is running")
    lease = Lease(redis, found.account, seconds=settings.lease_seconds)
    try:
        await lease.take(waiting=waiting, give_up=True)
    except LeaseLostError:
        return found.account, well("Doorman is running, or another command uses the guard session just now.")
    return found.account, await _try_guard(settings, found, lease)


async def _try_guard(settings: UserclientSettings, found: guardroom.GuardSession, lease: Lease) -> Finding:
    try:
        async with alone(lease), connected(settings, found, lease) as guard:
            own = (await guard.roster()).guard
            return _age(guard.account_name, own.created_at if own else None, "Doorman is not running")
    except GuardLostError as error:
        return ill(f"The guard session is gone ({error.reason}). Run `doorman login`.")
    except SettingsError as error:
        return ill(str(error))
    except TelegramTrouble as error:
        return ill(f"Telegram could not be asked about the guard session: {error}. Try again.")


def _age(name: str, created_at: datetime | None, watched: str) -> Finding:
    if created_at is None:
        return well(f"The guard session of {name} is good. {watched}.")
    allowed_from = created_at + MAY_END_OTHERS_AFTER
    if datetime.now(UTC) >= allowed_from:
        return well(f"The guard session of {name} is good and may end others. {watched}.")
    return well(
        f"The guard session of {name} is good; it may end others from {allowed_from:%-d %b %Y, %H:%M} UTC "
        f"(Telegram makes new sessions wait 24 hours). {watched}."
    )


async def check_bot(settings: BotSettings, account: int) -> AsyncIterator[Finding]:
    """The bot's token, and whether its owners can be written to; `account` is the watched one, 0 if unknown."""
    try:
        yield well(f"The bot's token is good: @{await whoami(settings)}.")
    except TokenRefusedError:
        yield ill("Telegram refuses BOT_TOKEN. Copy it again from @BotFather.")
        return
    except BotApiUnavailableError as error:
        yield ill(f"The Bot API could not be asked: {masked(str(error))}. Try again.")
        return
    unreachable = await unreachable_owners(settings)
    for owner in unreachable:
        yield ill(f"Owner {owner} can't be written to. They must open the bot's chat and press Start.")
    if not unreachable:
        yield well("Every owner can be written to.")
    if account and settings.owner_ids == {account}:
        yield ill(
            "The only owner is the watched account itself: who breaks into it sees the bot too. "
            "Add a second account, or a person you trust, to OWNER_IDS."
        )


def well(line: str) -> Finding:
    """All is as it should be."""
    return Finding(well=True, line=line)


def ill(line: str) -> Finding:
    """Something is to be done; the line says what."""
    return Finding(well=False, line=line)
