"""Whether the bot can do its work: its token is good and its owners can be written to; for `doorman doctor`."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramUnauthorizedError

from bot.settings import BotSettings


class TokenRefusedError(Exception):
    """Telegram knows no bot of that token."""


class BotApiUnavailableError(Exception):
    """The Bot API did not answer as it should."""


def make_bot(settings: BotSettings) -> Bot:
    """A Bot API client for the settings' server."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.bot_api_url))
    return Bot(settings.bot_token.get_secret_value(), session=session)


async def whoami(settings: BotSettings) -> str:
    """The bot's username. Raises TokenRefusedError, BotApiUnavailableError."""
    async with make_bot(settings) as bot:
        try:
            return (await bot.get_me()).username or ""
        except TelegramUnauthorizedError:
            raise TokenRefusedError from None
        except TelegramAPIError as error:
            raise BotApiUnavailableError(error.message) from None


async def unreachable_owners(settings: BotSettings) -> list[int]:
    """The owners who have not opened the bot's chat, so that no alert can reach them."""
    async with make_bot(settings) as bot:
        unreachable = []
        for owner in sorted(settings.owner_ids):
            try:
                await bot.get_chat(owner)
            except TelegramAPIError:
                unreachable.append(owner)
        return unreachable
