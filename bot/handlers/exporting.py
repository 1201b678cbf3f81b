"""Files: the history and the sessions, and the evidence on one session."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.handlers.scoping import scope_of
from bot.views.buttons.history import SendEvidence
from bot.views.evidence import NOTHING_KNOWN, evidence
from bot.views.exports import Export, files_of
from bot.views.history import names_of
from core.domain.labels import Labels
from core.domain.standing import Standings


def router() -> Router:
    """Handlers of /export and of the button for a session's evidence."""
    exporting = Router(name="exporting")

    @exporting.message(Command("export", ignore_case=True))
    async def export(message: Message, gateway: Gateway, courier: Courier) -> None:
        owner = message.chat.id
        for account in (await scope_of(owner, gateway, courier)).accounts:
            for file in files_of(await _export(gateway, account, owner=owner)):
                await courier.send_file(owner, file)

    @exporting.callback_query(SendEvidence.filter())
    async def send_evidence(
        callback: CallbackQuery, callback_data: SendEvidence, gateway: Gateway, courier: Courier
    ) -> None:
        owner = callback.from_user.id
        file = evidence(await _export(gateway, callback_data.account, owner=owner), callback_data.hash, viewer=owner)
        if file is None:
            await courier.acknowledge(callback, NOTHING_KNOWN, as_alert=True)
            return
        await courier.send_file(owner, file)
        await courier.acknowledge(callback)

    return exporting


async def _export(gateway: Gateway, account: int, *, owner: int) -> Export:
    fetched = await gateway.seen(account, owner=owner)  # first: what it finds is in the history then
    entries = await gateway.history(account)
    known = fetched or await gateway.snapshot(account)
    return Export(
        account=account,
        account_name=await gateway.account_name(account),
        version=version("doorman"),
        at=datetime.now(UTC),
        entries=entries,
        roster=known.roster if known else None,
        standings=known.standings if known else Standings(),
        labels=names_of(known.labels if known else Labels()),
    )
