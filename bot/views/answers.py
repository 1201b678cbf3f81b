"""What came of a command, in words: done, gone already, not allowed yet, no answer."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.views.losses import why_lost
from bot.views.status import CONDITIONS, condition_of
from bot.views.wording import moment
from core.contract.replies import NotCarried, Outcome, Result, Trouble
from core.contract.state import Condition, WorkerStatus
from core.domain.sessions import MAY_END_OTHERS_AFTER, Session
from core.domain.tombstones import DOORMAN

CONFIRM_HINT = "Ending logs that device out. Press once more to confirm."
KEPT = "Kept. Nothing was changed."
STALE = "This button is no longer of use. Send /sessions for the current list."
NO_REPLY = (
    "⚠️ Doorman's worker did not answer in time. Whether it was done is not known yet: Doorman finds out and tells you "
    "here. It will not be done later."
)
NEVER_FOUND_OUT = (
    "⚠️ For a day Doorman could not find out what came of your press. Look in Telegram: Settings → Devices."
)
#: Of what no list shows.
NOT_KNOWN = (
    "⚠️ Doorman's worker gave no answer to your press, so it is not known whether that was done. It will not be done "
    "later. Look how it stands now."
)
TURNED_AWAY = "Not done: Doorman says why below."
NOT_WATCHED = "⚠️ Nothing was done: Doorman watches that account no more. /accounts shows which it watches."
OLD_QUESTION = "That question was an old one. Press once more to confirm."
NO_REPLY_TO_LOOK = (
    "Doorman's worker did not answer just now. Try again in a minute; if it goes on, /status says since when."
)
REDIS_AWAY = "⚠️ Doorman can't reach its Redis just now, so it can't ask its worker. Try again in a minute."
FAILED = "⚠️ That failed because of a fault in Doorman; its log says which. Nothing more will be done."
DEVICES = "You can do it yourself in Telegram: Settings → Devices."
NOTHING_ENDED = "Nothing was ended."
NOT_TOLD = "Telegram was not told that it was you."
NOTHING_NOTED = "Nothing was changed."
NOT_YOURS = "If that login was not yours, set or change your 2FA password now."

#: What every method of a frozen account is answered (core.telegram.org/api/auth#frozen-accounts).
FROZEN = "FROZEN_METHOD_INVALID"
FROZEN_ACCOUNT = CONDITIONS[Condition.FROZEN]
FLOOD_WAIT = re.compile(r"FLOOD_WAIT_(\d{1,7})")
LONGEST_WAIT = 10**7  # seconds: more is none, and may be too much for a time
MINUTE = timedelta(minutes=1)


def ended(at: datetime, *, by: int, viewer: int) -> str:
    """That Doorman ended it, for whom and when."""
    if by == DOORMAN:
        return f"Doorman ended it by itself, by a rule of yours: {moment(at)}."
    return f"Ended by {'you' if by == viewer else 'another owner'}: {moment(at)}."


def confirmed(at: datetime, *, by: int, viewer: int, told_telegram: bool) -> str:
    """That an owner said of a login that it was theirs, and when; and whether Telegram had waited for that."""
    who = "You said that it was you" if by == viewer else "Another owner said that it was theirs"
    return f"{who}: {moment(at)}.{' Telegram was told.' if told_telegram else ''}"


def end_result(result: Result, *, viewer: int) -> str:
    """What came of ending one session; one that was ended at an earlier press is said to be so."""
    if result.ended_by is not None:
        return ended(result.at, by=result.ended_by, viewer=viewer)
    match result.outcome:
        case Outcome.ALREADY_GONE:
            return "It is gone already: there was nothing left to end."
        case Outcome.IS_GUARD:
            return "This is Doorman's own session; it is not ended by a button."
        case Outcome.NOT_ALLOWED_YET:
            since = f" It may from {moment(result.allowed_from)}." if result.allowed_from else ""
            return (
                "⚠️ Not ended. Telegram lets no session younger than 24 hours end others, "
                f"and Doorman's own is.{since} {DEVICES}"
            )
        case Outcome.NOT_DONE:
            return (
                "⚠️ Not ended: Doorman could not get to it, and Telegram lists it still. Press again, or do it "
                "yourself in Telegram: Settings → Devices."
            )
        case _:
            return _refused(result, "Not ended.", instead=DEVICES) or (
                f"⚠️ Not ended, as far as is known: Telegram answered {result.error}. Look with /sessions. {DEVICES}"
            )


def confirm_result(result: Result, *, viewer: int) -> str:
    """What came of "It was me"."""
    match result.outcome:
        case Outcome.DONE:
            waited = result.session is not None and result.session.unconfirmed
            return confirmed(result.at, by=viewer, viewer=viewer, told_telegram=waited)
        case Outcome.NOT_PENDING:
            return f"You said that it was you: {moment(result.at)}."
        case Outcome.ALREADY_GONE:
            return "This session is gone already."
        case Outcome.NOT_DONE:
            return "⚠️ Telegram was not told: Doorman could not get to it. Press again."
        case _:
            return _refused(result, NOT_TOLD) or (
                f"⚠️ Telegram could not be told: it answered {result.error}. Try again later."
            )


def trust_result(result: Result, *, trusted: bool) -> str:
    """What came of trusting a session, or of trusting it no more."""
    match result.outcome:
        case Outcome.DONE:
            now = "You trust this session now" if trusted else "You trust this session no more"
            return f"{now}: {moment(result.at)}."
        case Outcome.ALREADY_GONE:
            return "This session is gone already."
        case Outcome.NOT_PENDING:  # as the session stands; whose doing it was is not known
            return f"This session is {'trusted already' if trusted else 'not trusted'}."
        case Outcome.NOT_DONE:
            return f"⚠️ Not done: this session is {'not trusted' if trusted else 'still trusted'}. Press again."
        case _:
            return _refused(result, NOTHING_NOTED) or f"⚠️ Nothing was changed: Telegram answered {result.error}."


def change_result(result: Result, *, done: str, gone: str, undone: str, instead: str = "") -> str:
    """What came of any other change. `done` lacks its time; `gone` is for what is so already; `instead` is what the
    owner can do where Telegram does not let Doorman.
    """
    match result.outcome:
        case Outcome.DONE:
            return f"{done}: {moment(result.at)}."
        case Outcome.ALREADY_GONE | Outcome.NOT_PENDING:
            return gone
        case Outcome.IS_GUARD:
            return "This is Doorman's own session; it stays as it is."
        case Outcome.NOT_ALLOWED_YET:
            since = f" It may from {moment(result.allowed_from)}." if result.allowed_from else ""
            why = f"Telegram lets no session younger than 24 hours do that, and Doorman's own is.{since}"
            return _undone(undone, why, instead)
        case Outcome.NOT_DONE:
            return _undone(undone, "Doorman could not get to it. Press again.")
        case Outcome.FAILED:
            why = f"Telegram answered {result.error}." if result.error else ""
            return _refused(result, undone, instead=instead) or _undone(undone, why, instead)


def _refused(result: Result, undone: str, *, instead: str = "") -> str:
    """That it was refused for a reason that has words of its own; it is sure then that it was not done."""
    if result.error == FROZEN:
        return _undone(undone, FROZEN_ACCOUNT)
    flood = FLOOD_WAIT.fullmatch(result.error)
    return _undone(undone, _wait(int(flood[1]), at=result.at), instead) if flood else ""


def _undone(undone: str, why: str, instead: str = "") -> str:
    return " ".join(filter(None, [f"⚠️ {undone}", why.removeprefix("⚠️ "), instead]))


def not_carried(reply: NotCarried, *, at: datetime, undone: str = "", briefly: bool = False) -> str:
    """Why the worker could not, and what is left undone: nothing by a mere look. It answered `at` that time; `briefly`
    is for a passing notice.
    """
    why = _why_not(reply, at=at, briefly=briefly)
    says_what_to_do = reply.trouble is Trouble.GUARD_LOST or reply.error == FROZEN
    instead = DEVICES if undone == NOTHING_ENDED and not says_what_to_do else ""
    return _undone(undone, why, instead) if undone else why


def not_asked(status: WorkerStatus, *, undone: str) -> str:
    """That nobody is there to be asked, as the worker itself said with its last word, and what is left undone."""
    says_what_to_do = status.condition is Condition.GUARD_LOST
    instead = DEVICES if undone == NOTHING_ENDED and not says_what_to_do else ""
    return _undone(undone, condition_of(status), instead)


def _why_not(reply: NotCarried, *, at: datetime, briefly: bool) -> str:
    match reply.trouble:
        case Trouble.FLOOD_WAIT:
            return _wait(reply.seconds, at=at)
        case Trouble.GUARD_LOST:
            return why_lost(reply.error, briefly=briefly)
        case Trouble.UNREACHABLE:
            return "⚠️ Doorman has no connection to Telegram's servers just now. Try again soon."
        case Trouble.INCOMPLETE:
            return "⚠️ Telegram's list of sessions is incomplete just now. Try again soon."
        case Trouble.REFUSED:
            return FROZEN_ACCOUNT if reply.error == FROZEN else f"⚠️ Telegram refused: {reply.error}."


def _wait(seconds: int, *, at: datetime) -> str:
    until = at + timedelta(seconds=min(seconds, LONGEST_WAIT))
    until += -timedelta(seconds=until.second, microseconds=until.microsecond) % MINUTE  # to the minute, never too early
    return f"⚠️ Telegram asks Doorman to wait until {moment(until)}. Try again then."


def not_yet(guard: Session | None, *, now: datetime) -> str:
    """From when Doorman may end sessions and what to do until then; "" if it may."""
    if guard is None or now >= (allowed_from := guard.created_at + MAY_END_OTHERS_AFTER):
        return ""
    return (
        f"⚠️ Doorman may end sessions from {moment(allowed_from)}: Telegram makes new sessions wait 24 hours. "
        "Until then, end what you don't know in Telegram → Settings → Devices."
    )
