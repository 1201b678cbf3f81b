"""Naming a session: the button asks, and the name is what the owner answers that very message with."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.asked import Asked
from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.gateway import Gateway
from bot.handlers.typed import carry_typed
from bot.press import Press
from bot.views.answers import STALE
from bot.views.buttons.sessions import AskName, Origin
from bot.views.naming import ASKED, QUESTION, REFUSED, Unfit, name_question, name_refused, question_over
from bot.views.wording import READ_MOST, cleaned
from core.contract.commands import LabelSession
from core.domain.labels import LABEL_MOST
from core.domain.sessions import Session

#: What takes a name away.
NO_NAME = frozenset({"-", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Nameless:
    """The session that a question is about, and on what kind of message it was put."""

    account: int
    session: Session
    origin: Origin


def router(asked: Asked[Nameless] | None = None) -> Router:
    """After the codes' router: an answer with six digits is a code, whatever it answers."""
    naming = Router(name="naming")
    waiting: Asked[Nameless] = asked or Asked()

    @naming.callback_query(AskName.filter())
    async def ask(callback: CallbackQuery, callback_data: AskName, gateway: Gateway, courier: Courier) -> None:
        account, owner = callback_data.account, callback.from_user.id
        known = await gateway.snapshot(account)
        session = known.roster.find(callback_data.hash) if known else None
        if known is None or session is None:
            await courier.acknowledge(callback, STALE, as_alert=True)
            return
        screen = name_question(session, label=known.labels.of(session.hash))
        if question := await courier.send(owner, screen):
            waiting.ask(owner, question, Nameless(account=account, session=session, origin=callback_data.origin))
        await courier.acknowledge(callback, ASKED)

    @naming.message(_is_answer)
    async def answered(message: Message, courier: Courier, gate: Gate) -> None:
        owner = message.chat.id
        question = message.reply_to_message.message_id if message.reply_to_message else 0
        about = waiting.about(owner, question)
        if about is None:
            await courier.send(owner, question_over())
            return
        label = _label(message.text)
        if isinstance(label, Unfit):
            if again := await courier.send(owner, name_refused(label)):
                waiting.ask(owner, again, about)
            return
        press = Press.of(
            LabelSession(hash=about.session.hash, label=label),
            account=about.account,
            owner=owner,
            message_id=0,  # the card is far up by now: it is sent anew, below the answer
            origin=about.origin,
            sessions=(about.session,),
        )
        await carry_typed(gate, courier, press)

    return naming


def _is_answer(message: Message) -> bool:
    """A command is one whatever it answers."""
    question = message.reply_to_message
    asks = question is not None and (question.text or "").startswith((QUESTION, REFUSED))
    return asks and not (message.text or "").startswith("/")


def _label(typed: str | None) -> str | Unfit:
    if typed is None:
        return Unfit.NO_TEXT
    if typed.strip().lower() in NO_NAME:
        return ""
    label = cleaned(typed, most=READ_MOST)
    if len(label) > LABEL_MOST or len(typed) > READ_MOST:
        return Unfit.TOO_LONG
    return label or Unfit.BLANK
