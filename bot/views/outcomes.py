"""What came of a press: on the message that was pressed where that settles it, else in a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views import anew
from bot.views.alerts import login_alert
from bot.views.buttons.sessions import ALERTS, Origin
from bot.views.card import card
from bot.views.deeds import words_of
from bot.views.deeds.words import SETTLED
from bot.views.screen import Screen
from core.contract.replies import Result
from core.contract.session_events import SessionAppeared
from core.contract.state import Snapshot
from core.domain.sessions import Session


def outcome_line(press: Press, result: Result) -> str:
    """What came of it for one session, or for the account."""
    command = press.command
    return words_of(command).line(command, result, press.owner)


def outcome_screen(
    press: Press, results: Sequence[Result], *, account_name: str, snapshot: Snapshot | None = None
) -> Screen | None:
    """The pressed message, once more, with what came of it; None where a line must do: it is not settled, or the
    session is not known any more. `snapshot` is what the worker has written down last.
    """
    words = words_of(press.command)
    if screen := words.screen(press, results, account_name, snapshot):
        return screen
    result = results[0]
    if screen := words.anew(press, result, snapshot, account_name):
        return screen
    session = result.session or press.session(result.hash)
    if not settles(press, result) or session is None:
        return None
    line = outcome_line(press, result)
    if press.origin not in ALERTS:
        return card(
            press.account,
            session,
            trust=None,
            viewer=press.owner,
            now=result.at,
            outcome=line,
            label=anew.called(snapshot, session.hash),
            in_review=press.origin is Origin.REVIEW,
        )
    appeared = SessionAppeared(account=press.account, at=result.at, session=session)
    was_ended = words.ends and result.ended_by is not None
    return login_alert(appeared, account_name=account_name, outcome=line, was_ended=was_ended)


def settles(press: Press, result: Result) -> bool:
    """Whether the pressed message decides nothing any more."""
    # On a list, other things stand beside what was pressed; on news, they are kept by `Press.beside`.
    settling = SETTLED if press.origin is Origin.NEWS else words_of(press.command).settles
    return result.outcome in settling


def asks_first(press: Press) -> bool:
    """Whether it answered a question, which had taken the place of the message's buttons."""
    return words_of(press.command).ends


def left_undone(press: Press) -> str:
    """What did not happen when the worker could not begin."""
    return words_of(press.command).undone


def line_screen(press: Press, line: str, *, session: Session | None = None) -> Screen:
    """A line in a message of its own: what it is about comes first, as far as that is known."""
    subject = words_of(press.command).subject(press, session)
    return Screen(text=Text(subject, f"\n{line}") if subject else Text(line))
