"""The data of the buttons that set when unused sessions end."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from bot.views.buttons.basics import Account


class ShowLifetime(CallbackData, prefix="ds"):
    """Show when unused sessions end, in this message's place."""

    account: Account


class AskLifetime(CallbackData, prefix="da"):
    """End unused sessions after so many days; ask first if that ends some at once."""

    account: Account
    days: int


class ConfirmLifetime(CallbackData, prefix="dc"):
    """The second press on that. `asked` is when the question was put, in minutes since 1970."""

    account: Account
    days: int
    asked: int
