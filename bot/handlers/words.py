"""What the owner types: /start, /help, /status, and anything else."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from aiogram import Bot, Router
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, ChatMemberUpdated, Message

from bot.channels.channel import Channel
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.looking import show
from bot.menu import offer_commands
from bot.views.buttons.help import ShowHelp
from bot.views.help.index import help_page
from bot.views.status import status_page
from bot.views.welcome import unknown_command, welcome


def router(owners: frozenset[int]) -> Router:
    """Handlers in the order in which they are tried; the one for anything else goes last, in `anything_else`."""
    words = Router(name="words")

    @words.message(CommandStart(ignore_case=True))
    async def start(message: Message, bot: Bot, gateway: Gateway, courier: Courier) -> None:
        accounts = await gateway.accounts()
        screen = welcome(watching=bool(accounts), only_owner_is_account=bool(accounts) and owners <= set(accounts))
        await courier.send(message.chat.id, screen)
        await offer_commands(bot, message.chat.id)

    @words.my_chat_member()
    async def unblocked_or_blocked(_: ChatMemberUpdated) -> None:
        """Asked for, so that Telegram sends it: `OwnersOnly` takes it for the sign of life that it is."""

    @words.message(Command("help", ignore_case=True))
    async def help_(message: Message, courier: Courier) -> None:
        await courier.send(message.chat.id, help_page())

    @words.callback_query(ShowHelp.filter())
    async def turn(callback: CallbackQuery, callback_data: ShowHelp, courier: Courier) -> None:
        await show(callback, courier, help_page(callback_data.page))

    @words.message(Command("status", ignore_case=True))
    async def status(
        message: Message, gateway: Gateway, courier: Courier, gate: Gate, channels: tuple[Channel, ...]
    ) -> None:
        owner, pulses = message.chat.id, await gateway.pulses()
        known = {account: await gateway.snapshot(account) for account, _ in pulses}
        screen = status_page(
            pulses,
            version=version("doorman"),
            room=await gateway.room(),
            channels=[channel.standing for channel in channels],
            preferences={account: snapshot.preferences for account, snapshot in known.items() if snapshot},
            wanted={account: snapshot.standings.wanted for account, snapshot in known.items() if snapshot},
            lacks_codes=(gate.asks_everyone or owner in known) and not await gate.codes.is_enrolled(owner),
            now=datetime.now(UTC),
        )
        await courier.send(owner, screen)

    return words


def anything_else() -> Router:
    """The answer to what no other router took."""
    rest = Router(name="anything else")

    @rest.message()
    async def unknown(message: Message, courier: Courier) -> None:
        await courier.send(message.chat.id, unknown_command())

    return rest
