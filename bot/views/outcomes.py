"""What came of a press: on the message that was pressed where that settles it, else in a line of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.press import Press
from bot.views.alerts import login_alert
from bot.views.answers import confirm_result, end_result
from bot.views.buttons import Origin
from bot.views.card import card
from bot.views.ending_all import report
from bot.views.screen import Screen
from core.contract.commands import Outcome, Result
from core.contract.events import SessionAppeared

SETTLED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING})


def outcome_line(press: Press, result: Result) -> str:
    """What came of it for one session."""
    return (confirm_result if press.confirms else end_result)(result, viewer=press.owner)


def outcome_screen(press: Press, results: Sequence[Result], *, account_name: str) -> Screen | None:
    """The pressed message, once more, with what came of it; None where a line must do: it is not settled, or the
    session is not known any more.
    """
    if press.origin is Origin.LIST:
        return report(press.account, results, press.sessions, account_name=account_name, viewer=press.owner)
    result = results[0]
    session = result.session or press.session(result.hash)
    if result.outcome not in SETTLED or session is None:
        return None
    line = outcome_line(press, result)
    if press.origin is Origin.CARD:
        return card(press.account, session, now=result.at, outcome=line)
    appeared = SessionAppeared(account=press.account, at=result.at, session=session)
    return login_alert(appeared, account_name=account_name, outcome=line)
