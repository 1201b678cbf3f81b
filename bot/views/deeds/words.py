"""What has to be said of one kind of command, and the ways of saying it that several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views.answers import NOTHING_NOTED
from bot.views.card import particulars
from bot.views.screen import Screen
from bot.views.wording import cleaned, device_of, moment, named
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.sessions import Session

C = TypeVar("C")
#: After these nothing is left to decide.
SETTLED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING})


def one_session(press: Press) -> Text:
    """The session that it names, with all that tells it from another of its name."""
    session = press.session(press.hashes[0])
    if session is None:
        return Text("⚠️ Doorman can't tell which session this is: look with /sessions.")
    return Text(particulars(session), f"Logged in: {moment(session.created_at)}")


def devices(press: Press, session: Session | None) -> Text | None:
    """The sessions that it names, in a few words; None where they are not known."""
    first = session or next(iter(press.sessions), None)
    others = len(press.hashes) - 1
    return Text(device_of(first), f" and {others} more" if others else "") if first else None


def by_name(press: Press, _: Session | None) -> Text | None:
    """What it names that is no session; None where that is not known, or it names nothing."""
    return named(press.name) if cleaned(press.name) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedWords(Generic[C]):
    """Of one kind of command, `C`.

    - `title`: the question that its one-time code answers; `about`: all that the code is for.
    - `line`: what came of it for one session, or for the account, as the owner of that id reads it.
    - `subject`: what that line is about.
    - `undone`: what did not happen when the worker could not begin.
    - `settles`: the outcomes after which the pressed message decides nothing any more.
    - `screen`: the pressed message after these results, given the account's name and what the worker has written down
      last, where it is another than a session's after its end; None if it is not.
    - `anew`: the pressed message as it stands after this result, to be pressed again, by what the worker has written
      down since, given the account's name; None where that is not known, or it is no such message.
    - `ends`: whether it logs a device out.
    """

    title: Callable[[C], str]
    line: Callable[[C, Result, int], str]
    about: Callable[[Press], Text] = one_session
    subject: Callable[[Press, Session | None], Text | None] = devices
    undone: str = NOTHING_NOTED
    settles: frozenset[Outcome] = SETTLED
    screen: Callable[[Press, Sequence[Result], str, Snapshot | None], Screen | None] = lambda *_: None
    anew: Callable[[Press, Result, Snapshot | None, str], Screen | None] = lambda *_: None
    ends: bool = False
