"""Setting what an owner picked or typed, through the gate; and the pages that show what is set."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.choices import RULE_OF, MistakeError, typed, would_end
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.pressing import press_for
from bot.handlers.scoping import scope_of
from bot.handlers.typed import carry_typed
from bot.views.buttons.settings import Topic
from bot.views.mistakes import mistaken, unseen
from bot.views.preferences import settings_unknown, topic_page
from bot.views.screen import Screen
from bot.views.status import why_unwatched
from core.contract.state import Snapshot, name_of
from core.domain.automation import room_from
from core.domain.sessions import Session
from core.domain.tombstones import DOORMAN
from core.domain.traits import country_of


async def page(gateway: Gateway, account: int, topic: Topic) -> Screen:
    """What is set now; as it was last known where the worker is silent."""
    pulse, snapshot = await gateway.pulse(account), await gateway.snapshot(account)
    name, now = name_of(account, pulse), datetime.now(UTC)
    if snapshot is None:
        return settings_unknown(account_name=name)
    return topic_page(
        account,
        topic,
        snapshot.preferences,
        account_name=name,
        would_end=preview(snapshot, topic, now=now),
        held_until=room_from((t.at for t in snapshot.ended if t.by == DOORMAN), now=now),
        now=now,
        note=why_unwatched(pulse),
    )


def preview(snapshot: Snapshot, topic: Topic, *, now: datetime) -> tuple[Session, ...] | None:
    """What the rule of that page would end now, as far as is known; None for a page of no rule."""
    rule = RULE_OF.get(topic)
    if rule is None:
        return None
    return would_end(rule, snapshot.roster, snapshot.standings, snapshot.preferences, now=now)


async def answer(owner: int, topic: Topic, words: str, *, gateway: Gateway, courier: Courier, gate: Gate) -> None:
    """Set what was typed, of every account; show how it is where nothing was."""
    for account in (await scope_of(owner, gateway, courier)).accounts:
        snapshot = await gateway.snapshot(account)
        if snapshot is None or not words.strip():
            await courier.send(owner, await page(gateway, account, topic))
            continue
        now = datetime.now(UTC)
        seen = await _seen(gateway, account, snapshot) if topic is Topic.COUNTRIES else ()
        try:
            choice = typed(topic, words, snapshot.preferences, now=now, seen=seen)
        except MistakeError as error:
            await courier.send(owner, mistaken(topic, error.mistake))
            return
        press = press_for(choice.command, account=account, owner=owner)
        if await carry_typed(gate, courier, press) and choice.unseen:
            await courier.send(owner, unseen(choice.unseen))


async def _seen(gateway: Gateway, account: int, snapshot: Snapshot) -> tuple[str, ...]:
    """The countries that sessions were in, the latest spelling last."""
    then = [entry.session for entry in await gateway.history(account) if entry.session]
    return tuple(country_of(session) for session in (*then, *snapshot.roster.sessions))
