"""Presses for the whole account, or for what it calls by a name of its own: they name no session."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from bot.handlers.ending import message_of
from bot.press import NO_MESSAGE, Press
from bot.views.buttons.sessions import Origin
from core.contract.commands import Command


def press_for(
    command: Command, *, account: int, owner: int, message_id: int | None = NO_MESSAGE, name: str = ""
) -> Press:
    """A press that asks for this, wherever it came from."""
    return Press.of(
        command,
        account=account,
        owner=owner,
        message_id=message_id or NO_MESSAGE,
        origin=Origin.LIST,
        name=name,
    )


def press_on(callback: CallbackQuery, command: Command, *, account: int, name: str = "") -> Press:
    """A press on the message that the button is on."""
    owner, message_id = callback.from_user.id, message_of(callback)
    return press_for(command, account=account, owner=owner, message_id=message_id, name=name)
