"""The data of the buttons on the help pages."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData


class ShowHelp(CallbackData, prefix="hp"):
    """Show a page of the help, by its name; its first where there is none."""

    page: str
