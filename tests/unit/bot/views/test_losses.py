"""Each way in which the guard session dies, word for word."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.views.losses import guard_lost, why_lost
from bot.views.screen import Screen
from core.contract.account_events import GuardLost
from core.contract.mishaps import GuardLoss
from tests.crowds import LONGEST
from tests.domain_values import ACCOUNT, NOW
from tests.screens import fits_telegram, plain


def lost(reason: GuardLoss, account_name: str = "Ada") -> Screen:
    return guard_lost(GuardLost(account=ACCOUNT, at=NOW, reason=reason), account_name=account_name)


def test_what_happened_what_it_means_and_what_to_do() -> None:
    assert {reason.value: plain(lost(reason)) for reason in GuardLoss} == snapshot(
        {
            "AUTH_KEY_UNREGISTERED": """\
⚠️ Doorman's own session was logged out: \u2068Ada\u2069

It was ended on another device, or Telegram dropped it. Until Doorman is logged in again you are not told of new logins.

Now: if it was not you who ended it, end what you don't know in Telegram → Settings → Devices, and change your 2FA password. Then run `doorman login` where Doorman runs.

Telegram's word for it: AUTH_KEY_UNREGISTERED\
""",
            "AUTH_KEY_INVALID": """\
⚠️ Telegram no longer accepts Doorman's key: \u2068Ada\u2069

The key is worth nothing any more; nobody has to have done that. Until Doorman is logged in again you are not told of new logins.

Now: run `doorman login` where Doorman runs.

Telegram's word for it: AUTH_KEY_INVALID\
""",
            "AUTH_KEY_DUPLICATED": """\
🚨 Doorman's key was used in two places at once: \u2068Ada\u2069

Telegram destroyed it for that. Either two copies of Doorman ran without a common Redis, or somebody has copied the key, and could read this account until now. Until Doorman is logged in again you are not told of new logins.

Now: if no second Doorman of yours was running, at once end what you don't know in Telegram → Settings → Devices, and change your 2FA password, SECRET_KEY and the passwords of the server that Doorman runs on. Then run `doorman login` where Doorman runs.

Telegram's word for it: AUTH_KEY_DUPLICATED\
""",
            "SESSION_REVOKED": """\
🚨 Somebody ended Doorman's session: \u2068Ada\u2069

Another device of this account logged it out, perhaps along with all others. A thief does that to be unseen. Until Doorman is logged in again you are not told of new logins.

Now: if it was not you, at once end what you don't know in Telegram → Settings → Devices, and change your 2FA password. Then run `doorman login` where Doorman runs.

Telegram's word for it: SESSION_REVOKED\
""",
            "SESSION_EXPIRED": """\
⚠️ Doorman's own session ran out: \u2068Ada\u2069

Telegram ends sessions that are idle for longer than the account allows. Until Doorman is logged in again you are not told of new logins.

Now: run `doorman login` where Doorman runs; a longer time can be set in Telegram → Settings → Devices.

Telegram's word for it: SESSION_EXPIRED\
""",
            "USER_DEACTIVATED": """\
🚨 The account was deleted: \u2068Ada\u2069

Telegram knows it no more, so there is nothing left to watch.

Now: if it was not you, write to recover@telegram.org soon; a deleted account can't be brought back later.

Telegram's word for it: USER_DEACTIVATED\
""",
            "USER_DEACTIVATED_BAN": """\
🚨 Telegram has banned the account: \u2068Ada\u2069

All its sessions are gone. Strangers in an account get it banned too. Until Doorman is logged in again you are not told of new logins.

Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.

Telegram's word for it: USER_DEACTIVATED_BAN\
""",
        }
    )


@pytest.mark.parametrize("reason", GuardLoss)
def test_each_has_words_of_its_own_and_telegrams(reason: GuardLoss) -> None:
    screen = lost(reason, account_name=LONGEST)
    fits_telegram(screen)
    assert reason.value in plain(screen)
    assert len({plain(lost(other)).split(":")[0] for other in GuardLoss}) == len(GuardLoss)


@pytest.mark.parametrize("reason", GuardLoss)
def test_it_is_told_again_wherever_it_matters_with_what_to_do_now(reason: GuardLoss) -> None:
    told = why_lost(reason)
    assert told.startswith("⚠️ ")
    assert told.replace("⚠️ ", "").partition(".\n")[0] in plain(lost(reason))
    assert told.partition("\nNow: ")[2] in plain(lost(reason))
    assert why_lost(reason, briefly=True) == told.partition("\n")[0] + " /status says what to do now."


@pytest.mark.parametrize("reason", ["", "SOMETHING_NEW"])
def test_a_reason_that_is_not_known_is_no_fault(reason: str) -> None:
    for briefly in (False, True):
        assert why_lost(reason, briefly=briefly) == snapshot(
            "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs."
        )


@pytest.mark.parametrize(
    "reason", [GuardLoss.AUTH_KEY_DUPLICATED, GuardLoss.SESSION_REVOKED, GuardLoss.USER_DEACTIVATED_BAN]
)
def test_what_a_thief_does_is_an_alarm(reason: GuardLoss) -> None:
    assert plain(lost(reason)).startswith("🚨")


@pytest.mark.parametrize("reason", [GuardLoss.AUTH_KEY_INVALID, GuardLoss.SESSION_EXPIRED])
def test_what_comes_by_itself_is_none(reason: GuardLoss) -> None:
    assert plain(lost(reason)).startswith("⚠️")
