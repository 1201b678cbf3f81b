"""The login lock: whether it is on, until when, and what it means."""

from __future__ import annotations

from datetime import datetime

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.checkup import KillLateCodes, Lock, ShowLock, Unlock
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.domain.preferences import Preferences

MEANS = (
    "While it is on, Doorman kills every login code as it comes: nobody can log in by a code, and neither can you. "
    "Whoever is logged in stays. A QR code and a passkey still let somebody in, and so does a code that comes while "
    "Doorman is stopped."
)
KILLING = "“Kill codes” makes those that came lately worthless, once."
TYPED = "Any other time: /lock and a number of hours, as in /lock 12."
#: The preferences that it is made of.
LOCK_FIELDS = ("is_locked", "lock_until")
#: What can be typed.
LOCK_HOURS = range(1, 169)
BAD_LOCK = (
    f"Send /lock on, /lock off, or a number of hours from {LOCK_HOURS[0]} to {LOCK_HOURS[-1]}, as in /lock 8. "
    "Nothing was changed."
)
HOURS = {1: "Lock 1 h", 8: "Lock 8 h", 0: "Until switched off"}


def lock_page(account: int, preferences: Preferences, *, account_name: str, now: datetime, why: str = "") -> Screen:
    """How it stands, and the ways to change it; `why` nothing can be changed just now."""
    is_on = preferences.locks(now)
    text = Text(
        Bold("Login lock of "),
        named(account_name),
        f"\n\n🔐 It is on {_until(preferences)}." if is_on else "\n\nIt is off: a login code works for whoever has it.",
        f"\n\n{why}" if why else "",
        f"\n\n{MEANS}\n\n{KILLING}\n\n{TYPED}",
    )
    offered = {hours: span for hours, span in HOURS.items() if hours or not is_on or preferences.lock_until}
    locks = [button(span, Lock(account=account, hours=hours)) for hours, span in offered.items()]
    unlock = [button("Switch it off", Unlock(account=account))] if is_on else []
    kill = button("Kill codes", KillLateCodes(account=account))
    return Screen(text=text, keyboard=keyboard(unlock, locks, [kill, button("🔄 Refresh", ShowLock(account=account))]))


def lock_line(preferences: Preferences, *, now: datetime) -> str:
    """That it is on, and until when; "" if it is not."""
    if not preferences.locks(now):
        return ""
    return f"🔐 The login lock is on {_until(preferences)}: nobody can log in by a code."


def _until(preferences: Preferences) -> str:
    return f"until {moment(preferences.lock_until)}" if preferences.lock_until else "until it is switched off"
