"""`doorman enroll`: an owner's one-time codes are made here, in a terminal, and never sent through a chat."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

import click
import segno
from redis.exceptions import RedisError

from bot.codes.enrolment import STEP_SECONDS, TOLERANCE, Enrolment, new_enrolment, step_at
from bot.codes.typed import AppCode, in_groups, read
from bot.one_time_codes import NotEnrolledError, OneTimeCodes, UnreadableError
from bot.settings import BotSettings
from core.bus import redis_now
from core.connection import Store
from core.settings import load
from doorman.settings import DoormanSettings
from doorman.store import opened_redis

T = TypeVar("T")

TRIES = 3
#: How far off a clock is looked for, to tell a wrong clock from a wrong code.
FAR_OFF = 240
KEPT_NOTHING = "Nothing was changed."


def enroll(*, owner: int | None, remove: bool) -> None:
    """Make an owner's one-time codes, or remove them."""
    asyncio.run(_enroll(load(BotSettings), load(DoormanSettings), owner=owner, remove=remove))


async def _enroll(settings: BotSettings, command: DoormanSettings, *, owner: int | None, remove: bool) -> None:
    owner = _chosen(owner, settings.owner_ids)
    async with opened_redis(command) as redis:
        codes = OneTimeCodes(redis, settings.keyring)
        try:
            await (_remove(codes, owner) if remove else _replace(redis, codes, owner))
        except RedisError as error:
            raise click.ClickException(
                f"Redis stopped answering ({type(error).__name__}). Run `doorman enroll` again."
            ) from None


def _chosen(owner: int | None, owners: frozenset[int]) -> int:
    listed = ", ".join(str(one) for one in sorted(owners))
    if owner is None:
        if len(owners) > 1:
            raise click.ClickException(f"OWNER_IDS has several: {listed}. Say whose codes with --owner.")
        [owner] = owners
    if owner not in owners:
        raise click.ClickException(f"{owner} is not an owner. OWNER_IDS has {listed}.")
    return owner


async def _remove(codes: OneTimeCodes, owner: int) -> None:
    if not await codes.is_enrolled(owner):
        raise click.ClickException(f"Owner {owner} is not enrolled.")
    if not _asked(lambda: click.confirm(f"Remove the codes of owner {owner}? Protected actions are then refused")):
        click.echo(KEPT_NOTHING)
        return
    await codes.remove(owner)
    click.echo(f"Removed. Owner {owner} can do nothing that asks for a code, until the next `doorman enroll`.")
    click.echo(f"In the app, remove “Doorman ({owner})” yourself.")


async def _replace(redis: Store, codes: OneTimeCodes, owner: int) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.ClickException(
            "Run it in a terminal: what it shows is secret, and must not get into a file or log."
        )
    if not await _may_replace(redis, codes, owner):
        click.echo(KEPT_NOTHING)
        return
    enrolment, recovery = new_enrolment(await redis_now(redis))
    _show_secret(enrolment, owner)
    step = await _proven(redis, enrolment)
    await codes.keep(owner, enrolment, last_step=step)
    click.echo(f"\nOwner {owner} is enrolled. Doorman asks in the chat for a code before it does what is protected.")
    click.echo("The code that you typed is used up: the app's next one is good.")
    _show_recovery(recovery)


async def _may_replace(redis: Store, codes: OneTimeCodes, owner: int) -> bool:
    try:
        standing = await codes.standing(owner, now=await redis_now(redis))
    except NotEnrolledError:
        return True
    except UnreadableError:
        found = f"What is kept of owner {owner}'s codes can't be opened: SECRET_KEY was another, or it was changed."
    else:
        found = f"Owner {owner} is enrolled already, since {standing.enrolled_at:%-d %b %Y, %H:%M} UTC."
    click.echo(found)
    return _asked(lambda: click.confirm("Replace it? The former codes, recovery codes too, are then good no more"))


def _show_secret(enrolment: Enrolment, owner: int) -> None:
    click.echo("Scan this with an authenticator app, best on a device where the watched account is not logged in:")
    segno.make(enrolment.uri(owner), error="L").terminal(out=sys.stdout, compact=True)
    click.echo(f"Or type the key into the app (time-based): {in_groups(enrolment.secret, ' ')}")
    click.echo("Whoever has this picture or key has the codes: send it to nobody, keep it in no chat.\n")


async def _proven(redis: Store, enrolment: Enrolment) -> int:
    """The step of a code that shows that the app has the secret and a right clock."""
    for left in range(TRIES - 1, -1, -1):
        typed = read(_asked(lambda: str(click.prompt("The code that the app shows now"))))
        now = await redis_now(redis)
        if isinstance(typed, AppCode):
            here = step_at(now)
            if steps := enrolment.steps(typed.digits, here - TOLERANCE, here + TOLERANCE):
                return steps[-1]
        advice = _advice(enrolment, typed.digits if isinstance(typed, AppCode) else "", now)
        if not left:
            raise click.ClickException(f"{advice} Nothing was kept. Run `doorman enroll` again.")
        click.echo(f"{advice} {left} {'try' if left == 1 else 'tries'} left.", err=True)
    raise AssertionError


def _advice(enrolment: Enrolment, digits: str, now: datetime) -> str:
    here = step_at(now)
    if not (steps := enrolment.steps(digits, here - FAR_OFF, here + FAR_OFF)):
        return "That code is wrong."
    minutes = max(1, round(abs(steps[0] - here) * STEP_SECONDS / 60))
    way = "ahead of" if steps[0] > here else "behind"
    return f"That code was not of now: the app's clock is about {minutes} min {way} Redis's ({now:%H:%M:%S} UTC)."


def _show_recovery(codes: tuple[str, ...]) -> None:
    click.echo(
        "\nRecovery codes, for the day when the app is lost. Each is good once, in place of a code from the app:\n"
    )
    for code in codes:
        click.echo(f"    {code}")
    click.echo(
        "\nThey are shown this once. Write them on paper or put them into a password manager: not on the phone that "
        "has the app, and never into a Telegram chat, where an intruder would read them."
    )
    click.echo("Then clear this terminal.")


def _asked(question: Callable[[], T]) -> T:
    """Ask, and let Ctrl-C end it: asyncio's own answer to Ctrl-C waits for a loop that the question holds up."""
    with _ctrl_c_at_once():
        return question()


@contextmanager
def _ctrl_c_at_once() -> Iterator[None]:
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
