"""The data of the buttons on the checkup's pages: the account's points, its websites, bots, passkeys and login lock."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.views.buttons.basics import Account, Hash
from core.domain.points import Topic

HOURS_MOST = 24 * 7


class ShowCheckup(CallbackData, prefix="cu"):
    """Show the checkup, freshly fetched."""

    account: Account


class Review(CallbackData, prefix="cv"):
    """Show the sessions that a point is about."""

    account: Account
    topic: Topic


class CallOff(CallbackData, prefix="cr"):
    """Call off the reset of the 2FA password."""

    account: Account


class ShowWebsites(CallbackData, prefix="wl"):
    """Show a page of the websites, freshly fetched; pages count from 0."""

    account: Account
    page: int = Field(default=0, ge=0, lt=10**4)


class AskWebsite(CallbackData, prefix="wa"):
    """The first press on "Log out": ask for the second."""

    account: Account
    hash: Hash


class ConfirmWebsite(CallbackData, prefix="wx"):
    """The second press. `asked` is when the question was put, in minutes since 1970, here and below."""

    account: Account
    hash: Hash
    asked: int


class AskWebsites(CallbackData, prefix="wA"):
    """Log all websites out: list them and ask."""

    account: Account


class ConfirmWebsites(CallbackData, prefix="wX"):
    """Log all websites out."""

    account: Account
    asked: int


class ShowBots(CallbackData, prefix="bl"):
    """Show the business bots, freshly fetched."""

    account: Account


class AskBot(CallbackData, prefix="ba"):
    """The first press on "Disconnect": ask for the second."""

    account: Account
    bot: Account


class ConfirmBot(CallbackData, prefix="bx"):
    """The second press."""

    account: Account
    bot: Account
    asked: int


class ShowPasskeys(CallbackData, prefix="pl"):
    """Show the passkeys, freshly fetched."""

    account: Account


class ShowLock(CallbackData, prefix="kl"):
    """Show how the login lock stands."""

    account: Account


class Lock(CallbackData, prefix="ko"):
    """Lock logins for so many hours from the press on; 0 is until somebody unlocks them."""

    account: Account
    hours: int = Field(ge=0, le=HOURS_MOST)


class Unlock(CallbackData, prefix="ku"):
    """Lock logins no more."""

    account: Account


class KillLateCodes(CallbackData, prefix="kk"):
    """Make the login codes that came lately worthless."""

    account: Account
