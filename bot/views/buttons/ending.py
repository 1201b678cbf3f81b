"""The data of the buttons that end sessions, one or all but Doorman's own: a question, then the answer."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from bot.views.buttons.basics import Account, Hash
from bot.views.buttons.sessions import Origin


class AskEnd(CallbackData, prefix="e"):
    """The first press on End: ask for the second."""

    account: Account
    hash: Hash
    origin: Origin


class ConfirmEnd(CallbackData, prefix="x"):
    """The second press: end it. `asked` is when the question was put, in minutes since 1970."""

    account: Account
    hash: Hash
    origin: Origin
    asked: int


class KeepSession(CallbackData, prefix="k"):
    """Not the second press: leave everything as it is."""

    account: Account
    hash: Hash
    origin: Origin


class EndLater(CallbackData, prefix="el"):
    """End it as soon as Telegram allows it. `asked` is when that was offered, in minutes since 1970."""

    account: Account
    hash: Hash
    asked: int


class DontEnd(CallbackData, prefix="en"):
    """Don't end it, though it was to be ended as soon as Telegram allows it."""

    account: Account
    hash: Hash
    origin: Origin


class AskEndOthers(CallbackData, prefix="E"):
    """End all sessions but Doorman's own: list them and ask."""

    account: Account


class AskEndOthersApart(CallbackData, prefix="ae"):
    """The same, asked in a message of its own: the one that the button is on is to stay as it is."""

    account: Account


class ConfirmEndOthers(CallbackData, prefix="X"):
    """End those on the list of that name."""

    account: Account
    list: str
