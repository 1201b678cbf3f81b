"""The guard session is gone: for each way in which that happens, what it is, what it means and what to do now."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.utils.formatting import Bold, Text

from bot.views.screen import Screen
from bot.views.wording import named
from core.contract.account_events import GuardLost
from core.contract.mishaps import GuardLoss

LOOK = "end what you don't know in Telegram → Settings → Devices"
LOG_IN = "run `doorman login` where Doorman runs"
BLIND = "Until Doorman is logged in again you are not told of new logins."


@dataclass(frozen=True, slots=True)
class Loss:
    """`to_do` comes after "Now: "; `is_alarm` is what a thief would do, or leave behind."""

    what: str
    meaning: str
    to_do: str
    is_alarm: bool = False


LOSSES = {
    GuardLoss.AUTH_KEY_UNREGISTERED: Loss(
        "Doorman's own session was logged out",
        "It was ended on another device, or Telegram dropped it.",
        f"if it was not you who ended it, {LOOK}, and change your 2FA password. Then {LOG_IN}.",
    ),
    GuardLoss.AUTH_KEY_INVALID: Loss(
        "Telegram no longer accepts Doorman's key",
        "The key is worth nothing any more; nobody has to have done that.",
        f"{LOG_IN}.",
    ),
    GuardLoss.AUTH_KEY_DUPLICATED: Loss(
        "Doorman's key was used in two places at once",
        "Telegram destroyed it for that. Either two copies of Doorman ran without a common Redis, or somebody has "
        "copied the key, and could read this account until now.",
        f"if no second Doorman of yours was running, at once {LOOK}, and change your 2FA password, SECRET_KEY and "
        f"the passwords of the server that Doorman runs on. Then {LOG_IN}.",
        is_alarm=True,
    ),
    GuardLoss.SESSION_REVOKED: Loss(
        "Somebody ended Doorman's session",
        "Another device of this account logged it out, perhaps along with all others. A thief does that to be unseen.",
        f"if it was not you, at once {LOOK}, and change your 2FA password. Then {LOG_IN}.",
        is_alarm=True,
    ),
    GuardLoss.SESSION_EXPIRED: Loss(
        "Doorman's own session ran out",
        "Telegram ends sessions that are idle for longer than the account allows.",
        f"{LOG_IN}; a longer time can be set in Telegram → Settings → Devices.",
    ),
    GuardLoss.USER_DEACTIVATED: Loss(
        "The account was deleted",
        "Telegram knows it no more, so there is nothing left to watch.",
        "if it was not you, write to recover@telegram.org soon; a deleted account can't be brought back later.",
        is_alarm=True,
    ),
    GuardLoss.USER_DEACTIVATED_BAN: Loss(
        "Telegram has banned the account",
        "All its sessions are gone. Strangers in an account get it banned too.",
        f"write to recover@telegram.org to appeal. Once it is back, {LOG_IN}.",
        is_alarm=True,
    ),
}


def why_lost(reason: str, *, briefly: bool = False) -> str:
    """What happened and what to do now, by Telegram's word for it; briefly, where to read what to do."""
    if reason not in set(GuardLoss):
        return "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs."
    loss = LOSSES[GuardLoss(reason)]
    return f"⚠️ {loss.what}. /status says what to do now." if briefly else f"⚠️ {loss.what}.\nNow: {loss.to_do}"


def guard_lost(event: GuardLost, *, account_name: str) -> Screen:
    """Doorman is blind for good, or until a new login."""
    loss = LOSSES[event.reason]
    text = Text(
        Bold("🚨 " if loss.is_alarm else "⚠️ ", loss.what, ": "),
        named(account_name),
        f"\n\n{loss.meaning}",
        f" {BLIND}" if "doorman login" in loss.to_do else "",
        "\n\n",
        Bold("Now: "),
        loss.to_do,
        f"\n\nTelegram's word for it: {event.reason}",
    )
    return Screen(text=text)
