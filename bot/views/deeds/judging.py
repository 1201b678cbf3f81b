"""What is said of an owner's word on a session: that its login was theirs, that it is to stay, or that no more."""

from __future__ import annotations

from dataclasses import replace

from bot.press import Press
from bot.views import anew
from bot.views.answers import NOT_TOLD, NOTHING_NOTED, change_result, confirm_result, trust_result
from bot.views.deeds.words import DeedWords
from bot.views.screen import Screen
from bot.views.wording import moment
from core.contract.commands import ConfirmLogin, DistrustSession, RemindLater, TrustSession
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.standing import REMINDED_AFTER, Trust


def _card(press: Press, result: Result, snapshot: Snapshot | None, _account_name: str) -> Screen | None:
    """As it stands now, to be judged again."""
    session = result.session or press.session(result.hash)
    if result.outcome is not Outcome.DONE or session is None:
        return None
    is_trusted = isinstance(press.command, TrustSession)
    trust = Trust(hash=result.hash, at=result.at, by=press.owner) if is_trusted else None
    known = replace(session, unconfirmed=session.unconfirmed and trust is None)
    return anew.judged(press, known, snapshot, trust=trust, at=result.at)


def _reminded(_: RemindLater, result: Result, _viewer: int) -> str:
    if result.outcome is Outcome.DONE:
        return f"You are reminded of this login at {moment(result.at + REMINDED_AFTER)}, unless it is answered before."
    gone = "This session is gone already."
    answered = gone if result.outcome is Outcome.ALREADY_GONE else "This login is answered for already."
    return change_result(result, done="", gone=answered, undone=NOTHING_NOTED)


CONFIRM: DeedWords[ConfirmLogin] = DeedWords(
    title=lambda _: "Say that this login was yours?",
    line=lambda _, result, viewer: confirm_result(result, viewer=viewer),
    undone=NOT_TOLD,
)
TRUST: DeedWords[TrustSession] = DeedWords(
    title=lambda _: "Trust this session?",
    line=lambda _, result, __: trust_result(result, trusted=True),
    anew=_card,
)
DISTRUST: DeedWords[DistrustSession] = DeedWords(
    title=lambda _: "Trust this session no more?",
    line=lambda _, result, __: trust_result(result, trusted=False),
    anew=_card,
)
REMIND: DeedWords[RemindLater] = DeedWords(
    title=lambda _: "Be reminded of this login in an hour?",
    line=_reminded,
    settles=frozenset({Outcome.ALREADY_GONE, Outcome.NOT_PENDING}),
)
