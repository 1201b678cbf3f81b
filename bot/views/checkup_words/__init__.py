"""What is said of each point of a checkup: whole where it wants its owner, in a few words where all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aiogram.utils.formatting import Text

from bot.views.checkup_words import account, inside
from bot.views.sessions import NO_LABELS
from core.domain.points import Point, Topic

TOPICS = {
    Topic.RESET: "a reset of the 2FA password",
    Topic.UNANSWERED: "unanswered logins",
    Topic.INCOMPLETE: "incomplete logins",
    Topic.PASSWORD: "2FA",
    Topic.UNCONFIRMED_EMAIL: "an unconfirmed e-mail",
    Topic.RECOVERY: "the recovery e-mail",
    Topic.LOGIN_EMAIL: "the login e-mail",
    Topic.BOTS: "business bots",
    Topic.UNOFFICIAL: "unofficial apps",
    Topic.IDLE: "idle sessions",
    Topic.UNTRUSTED: "untrusted sessions",
    Topic.WEBSITES: "websites",
    Topic.PASSKEYS: "passkeys",
    Topic.SESSION_TTL: "when idle sessions end",
    Topic.ACCOUNT_TTL: "when the account is deleted",
    Topic.LOCK: "the login lock",
}
REVIEWED = {
    Topic.UNANSWERED: "Nobody has said whose these logins are. End what is not yours.",
    Topic.INCOMPLETE: "The login code was entered, the 2FA password not: no access to messages yet.",
    Topic.UNOFFICIAL: "Another app, or a script. Trust what is yours, end what is not.",
    Topic.IDLE: "End what you use no more.",
    Topic.UNTRUSTED: "Trust what is yours, end what is not.",
}
SAID = frozenset({*account.SAID, *inside.SAID})
IN_ORDER: Mapping[Topic, Callable[[Point], Text]] = {**account.IN_ORDER, **inside.IN_ORDER}


def pressing(point: Point, *, now: datetime, labels: Mapping[str, str] = NO_LABELS) -> Text:
    """What is amiss, what that means, what to do; `labels` are the owner's own names by hash."""
    if said := inside.SAID.get(point.topic):
        return said(point, labels)
    return account.SAID[point.topic](point, now)


def good(point: Point) -> Text:
    """That it is well, without an end, to be put in a row."""
    return IN_ORDER[point.topic](point)
