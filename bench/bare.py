"""The bare script to compare with: Telethon and aiogram in one process, no Redis, no care for anything going wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message
from aiogram.utils.formatting import Bold, Code, Text
from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import StringSession
from telethon.tl import types
from telethon.tl.functions.account import GetAuthorizationsRequest


async def main() -> None:
    """Alert the owner to every new login, and list all sessions when asked."""
    env = os.environ
    owner = int(env["OWNER"])
    client = make_client(env["SESSION"], server=env["MTPROTO_SERVER"], public_key=env["MTPROTO_PUBLIC_KEY"])
    bot = Bot(env["BOT_TOKEN"], session=AiohttpSession(api=TelegramAPIServer.from_base(env["BOT_API_URL"])))
    dispatcher = Dispatcher()
    known: set[int] = set()

    async def on_push(update: types.UpdateNewAuthorization) -> None:
        if update.unconfirmed:
            for session in (await client(GetAuthorizationsRequest())).authorizations:
                if session.hash not in known:
                    known.add(session.hash)
                    await bot.send_message(owner, **alert(session))

    @dispatcher.message(Command("sessions"))
    async def sessions(message: Message) -> None:
        found = (await client(GetAuthorizationsRequest())).authorizations
        await bot.send_message(message.chat.id, **listing(found, now=datetime.now(UTC)))

    @dispatcher.message(Command("start"))
    async def start(message: Message) -> None:
        await bot.send_message(message.chat.id, "Watching.")

    client.add_event_handler(on_push, events.Raw(types.UpdateNewAuthorization))
    await client.connect()
    known.update(session.hash for session in (await client(GetAuthorizationsRequest())).authorizations)
    await dispatcher.start_polling(bot, handle_signals=False)


def make_client(session: str, *, server: str, public_key: str) -> TelegramClient:
    """A client of the sandbox."""
    host, _, port = server.partition(":")
    rsa.add_key(public_key, old=False)
    string_session = StringSession(session)
    string_session.set_dc(string_session.dc_id, host, int(port))
    return TelegramClient(string_session, 1, "any")


def alert(session: types.Authorization) -> dict[str, Any]:
    """A new login, in Doorman's words and with as many buttons."""
    text = Text(
        Bold("🔔 New login to Demo account"),
        "\n\n",
        Bold(session.device_model),
        f" · {session.platform} {session.system_version}\n",
        f"App: {session.app_name} {session.app_version} (official app id)\n",
        f"Where: {session.region}, {session.country}, estimated from the IP\n",
        "IP: ",
        Code(session.ip),
        f"\nWhen: {session.date_created:%-d %b %Y, %H:%M} UTC\n",
        "Telegram waits for your word on this login.\n\n",
        "If this was not you, end it now; then change your 2FA password in Telegram.",
    )
    end = InlineKeyboardButton(text="🚫 End session", callback_data=f"end:{session.hash}")
    confirm = InlineKeyboardButton(text="✅ It was me", callback_data=f"me:{session.hash}")
    return message(text, [[end, confirm], [InlineKeyboardButton(text="All sessions", callback_data="all")]])


def listing(sessions: Iterable[types.Authorization], *, now: datetime) -> dict[str, Any]:
    """All sessions, in Doorman's words and with as many buttons."""
    ordered = sorted(sessions, key=lambda s: (not s.current, -s.date_active.timestamp()))
    entries = [
        f"\n{number}. {s.device_model} · {s.app_name} {s.app_version}\n"
        f"    {s.region}, {s.country} · {(now - s.date_active).days} d ago"
        for number, s in enumerate(ordered, start=1)
    ]
    text = Text(
        Bold(f"{len(ordered)} sessions of Demo account"),
        f"\nAs of {now:%-d %b %Y, %H:%M} UTC\n\n",
        Bold("This session (Doorman's own)"),
        entries[0],
        "\n\n",
        Bold("Active sessions"),
        *entries[1:],
    )
    rows = [
        [InlineKeyboardButton(text=f"{number} · {s.device_model}", callback_data=f"card:{s.hash}")]
        for number, s in enumerate(ordered, start=1)
    ]
    return message(text, [*rows, [InlineKeyboardButton(text="🔄 Refresh", callback_data="all")]])


def message(text: Text, rows: list[list[InlineKeyboardButton]]) -> dict[str, Any]:
    """The arguments of sendMessage."""
    return {
        **text.as_kwargs(),
        "reply_markup": InlineKeyboardMarkup(inline_keyboard=rows),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


if __name__ == "__main__":
    asyncio.run(main())
