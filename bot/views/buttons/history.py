"""The data of the buttons on what happened: pages, files, the picture."""

from __future__ import annotations

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.views.buttons.basics import Account, Hash


class Group(StrEnum):
    """Kinds of entries that are looked at together."""

    ALL = "a"
    LOGINS = "l"
    ENDS = "e"
    MOVES = "m"
    CHANGES = "c"
    ACCOUNT = "k"


class Since(StrEnum):
    """How far back one looks."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    EVER = "e"


class ShowHistory(CallbackData, prefix="h"):
    """Show a page of what happened, newest first. The pages are of what was known before `until`, in seconds since
    1970, so that what comes later moves nothing; 0 is now.
    """

    account: Account
    group: Group = Group.ALL
    since: Since = Since.EVER
    until: int = Field(default=0, ge=0, lt=10**10)
    page: int = Field(default=0, ge=0, lt=1000)


class ShowStory(CallbackData, prefix="y"):
    """The same of one session."""

    account: Account
    hash: Hash
    until: int = Field(default=0, ge=0, lt=10**10)
    page: int = Field(default=0, ge=0, lt=1000)


class SendEvidence(CallbackData, prefix="v"):
    """Send all that is known of one session as a file."""

    account: Account
    hash: Hash


class SendTimeline(CallbackData, prefix="T"):
    """Send the picture of so many days."""

    account: Account
    days: int = Field(gt=0, le=90)
