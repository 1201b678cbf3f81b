"""The data of the buttons on alerts, those that end a session apart."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from bot.views.buttons.basics import Account, Hash


class WasMe(CallbackData, prefix="m"):
    """The new login was the owner's own."""

    account: Account
    hash: Hash


class RemindMe(CallbackData, prefix="rl"):
    """Tell of the new login again in an hour."""

    account: Account
    hash: Hash


class GiveFormerLabel(CallbackData, prefix="fl"):
    """Call the new session what its device was called when it was logged in before."""

    account: Account
    hash: Hash


class StopCodes(CallbackData, prefix="ak"):
    """On an alert: make the login codes that came lately worthless. A `guide` keeps its other buttons."""

    account: Account
    guide: bool


class CallOffReset(CallbackData, prefix="ar"):
    """On an alert: call off the reset of the 2FA password. A `guide` keeps its other buttons."""

    account: Account
    guide: bool


class CutWebsite(CallbackData, prefix="aw"):
    """On an alert: log that website out. A `guide` keeps its other buttons."""

    account: Account
    website: Hash
    guide: bool


class CutBot(CallbackData, prefix="ab"):
    """On an alert: have that business bot read no more chats. A `guide` keeps its other buttons."""

    account: Account
    bot: Account
    guide: bool
