"""Somebody else writes into Doorman's Redis: what was found, what it means, and what to do."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.keyboards import settled_keyboard
from bot.views.screen import Screen
from bot.views.wording import named
from core.contract.mishaps import Tampering

FOUND = {
    Tampering.COMMAND_FORGED: "There was an order in it that no bot of yours had given. It was not carried out.",
    Tampering.COMMAND_REPLAYED: "An order of yours that was carried out once was in it again. It was refused.",
    Tampering.SNAPSHOT_FORGED: "Doorman's note of who was logged in had been changed. It was thrown away, and the list "
    "above was fetched from Telegram.",
    Tampering.SNAPSHOT_OLD: "Doorman's note of who was logged in was an older one, put back while Doorman did not run. "
    "To be safe, no session counts as trusted any more, no rule ends one and none waits to be ended: trust yours anew, "
    "and look through /settings and /lock. Some news may be told twice.",
    Tampering.REPORT_FORGED: "There was a report in it that no worker of yours had made. It was not believed.",
    Tampering.REPORTS_MISSING: "Reports that Doorman's worker had made for you were taken out of it, or could not be "
    "read: there may be news that you were not told.",
    Tampering.REPORT_OLD: "An old report was put into it again. It was not believed.",
    Tampering.STATE_OLD: "Doorman's notes in it were replaced by older ones while Doorman did not run, or Redis lost "
    "the last of them. A session that you trust no more may be marked as trusted again, and what you set "
    "since then may be as before.",
}


def tampering(account: int, what: Tampering, *, account_name: str) -> Screen:
    """One kind of it was found."""
    text = Text(
        Bold("🚨 Somebody else writes into Doorman's Redis: "),
        named(account_name),
        f"\n\n{FOUND[what]} Whoever does that can keep Doorman from working, but can't have it end, confirm or trust a "
        "session.\n\n",
        Bold("Now: "),
        "look at who is logged in. Then give Redis a new password, and see that nobody else can reach it. If you have "
        "just changed SECRET_KEY: bot and worker must have the same one.",
    )
    return Screen(text=text, keyboard=settled_keyboard(account))


def begins(account: int, *, account_name: str) -> Screen:
    """The first word to an owner of whom no note is left, or who is new."""
    text = Text(
        Bold("From here on you are told here what happens to "),
        named(account_name),
        "\n\nIf you were told before, then Doorman's notes of that are gone, and some news may be. "
        "Look at who is logged in now.",
    )
    return Screen(text=text, keyboard=settled_keyboard(account))
