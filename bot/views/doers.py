"""Which owner had Doorman do something, to those who did not: whoever did sees it on the button's message."""

from __future__ import annotations

from datetime import datetime

from bot.views.wording import moment

ANOTHER = "Another owner"  # to the other owners
AN_OWNER = "An owner"  # on a channel, where whoever did it may read as well


def did_that(doer: str, at: datetime) -> str:
    """To be said under what was done."""
    return f"{doer} did that: {moment(at)}. If it was not them, somebody else is in their account."
