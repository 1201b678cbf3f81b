"""Why a session is gone: each way in which that happens with its evidence, and the one that is an alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from aiogram.utils.formatting import Bold, Text

from bot.views.answers import ended
from bot.views.buttons.keyboards import settled_keyboard
from bot.views.card import particulars
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.contract.session_events import SessionEnded
from core.domain.automation import Rule
from core.domain.endings import AWAY, Ending, Why
from core.domain.tombstones import DOORMAN

RULES: Mapping[Rule, str] = {
    Rule.UNANSWERED: "nobody had said in time whose login it was",
    Rule.IDLE: "it was not used for longer than you allow",
    Rule.COUNTRY: "its login is from a country that is not on your list",
}
OUR_KEY = (
    "Nobody asked Doorman to do this, and only Doorman's own key could: somebody may have copied it.\n\nAt once: end "
    "Doorman's session in Telegram → Settings → Devices, change your 2FA password, SECRET_KEY and the passwords of the "
    "server that Doorman runs on. Then run `doorman login` there."
)


def ended_line(event: SessionEnded, *, viewer: int) -> str:
    """How a session ended, for one owner."""
    if event.ended_by == DOORMAN and event.rule:
        used = f"; last used {moment(event.session.active_at)}" if event.rule is Rule.IDLE else ""
        return f"Doorman ended it by itself: {RULES[event.rule]}{used}. {moment(event.at)}."
    if event.ended_by is not None and event.was_awaited:
        who = "you" if event.ended_by == viewer else "another owner"
        return f"Doorman ended it as soon as Telegram allowed that, as {who} had asked: {moment(event.at)}."
    if event.ended_by is not None:
        return ended(event.at, by=event.ended_by, viewer=viewer)
    if event.ending is None:
        return f"It ended elsewhere, seen at {moment(event.at)}."
    what, evidence = WORDS[event.ending.why](event.ending)
    return f"{what}, seen at {moment(event.at)}.{evidence}"


def is_by_our_key(event: SessionEnded) -> bool:
    """Whether a reset of all others spared Doorman's own session, which only its own key can bring about."""
    ending = event.ending
    return ending is not None and ending.why is Why.RESET_OF_OTHERS and ending.guard_stayed


def session_ended(event: SessionEnded, *, account_name: str, viewer: int) -> Screen:
    """A session is gone; said quietly."""
    line = ended_line(event, viewer=viewer)
    text = Text(
        Bold("A session ended: "), named(account_name), "\n\n", particulars(event.session, label=event.label), line
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def ended_by_our_key(event: SessionEnded, *, account_name: str) -> Screen:
    """All sessions but Doorman's are gone, and nobody had Doorman do that."""
    text = Text(
        Bold("🚨 All sessions but Doorman's were ended: "),
        named(account_name),
        "\n\nAmong them:\n",
        particulars(event.session, label=event.label),
        ended_line(event, viewer=0),
        f"\n\n{OUR_KEY}",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def _ran_out(ending: Ending) -> tuple[str, str]:
    idle = f" It was last active at {moment(ending.last_active)}, {_lasting(ending.idle)} before"
    return "It ran out", f"{idle}, and idle sessions end after {_days(ending.ttl_days)}."


def _reset(ending: Ending) -> tuple[str, str]:
    went = f" {_sessions(ending.went)} went at once"
    stayed = "only Doorman's own stayed" if ending.guard_stayed else "Doorman's too; the one that stayed did it"
    return "All other sessions were ended in one go", f"{went}, {stayed}."


def _unknown(ending: Ending) -> tuple[str, str]:
    away = f" Doorman had not looked for {_lasting(ending.apart)} before." if ending.apart > AWAY else ""
    together = f" {_sessions(ending.went)} went together." if ending.went > 1 else ""
    return "Why it ended is not known", f"{away}{together}"


def _elsewhere(ending: Ending) -> tuple[str, str]:
    told = " It was logged out there, or ended from another device: Telegram doesn't say which."
    return "It ended elsewhere", f"{told} Last active: {moment(ending.last_active)}."


def _plain(what: str, evidence: str) -> Callable[[Ending], tuple[str, str]]:
    return lambda _ending: (what, f" {evidence}")


WORDS: Mapping[Why, Callable[[Ending], tuple[str, str]]] = {
    Why.BY_DOORMAN: _plain("It was ended by Doorman", "For whom is not known."),
    Why.RESET_OF_OTHERS: _reset,
    Why.RAN_OUT: _ran_out,
    Why.NEVER_COMPLETED: _plain(
        "The login was never completed", "Its 2FA password was not entered, so it could read nothing."
    ),
    Why.ELSEWHERE: _elsewhere,
    Why.ACCOUNT_TROUBLE: _plain("It went with the account", "Telegram had deleted or banned that in between."),
    Why.UNKNOWN: _unknown,
}


def _sessions(count: int) -> str:
    return "1 session" if count == 1 else f"{count} sessions"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _lasting(span: timedelta) -> str:
    return _days(span.days) if span.days else f"{span // timedelta(hours=1)} h"
