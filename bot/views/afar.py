"""What an event says where nothing that was said can be changed: each is a message of its own, for all owners alike."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text

from bot.views import alerts
from bot.views.card import particulars
from bot.views.doers import AN_OWNER
from bot.views.letter import OF_A_SESSION, OF_ANYTHING, Letter, letter
from bot.views.news import news
from bot.views.screen import Screen
from bot.views.whys import ended_by_our_key, ended_line, is_by_our_key
from bot.views.wording import moment, named
from core.contract.events import Event
from core.contract.session_events import (
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    RuleWouldEnd,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.domain import tombstones

#: What these tell of may be ended, or answered for.
OPEN = (SessionAppeared, LoginAnnounced, LoginUnanswered, SessionAltered, RuleWouldEnd)
#: Whoever reads a channel is no owner by their id.
NOBODY = -1


def from_afar(event: Event, *, account_name: str) -> Letter | None:
    """None for what makes no message."""
    screen = screen_of(event, account_name=account_name)
    return letter(screen, where_to_act=OF_A_SESSION if isinstance(event, OPEN) else OF_ANYTHING) if screen else None


def screen_of(event: Event, *, account_name: str) -> Screen | None:
    """The message of its own that it makes, for nobody in particular."""
    match event:
        case SessionAppeared():
            return alerts.login_alert(event, account_name=account_name)
        case LoginUnanswered():
            return alerts.unanswered_login_alert(event, account_name=account_name)
        case LoginAnnounced():
            return alerts.announced_login_alert(event, account_name=account_name)
        case SessionEnded() if is_by_our_key(event):
            return ended_by_our_key(event, account_name=account_name)
        case SessionEnded() | LoginConfirmed() | TrustChanged():
            head, said = _of(event)
            return Screen(text=Text(Bold(head), named(account_name), "\n\n", particulars(event.session), said))
        case _:
            return news(event, account_name=account_name, doer=AN_OWNER)


def _of(event: SessionEnded | LoginConfirmed | TrustChanged) -> tuple[str, str]:
    match event:
        case SessionEnded(ended_by=None | tombstones.DOORMAN):
            return "A session ended: ", ended_line(event, viewer=NOBODY)
        case SessionEnded():
            return "A session ended: ", f"An owner had Doorman end it: {moment(event.at)}."
        case LoginConfirmed():
            told = " Telegram was told." if event.told_telegram else ""
            return "A login was confirmed: ", f"An owner said that it was theirs: {moment(event.at)}.{told}"
        case TrustChanged():
            what = "is trusted now" if event.trusted else "is trusted no more"
            said = f"An owner said so: {moment(event.at)}. If that was not you, look at your sessions now."
            return f"A session {what}: ", said
