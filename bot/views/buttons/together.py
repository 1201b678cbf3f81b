"""The data of the buttons on a message that tells of several logins: what is asked about one is asked apart from it."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData

from bot.views.buttons.basics import Account, Hash


class WasMeToo(CallbackData, prefix="mt"):
    """One of the logins was the owner's own."""

    account: Account
    hash: Hash


class AskEndApart(CallbackData, prefix="et"):
    """End one of them: ask for the second press in a message of its own."""

    account: Account
    hash: Hash


class AskEndThese(CallbackData, prefix="ez"):
    """End all on this message that nobody has answered for: list them and ask."""

    account: Account


class ConfirmEndThese(CallbackData, prefix="Z"):
    """End those on the list of that name."""

    account: Account
    list: str
