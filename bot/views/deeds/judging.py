"""What is said of an owner's word on a session: that its login was theirs, that it is to stay, or that no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.press import Press
from bot.views.answers import NOT_TOLD, confirm_result, trust_result
from bot.views.card import card
from bot.views.deeds.words import DeedWords
from bot.views.screen import Screen
from core.contract.commands import ConfirmLogin, DistrustSession, Outcome, Result, TrustSession
from core.domain.standing import Trust


def _card(press: Press, results: Sequence[Result], _account_name: str) -> Screen | None:
    """As it stands now, to be judged again."""
    result = results[0]
    session = result.session or press.session(result.hash)
    if result.outcome is not Outcome.DONE or session is None:
        return None
    is_trusted = isinstance(press.command, TrustSession)
    trust = Trust(hash=result.hash, at=result.at, by=press.owner) if is_trusted else None
    known = replace(session, unconfirmed=session.unconfirmed and trust is None)
    return card(press.account, known, trust=trust, viewer=press.owner, now=result.at)


CONFIRM: DeedWords[ConfirmLogin] = DeedWords(
    title=lambda _: "Say that this login was yours?",
    line=lambda _, result, viewer: confirm_result(result, viewer=viewer),
    undone=NOT_TOLD,
)
TRUST: DeedWords[TrustSession] = DeedWords(
    title=lambda _: "Trust this session?",
    line=lambda _, result, __: trust_result(result, trusted=True),
    screen=_card,
)
DISTRUST: DeedWords[DistrustSession] = DeedWords(
    title=lambda _: "Trust this session no more?",
    line=lambda _, result, __: trust_result(result, trusted=False),
    screen=_card,
)
