"""What all buttons are made of: data of at most 64 bytes each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import AfterValidator, Field

from core.domain.sessions import check_hash

Hash = Annotated[str, AfterValidator(check_hash)]
#: Telegram's user ids have at most 52 significant bits (Bot API).
Account = Annotated[int, Field(gt=0, le=2**52)]


def minutes_of(at: datetime) -> int:
    """When a question is put, as its button keeps it."""
    return int(at.timestamp()) // 60


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """One inline button."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Rows of buttons."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])
