"""Whether the bot can do its work: its token is good and its owners can be written to; for `doorman doctor`."""

from __future__ import annotations

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import ClientDecodeError, TelegramAPIError

from bot.delivery.patience import TOKEN_REFUSED, insist
from bot.settings import BotSettings
from bot.views.letter import trial
from core.settings import SettingsError

#: A call that hangs is tried again after so long; aiogram's own 60 is long for an alert. getUpdates adds its wait.
CALL_SECONDS = 15.0


class TokenRefusedError(Exception):
    """Telegram knows no bot of that token."""


class BotApiUnavailableError(Exception):
    """The Bot API did not answer as it should."""


def make_bot(settings: BotSettings) -> Bot:
    """A Bot API client for the settings' server."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.bot_api_url), timeout=CALL_SECONDS)
    return Bot(settings.bot_token.get_secret_value(), session=session)


async def introduce(bot: Bot) -> None:
    """Learn the bot's own name, which aiogram asks for but once; wait for it where the Bot API can't be reached.

    Raises SettingsError for a token that Telegram refuses.
    """

    async def ask() -> None:
        try:
            await bot.me()
        except TOKEN_REFUSED:
            raise SettingsError("BOT_TOKEN is refused by Telegram. Copy it again from @BotFather.") from None

    await insist(ask)


async def whoami(settings: BotSettings) -> str:
    """The bot's username. Raises TokenRefusedError, BotApiUnavailableError."""
    async with make_bot(settings) as bot:
        try:
            return (await bot.get_me()).username or ""
        except TOKEN_REFUSED:
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


async def send_test_to_owners(settings: BotSettings) -> dict[int, str]:
    """Tell every owner that this is a test; for each why that failed, "" where it did not."""
    outcomes = {}
    async with make_bot(settings) as bot:
        for owner in sorted(settings.owner_ids):
            try:
                await bot.send_message(owner, f"{trial().title}\n\n{trial().body}")
                outcomes[owner] = ""
            except (TelegramAPIError, ClientDecodeError) as error:
                outcomes[owner] = error.message
    return outcomes
