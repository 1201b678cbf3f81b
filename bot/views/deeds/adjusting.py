"""What is said of a session's name, of what it accepts, and of when idle sessions end."""

from __future__ import annotations

from dataclasses import replace

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views import anew
from bot.views.answers import DEVICES, NOTHING_NOTED, change_result
from bot.views.deeds.words import DeedWords, devices, one_session
from bot.views.lifetime import lifetime_page
from bot.views.screen import Screen
from bot.views.wording import cleaned, labelled
from core.contract.commands import LabelSession, SetAccepted, SetTtl
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.sessions import Session

GONE = "This session is gone already."
NOT_TRUSTED_YET = "If this session is yours and is to stay, trust it too."
#: The card stays, to be changed again; that of a session that is gone does not.
IF_GONE = frozenset({Outcome.ALREADY_GONE})


def _label_title(command: LabelSession) -> str:
    return "Name this session?" if cleaned(command.label) else "Take this session's name away?"


def _about_label(press: Press) -> Text:
    label = _label(press)
    return Text(one_session(press), "\nIts name: " if label else "", label or "")


def _called(press: Press, session: Session | None) -> Text | None:
    known, label = devices(press, session), _label(press)
    return Text(known, " ", label) if known and label else known or label


def _label(press: Press) -> Text | None:
    match press.command:
        case LabelSession(label=label) if cleaned(label):
            return labelled(label)
    return None


def _label_line(command: LabelSession, result: Result, _viewer: int) -> str:
    done = "It has that name now" if cleaned(command.label) else "It has no name of yours any more"
    return change_result(result, done=done, gone=GONE, undone=NOTHING_NOTED)


def _named(press: Press, result: Result, snapshot: Snapshot | None, _account_name: str) -> Screen | None:
    match press.command:
        case LabelSession() as command if snapshot:
            remark = _label_line(command, result, press.owner)
            if cleaned(command.label) and snapshot.standings.trust_in(result.hash) is None:
                remark = f"{remark} {NOT_TRUSTED_YET}"
            return anew.changed(press, result, snapshot, remark=remark)
    return None


def _accepts(command: SetAccepted) -> str:
    match command.calls, command.secret_chats:
        case True, True:
            return "calls and secret chats"
        case True, False:
            return "calls, but no secret chats"
        case False, True:
            return "secret chats, but no calls"
        case calls, None:
            return "calls" if calls else "no calls"
        case None, chats:
            return "secret chats" if chats else "no secret chats"
        case _:
            return "neither calls nor secret chats"


def _about_accepted(press: Press) -> Text:
    match press.command:
        case SetAccepted() as command:
            return Text(one_session(press), f"\nIt then accepts: {_accepts(command)}")
    return one_session(press)


def _accepted_line(command: SetAccepted, result: Result, _viewer: int) -> str:
    done = f"It now accepts {_accepts(_with_other(command, result.session))}"
    return change_result(result, done=done, gone=GONE, undone=NOTHING_NOTED, instead=DEVICES)


def _with_other(command: SetAccepted, session: Session | None) -> SetAccepted:
    """With the switch that it left as it was, where that is known."""
    if session is None:
        return command
    calls = not session.calls_disabled if command.calls is None else command.calls
    chats = not session.secret_chats_disabled if command.secret_chats is None else command.secret_chats
    return replace(command, calls=calls, secret_chats=chats)


def _accepting(press: Press, result: Result, snapshot: Snapshot | None, _account_name: str) -> Screen | None:
    match press.command:
        case SetAccepted() as command:
            return anew.changed(press, result, snapshot, remark=_accepted_line(command, result, press.owner))
    return None


def _days(command: SetTtl) -> str:
    return "1 day" if command.days == 1 else f"{command.days} days"


def _ttl_line(command: SetTtl, result: Result, _viewer: int) -> str:
    done, so_already = f"Unused sessions end after {_days(command)} now", "That is set already."
    return change_result(result, done=done, gone=so_already, undone=NOTHING_NOTED, instead=DEVICES)


def _limited(press: Press, result: Result, snapshot: Snapshot | None, account_name: str) -> Screen | None:
    """The next look tells the worker of it; the page is to show it at once."""
    match press.command:
        case SetTtl() as command if snapshot and result.outcome is Outcome.DONE:
            return lifetime_page(
                replace(snapshot.roster, ttl_days=command.days),
                account_name=account_name,
                now=result.at,
                trusted=frozenset(trust.hash for trust in snapshot.standings.trusted),
                labels=snapshot.labels.by_hash(),
                line=_ttl_line(command, result, press.owner),
            )
    return None


LABEL: DeedWords[LabelSession] = DeedWords(
    title=_label_title, line=_label_line, about=_about_label, subject=_called, settles=IF_GONE, anew=_named
)
ACCEPTED: DeedWords[SetAccepted] = DeedWords(
    title=lambda _: "Change what this session accepts?",
    line=_accepted_line,
    about=_about_accepted,
    settles=IF_GONE,
    anew=_accepting,
)
TTL: DeedWords[SetTtl] = DeedWords(
    title=lambda command: f"End idle sessions after {_days(command)}?",
    line=_ttl_line,
    about=lambda _: Text("Telegram then ends by itself every session that is not used for so long, whoever's it is."),
    subject=lambda *_: None,
    settles=frozenset(),
    anew=_limited,
)
