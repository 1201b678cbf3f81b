"""Looking through the sessions that nobody trusts, one by one; nothing is trusted but by a press on its own card."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.ending import pass_through, press_of
from bot.handlers.fetching import or_told
from bot.handlers.looking import fetch, show, trusted_in
from bot.views.buttons.sessions import Origin, ReviewNext, TrustReviewed
from bot.views.reviewing import review_card, review_over, to_review
from core.contract.commands import TrustSession


def router() -> Router:
    """Handlers of "Review one by one" and of what is on the cards that it shows."""
    reviewing = Router(name="reviewing")

    @reviewing.callback_query(ReviewNext.filter())
    async def show_next(callback: CallbackQuery, callback_data: ReviewNext, gateway: Gateway, courier: Courier) -> None:
        account, owner = callback_data.account, callback.from_user.id
        fetched = await or_told(callback, courier, await fetch(gateway, account, owner=owner, briefly=True))
        if fetched is None:
            return
        untrusted = to_review(fetched.roster, trusted_in(fetched))
        after = callback_data.after
        left = [session for session in untrusted if not after or int(session.hash) > int(after)]
        if not left:
            await show(callback, courier, review_over(account, untrusted=len(untrusted)))
            return
        screen = review_card(
            account,
            left[0],
            more=len(left) - 1,
            viewer=owner,
            now=datetime.now(UTC),
            label=fetched.labels.of(left[0].hash),
            ttl_days=fetched.roster.ttl_days,
            autoconfirm_seconds=fetched.roster.autoconfirm_seconds,
        )
        await show(callback, courier, screen)

    @reviewing.callback_query(TrustReviewed.filter())
    async def trust(
        callback: CallbackQuery, callback_data: TrustReviewed, gateway: Gateway, courier: Courier, gate: Gate
    ) -> None:
        command, account = TrustSession(hash=callback_data.hash), callback_data.account
        press = await press_of(callback, gateway, command, account=account, origin=Origin.REVIEW)
        await pass_through(gate, callback, courier, press)

    return reviewing
