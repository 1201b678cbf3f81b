"""The command menu: owners alone see it, a stranger is not told what there is to try."""

from __future__ import annotations

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import BotCommandScopeChat

from bot.views.welcome import COMMANDS

log = structlog.get_logger()


async def offer_commands(bot: Bot, *owners: int) -> None:
    """Set the menu in these chats; an owner who has not opened the chat yet gets it with /start."""
    for owner in owners:
        try:
            await bot.set_my_commands(COMMANDS, scope=BotCommandScopeChat(chat_id=owner))
        except (TelegramAPIError, ClientDecodeError) as error:
            log.warning("command_menu_not_set", owner=owner, why=error.message)
