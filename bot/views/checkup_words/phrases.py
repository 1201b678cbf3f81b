"""Turns of phrase that the words of several points share: numbers, devices, and where in Telegram to go."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram.utils.formatting import Text

from bot.views.wording import cleaned, device_of, labelled
from core.domain.points import Point, Where
from core.domain.sessions import Session

NAMED_MOST = 3
PRIVACY = "Settings → Privacy and Security"
#: By the official apps' own words.
WHERE = {
    Where.TWO_STEP: f"{PRIVACY} → Two-Step Verification",
    Where.LOGIN_EMAIL: f"{PRIVACY} → Login Email",
    Where.ACCOUNT_TTL: f"{PRIVACY} → If Away For",
    Where.PASSKEYS: f"{PRIVACY} → Passkeys",
}


def counted(number: int, one: str) -> str:
    """So many of them: "1 session", "2 sessions"."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def share(point: Point, one: str) -> str:
    """How many of all that there are."""
    return counted(point.among, one) if point.count == point.among else f"{point.count} of {point.among} {one}s"


def verb_of(point: Point) -> str:
    """What agrees with its number."""
    return "is" if point.count == 1 else "are"


def where(point: Point) -> str:
    """The screen on which it can be changed, in a sentence."""
    return f" In Telegram: {WHERE[point.where]}." if point.where else ""


def devices(point: Point, labels: Mapping[str, str]) -> list[Text | str]:
    """The first of its sessions by the owner's own names, else by their devices, and how many more."""
    shown = [part for session in point.sessions[:NAMED_MOST] for part in (", ", _called(session, labels))]
    more = len(point.sessions) - NAMED_MOST
    return [*shown[1:], f" and {more} more" if more > 0 else ""]


def _called(session: Session, labels: Mapping[str, str]) -> Text:
    label = labels.get(session.hash, "")
    return labelled(label) if cleaned(label) else device_of(session)
