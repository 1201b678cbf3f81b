"""The timeline: a picture of who was inside when, drawn on demand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.pictures.painter import Painter, PictureError
from bot.views.attachment import Attachment
from bot.views.buttons.history import SendTimeline
from bot.views.history import names_of
from bot.views.status import no_account
from bot.views.timeline import LENGTHS, PHOTO_LANES_MOST, caption, no_picture, picture_of, sessions_in


def router() -> Router:
    """Handlers of /timeline and of the buttons for its lengths."""
    timeline = Router(name="timeline")

    @timeline.message(Command("timeline", ignore_case=True))
    async def draw(message: Message, gateway: Gateway, courier: Courier, painter: Painter) -> None:
        accounts = await gateway.accounts_of(message.chat.id)
        for account in accounts:
            await _send(message.chat.id, gateway, courier, painter, account=account)
        if not accounts:
            await courier.send(message.chat.id, no_account())

    @timeline.callback_query(SendTimeline.filter())
    async def draw_other(
        callback: CallbackQuery, callback_data: SendTimeline, gateway: Gateway, courier: Courier, painter: Painter
    ) -> None:
        await courier.acknowledge(callback)  # drawing takes longer than a press should wait
        wanted = callback_data
        await _send(callback.from_user.id, gateway, courier, painter, account=wanted.account, days=wanted.days)

    return timeline


async def _send(
    chat: int, gateway: Gateway, courier: Courier, painter: Painter, *, account: int, days: int = LENGTHS[0]
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
        await courier.send(chat, no_picture(str(error), account=account, account_name=name))
        return
    file = Attachment(
        name=f"doorman-{account}-{days}-days-{now:%Y%m%dT%H%MZ}.png",
        content=png,
        caption=caption(shown, account=account, account_name=name, days=days),
    )
    if len(picture.lanes) <= PHOTO_LANES_MOST:
        await courier.send_photo(chat, file)
    else:
        await courier.send_file(chat, file)
