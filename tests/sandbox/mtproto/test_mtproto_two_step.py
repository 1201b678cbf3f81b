"""What a stock Telethon client reads of two-step verification, and how a reset of it is asked for and stopped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from sandbox.people import Person, now
from sandbox.world import World

SignedIn = Callable[..., Awaitable[Any]]

STATE = functions.account.GetPasswordRequest
RESET = functions.account.ResetPasswordRequest
DECLINE = functions.account.DeclinePasswordResetRequest
WEEK = timedelta(days=7)


async def test_without_a_password_nothing_is_said_of_one(signed_in: SignedIn) -> None:
    client = await signed_in()
    state = await client(STATE())
    assert (state.has_password, state.has_recovery, state.hint, state.pending_reset_date) == (False, False, None, None)
    assert (state.email_unconfirmed_pattern, state.login_email_pattern) == (None, None)


async def test_with_one_its_hint_and_its_recovery_address_are_known(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    ada.password, ada.password_hint = "correct horse", "a horse"
    state = await client(STATE())
    assert (state.has_password, state.has_recovery, state.hint) == (True, False, "a horse")
    ada.security.recovery_email = "ada@mail.example"
    assert (await client(STATE())).has_recovery


async def test_of_an_address_only_its_pattern_is_shown(signed_in: SignedIn, ada: Person) -> None:
    client = await signed_in()
    ada.security.unconfirmed_email, ada.security.login_email = "ada@mail.example", "a.l@sub.mail.example"
    state = await client(STATE())
    assert state.email_unconfirmed_pattern == "a**@m***.example"
    assert state.login_email_pattern == "a**@s*******.example"


async def test_a_reset_that_somebody_asked_for_is_shown_with_its_date(signed_in: SignedIn, ada: Person) -> None:
    intruder, guard = await signed_in(), await signed_in()
    ada.password = "correct horse"
    asked = await intruder(RESET())
    assert isinstance(asked, types.account.ResetPasswordRequestedWait)
    assert timedelta(0) <= now() + WEEK - asked.until_date < timedelta(seconds=5)
    assert (await guard(STATE())).pending_reset_date == asked.until_date
    assert (await intruder(RESET())).until_date == asked.until_date, "asking again makes it neither sooner nor later"


async def test_a_reset_is_declined_once_and_can_not_be_asked_for_again_at_once(
    signed_in: SignedIn, ada: Person
) -> None:
    client = await signed_in()
    ada.password = "correct horse"
    await client(RESET())
    assert await client(DECLINE())
    state = await client(STATE())
    assert (state.pending_reset_date, state.has_password) == (None, True)
    with pytest.raises(errors.ResetRequestMissingError):
        await client(DECLINE())
    refused = await client(RESET())
    assert isinstance(refused, types.account.ResetPasswordFailedWait)
    assert refused.retry_date > now()
    ada.security.reset_retry_date = now()
    assert isinstance(await client(RESET()), types.account.ResetPasswordRequestedWait)


async def test_nothing_is_declined_that_nobody_asked_for(signed_in: SignedIn) -> None:
    client = await signed_in()
    with pytest.raises(errors.ResetRequestMissingError):
        await client(DECLINE())


async def test_there_is_nothing_to_reset_without_a_password(signed_in: SignedIn) -> None:
    client = await signed_in()
    with pytest.raises(errors.PasswordEmptyError):
        await client(RESET())


async def test_a_password_lasts_until_its_reset_is_asked_for_again_when_its_time_has_come(
    signed_in: SignedIn, ada: Person
) -> None:
    client = await signed_in()
    ada.password, ada.password_hint, ada.security.recovery_email = "correct horse", "a horse", "ada@mail.example"
    await client(RESET())
    ada.security.pending_reset_date = now()
    assert (await client(STATE())).has_password
    assert isinstance(await client(RESET()), types.account.ResetPasswordOk)
    state = await client(STATE())
    assert (state.has_password, state.has_recovery, state.hint, state.pending_reset_date) == (False, False, None, None)


async def test_who_is_thrown_out_or_banned_reads_nothing_of_it(signed_in: SignedIn, ada: Person, world: World) -> None:
    client, other = await signed_in(), await signed_in()
    ada.frozen_since = now()
    assert await client(STATE()), "whoever is frozen must still be able to sign in"
    ada.deactivated = "USER_DEACTIVATED_BAN"
    with pytest.raises(errors.UserDeactivatedBanError):
        await client(STATE())
    ada.deactivated = ""
    world.log_out_others(ada, but=())
    with pytest.raises(errors.SessionRevokedError):
        await other(STATE())
