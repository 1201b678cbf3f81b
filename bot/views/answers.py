"""What came of a command, in words: done, gone already, not allowed yet, no answer."""

from __future__ import annotations

from datetime import datetime

from bot.views.wording import moment
from core.contract.commands import NotCarried, Outcome, Result, Trouble

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
OLD_QUESTION = "That question was an old one. Press once more to confirm."
NO_REPLY_TO_LOOK = "Doorman's worker does not answer; /status says since when."
REDIS_AWAY = "⚠️ Doorman can't reach its Redis just now, so it can't ask its worker. Try again in a minute."
FAILED = "⚠️ That failed because of a fault in Doorman; its log says which. Nothing more will be done."
DEVICES = "You can do it yourself in Telegram: Settings → Devices."


def ended(at: datetime, *, by: int, viewer: int) -> str:
    """That Doorman ended it, for whom and when."""
    return f"Ended by {'you' if by == viewer else 'another owner'}: {moment(at)}."


def confirmed(at: datetime, *, by: int, viewer: int) -> str:
    """That an owner said of a login that it was theirs, and when."""
    who = "You said that it was you" if by == viewer else "Another owner said that it was theirs"
    return f"{who}: {moment(at)}. Telegram was told."


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
            return f"⚠️ Not ended, as far as is known: Telegram answered {result.error}. Look with /sessions. {DEVICES}"


def confirm_result(result: Result, *, viewer: int) -> str:
    """What came of "It was me"."""
    match result.outcome:
        case Outcome.DONE:
            return confirmed(result.at, by=viewer, viewer=viewer)
        case Outcome.NOT_PENDING:
            return f"You said that it was you: {moment(result.at)}."
        case Outcome.ALREADY_GONE:
            return "This session is gone already."
        case Outcome.NOT_DONE:
            return "⚠️ Telegram was not told: Doorman could not get to it. Press again."
        case _:
            return f"⚠️ Telegram could not be told: it answered {result.error}. Try again later."


def not_carried(reply: NotCarried) -> str:
    """Why nothing was done."""
    match reply.trouble:
        case Trouble.FLOOD_WAIT:
            return f"⚠️ Telegram asks Doorman to wait {reply.seconds} s before the next request. Try again then."
        case Trouble.GUARD_LOST:
            return "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs."
        case Trouble.UNREACHABLE:
            return "⚠️ Doorman has no connection to Telegram's servers just now. Nothing was done; try again soon."
        case Trouble.INCOMPLETE:
            return "⚠️ Telegram's list of sessions is incomplete just now. Nothing was done; try again soon."
        case Trouble.REFUSED:
            return f"⚠️ Telegram refused: {reply.error}. Nothing was done."
