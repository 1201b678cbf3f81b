"""The timeline: a picture of who was inside when, drawn on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.scoping import scope_of, with_others_named
from bot.pictures.painter import Painter, PictureError
from bot.scope import Scope
from bot.views.attachment import Attachment
from bot.views.buttons.history import SendTimeline
from bot.views.history import names_of
from bot.views.screen import Screen
from bot.views.timeline import BAD_LENGTH, LENGTHS, PHOTO_LANES_MOST, caption, no_picture, picture_of, sessions_in


def router() -> Router:
    """Handlers of /timeline and of the buttons for its lengths."""
    timeline = Router(name="timeline")

    @timeline.message(Command("timeline", ignore_case=True))
    async def draw(
        message: Message, command: CommandObject, gateway: Gateway, courier: Courier, painter: Painter
    ) -> None:
        owner, typed = message.chat.id, (command.args or "").strip()
        days = next((days for days in LENGTHS if typed == str(days)), None)
        if typed and days is None:
            await courier.send(owner, Screen(text=Text(BAD_LENGTH)))
            return
        scope = await scope_of(owner, gateway, courier)
        for account in scope.accounts:
            await _send(owner, gateway, courier, painter, account=account, days=days or LENGTHS[0], scope=scope)

    @timeline.callback_query(SendTimeline.filter())
    async def draw_other(
        callback: CallbackQuery, callback_data: SendTimeline, gateway: Gateway, courier: Courier, painter: Painter
    ) -> None:
        await courier.acknowledge(callback)  # drawing takes longer than a press should wait
        owner, account, days = callback.from_user.id, callback_data.account, callback_data.days
        scope = await gateway.scope(owner)
        await _send(owner, gateway, courier, painter, account=account, days=days, scope=scope)

    return timeline


async def _send(
    chat: int, gateway: Gateway, courier: Courier, painter: Painter, *, account: int, days: int, scope: Scope
) -> None:
    name = await gateway.account_name(account)
    entries = await gateway.history(account)
    snapshot = await gateway.snapshot(account)
    now = datetime.now(UTC)
    shown = sessions_in(
        entries,
        snapshot.roster if snapshot else None,
        labels=names_of(snapshot.labels) if snapshot else {},
        since=now - timedelta(days=days),
        now=now,
    )
    picture = picture_of(shown, entries, account_name=name, days=days, now=now)
    try:
        png = await painter.timeline(picture)
    except PictureError as error:
        screen = no_picture(str(error), account=account, account_name=name)
        await courier.send(chat, await with_others_named(gateway, scope, account, screen))
        return
    below = caption(shown, account=account, account_name=name, days=days)
    file = Attachment(
        name=f"doorman-{account}-{days}-days-{now:%Y%m%dT%H%MZ}.png",
        content=png,
        caption=await with_others_named(gateway, scope, account, below),
    )
    if len(picture.lanes) <= PHOTO_LANES_MOST:
        await courier.send_photo(chat, file)
    else:
        await courier.send_file(chat, file)
