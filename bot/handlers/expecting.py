"""What an owner says to expect: a device that they are about to add, or travel."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.choosing import answer
from bot.views.buttons.settings import Topic


def router() -> Router:
    """Handlers of /adding and /travel; the buttons below them are those of the settings."""
    expecting = Router(name="expecting")

    @expecting.message(Command("adding", ignore_case=True))
    async def adding(message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        await answer(message.chat.id, Topic.ADDING, command.args or "", gateway=gateway, courier=courier, gate=gate)

    @expecting.message(Command("travel", ignore_case=True))
    async def travel(message: Message, command: CommandObject, gateway: Gateway, courier: Courier, gate: Gate) -> None:
        await answer(message.chat.id, Topic.TRAVEL, command.args or "", gateway=gateway, courier=courier, gate=gate)

    return expecting
