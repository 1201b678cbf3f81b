"""Ending all sessions but Doorman's own: those that were listed at the question, and no other."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import message_of, pass_through
from bot.handlers.looking import fetch, show, trusted_in
from bot.press import Press
from bot.views.answers import not_yet
from bot.views.buttons.ending import AskEndOthers, AskEndOthersApart, ConfirmEndOthers
from bot.views.buttons.sessions import Origin
from bot.views.ending_all import AT_ONCE, nothing_to_end, question, under_way
from bot.views.screen import Screen
from core.contract.commands import EndSessions
from core.domain.sessions import Session, in_order


def router() -> Router:
    """Handlers of "End all others" and of its confirmation."""
    ending_all = Router(name="ending all")

    @ending_all.callback_query(AskEndOthers.filter())
    async def ask(callback: CallbackQuery, callback_data: AskEndOthers, gateway: Gateway, courier: Courier) -> None:
        screen = await _question(gateway, callback_data.account, owner=callback.from_user.id)
        await _show_or_say(callback, courier, screen)

    @ending_all.callback_query(ConfirmEndOthers.filter())
    async def end(
        callback: CallbackQuery, callback_data: ConfirmEndOthers, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        account, owner = callback_data.account, callback.from_user.id
        sessions = await gateway.kept_list(account, callback_data.list)
        if not sessions:
            await _show_or_say(callback, courier, await _question(gateway, account, owner=owner, again=True))
            return
        await end_listed(callback, courier, gate, sessions, account=account)

    @ending_all.callback_query(AskEndOthersApart.filter())
    async def ask_apart(
        callback: CallbackQuery, callback_data: AskEndOthersApart, gateway: Gateway, courier: Courier
    ) -> None:
        screen = await _question(gateway, callback_data.account, owner=callback.from_user.id)
        if isinstance(screen, str):
            await courier.acknowledge(callback, screen, as_alert=True)
            return
        await courier.acknowledge(callback)
        await courier.send(callback.from_user.id, screen)

    return ending_all


async def end_listed(
    callback: CallbackQuery, courier: Courier, gate: Gate, sessions: tuple[Session, ...], *, account: int
) -> None:
    """Have just these ended, which the owner was shown and has confirmed."""
    press = Press.of(
        EndSessions(hashes=tuple(session.hash for session in sessions)),
        account=account,
        owner=callback.from_user.id,
        message_id=message_of(callback),
        origin=Origin.LIST,
        sessions=sessions,
    )
    await pass_through(gate, callback, courier, press, under_way=under_way(len(sessions)))


async def _question(gateway: Gateway, account: int, *, owner: int, again: bool = False) -> Screen | str:
    fetched = await fetch(gateway, account, owner=owner, briefly=True)
    if isinstance(fetched, str):
        return fetched
    others = in_order(session for session in fetched.roster.sessions if not session.current)
    if not others:
        return nothing_to_end(account)
    is_trusted = trusted_in(fetched)
    listed = sorted(others[:AT_ONCE], key=lambda session: session.hash in is_trusted)  # as they were, trusted ones last
    rest = [session for session in listed if session.hash not in is_trusted]
    trusted = listed[len(rest) :]
    return question(
        account,
        rest,
        list_name=await gateway.keep_list(account, listed),
        trusted=trusted,
        untrusted_list=await gateway.keep_list(account, rest) if rest and trusted else "",
        labels=fetched.labels.by_hash(),
        more=len(others[AT_ONCE:]),
        account_name=await gateway.account_name(account),
        again=again,
        not_yet=not_yet(fetched.roster.guard, now=datetime.now(UTC)),
    )


async def _show_or_say(callback: CallbackQuery, courier: Courier, screen: Screen | str) -> None:
    if isinstance(screen, str):
        await courier.acknowledge(callback, screen, as_alert=True)
    else:
        await show(callback, courier, screen)
