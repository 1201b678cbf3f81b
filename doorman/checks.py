"""What `doorman doctor` looks at: Redis, the guard session, the bot and its owners."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.channels.configured import send_test
from bot.credentials import (
    BotApiUnavailableError,
    TokenRefusedError,
    send_test_to_owners,
    unreachable_owners,
    whoami,
)
from bot.one_time_codes import NotEnrolledError, OneTimeCodes, UnreadableError
from bot.settings import BotSettings
from core import accounts
from core.bus import redis_now
from core.connection import Store
from core.domain.sessions import MAY_END_OTHERS_AFTER
from core.logs import masked
from core.pulse import feel
from core.room import measure
from core.settings import SettingsError
from core.vault import WrongKeyError
from doorman.naming import called
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


async def check_redis(redis: Store, *, embedded: bool) -> AsyncIterator[Finding]:
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


async def check_guards(
    redis: Store, settings: UserclientSettings, *, waiting: Callable[[float], None]
) -> AsyncIterator[tuple[int, Finding]]:
    """Each account that is to be watched (0 if there is none), and whether its guard session is good. A worker's own
    session is not touched.

    `waiting` is told the seconds that it may take to be sure that nobody uses one.
    """
    held = await guardroom.held(redis, settings)
    if not held and settings.account:
        yield 0, ill(f"There is no guard session of ACCOUNT, {settings.account}. Run `doorman login`, or change it.")
    elif not held:
        yield 0, ill("There is no guard session yet. Run `doorman login`.")
    for account in held:
        yield account, await _check_guard(redis, settings, account, waiting=waiting)


async def _check_guard(
    redis: Store, settings: UserclientSettings, account: int, *, waiting: Callable[[float], None]
) -> Finding:
    try:
        found = await guardroom.find(redis, settings, account)
    except WrongKeyError:
        return ill(
            f"The guard session of {account} was kept under another SECRET_KEY. Put that back, or run `doorman login`."
        )
    if found is None or await guardroom.is_dead(redis, found):
        name = await called(redis, account)
        return ill(f"Telegram has ended the guard session of {name}. Run `doorman login`.")
    pulse = await feel(redis, account)
    if pulse and pulse.is_alive:
        return _age(await called(redis, account), pulse.status.guard_created_at, "Doorman is running")
    lease = Lease(redis, account, seconds=settings.lease_seconds)
    try:
        await lease.take(waiting=waiting, give_up=True)
    except LeaseLostError:
        return well(f"Doorman is running, or another command uses the guard session of {account} just now.")
    return await _try_guard(settings, found, lease)


async def _try_guard(settings: UserclientSettings, found: guardroom.GuardSession, lease: Lease) -> Finding:
    try:
        async with alone(lease), connected(settings, found, lease) as guard:
            own = (await guard.roster()).guard
            return _age(
                f"{guard.account_name} ({found.account})", own.created_at if own else None, "Doorman is not running"
            )
    except GuardLostError as error:
        return ill(f"The guard session of {found.account} is gone ({error.reason}). Run `doorman login`.")
    except SettingsError as error:
        return ill(str(error))
    except TelegramTrouble as error:
        return ill(f"No connection to Telegram ({error}). Check this machine's network, then try again.")


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


async def check_bot(settings: BotSettings, watched: Collection[int]) -> AsyncIterator[Finding]:
    """The bot's token, and whether its owners can be written to; `watched` are the accounts, as far as is known."""
    try:
        yield well(f"The bot's token is good: @{await whoami(settings)}.")
    except TokenRefusedError:
        yield ill("Telegram refuses BOT_TOKEN. Copy it again from @BotFather.")
        return
    except BotApiUnavailableError as error:
        yield ill(f"No connection to the Bot API ({masked(str(error))}). Check this machine's network and BOT_API_URL.")
        return
    unreachable = await unreachable_owners(settings)
    for owner in unreachable:
        yield ill(f"Owner {owner} can't be written to. They must open the bot's chat and press Start.")
    if not unreachable:
        yield well("Every owner can be written to.")
    if settings.owner_ids <= set(watched):
        who = "The only owner is the" if len(settings.owner_ids) == 1 else "Every owner is a"
        yield ill(
            f"{who} watched account itself: who breaks into it sees the bot too. "
            "Add a second account, or a person you trust, to OWNER_IDS."
        )


async def send_tests(settings: BotSettings) -> AsyncIterator[Finding]:
    """A message to every owner and to every address of ALERT_URLS: whether each took it."""
    for owner, why in (await send_test_to_owners(settings)).items():
        if why:
            yield ill(f"The test could not be sent to owner {owner}: {masked(why)}.")
        else:
            yield well(f"A test was sent to owner {owner}.")
    for tried in await send_test(settings):
        if tried.well:
            yield well(f"A test was sent by {tried.name}.")
        else:
            yield ill(f"The test could not be sent by {tried.name}: {tried.to_do}")


def check_env_file(path: Path) -> Iterator[Finding]:
    """Whether others on this machine may read it."""
    if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        yield ill(f"Others on this machine can read {path.name}, and what is secret in it: chmod 600 {path.name}")


async def check_codes(redis: Store, settings: BotSettings, watched: Collection[int]) -> AsyncIterator[Finding]:
    """Whether each owner is enrolled for one-time codes; `watched` are the accounts, as far as is known."""
    codes, now = OneTimeCodes(redis, settings.keyring), await redis_now(redis)
    watched = {*await accounts.known(redis), *watched}
    for owner in sorted(settings.owner_ids):
        how = f"`doorman enroll --owner {owner}`"
        try:
            left = (await codes.standing(owner, now=now)).recovery_left
        except UnreadableError as error:
            yield ill(
                f"The one-time codes of owner {owner} can't be opened ({error}). Put the SECRET_KEY that they were "
                f"made under back, or run {how}."
            )
        except NotEnrolledError:
            if owner in watched:
                yield ill(
                    f"Owner {owner} is a watched account and has no one-time codes: who breaks into it sees the bot "
                    f"too, and so protected actions are refused to it till then. Run {how}."
                )
            elif settings.codes_asked_of == "everyone":
                yield ill(
                    f"CODES_ASKED_OF is everyone, and owner {owner} has no one-time codes: protected actions are "
                    f"refused to them till then. Run {how}."
                )
            else:
                yield well(f"Owner {owner} is no watched account, and is asked for no one-time codes.")
        else:
            yield well(f"Owner {owner} is enrolled for one-time codes; {left} recovery codes are left.")


def well(line: str) -> Finding:
    """All is as it should be."""
    return Finding(well=True, line=line)


def ill(line: str) -> Finding:
    """Something is to be done; the line says what."""
    return Finding(well=False, line=line)
