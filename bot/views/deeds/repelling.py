"""What is said of keeping somebody out who is on the way in: by a reset of the 2FA password, or by a login code."""

from __future__ import annotations

from aiogram.utils.formatting import Text

from bot.views.answers import change_result
from bot.views.deeds.words import DeedWords, by_name
from core.contract.commands import DeclineReset, KillCodes
from core.contract.replies import Result

IN_TELEGRAM = "You can do it yourself in Telegram: Settings → Privacy and Security → Two-Step Verification."
RESET_STANDS, CODES_STAND = "The reset was not called off.", "No code was killed."


def _reset_line(_: DeclineReset, result: Result, _viewer: int) -> str:
    done, gone = "The reset of the 2FA password is called off", "No reset of the 2FA password is under way."
    return change_result(result, done=done, gone=gone, undone=RESET_STANDS, instead=IN_TELEGRAM)


#: It remembers them in memory alone.
NO_CODE = (
    "No login code to kill is known. Did one come while Doorman was restarting? It may still be good for some minutes: "
    "if you did not ask for it, switch the login lock on with /lock."
)


def _codes_line(_: KillCodes, result: Result, _viewer: int) -> str:
    done, gone = "The login codes that came lately are worthless now", NO_CODE
    return change_result(result, done=done, gone=gone, undone=CODES_STAND)


RESET: DeedWords[DeclineReset] = DeedWords(
    title=lambda _: "Call off the reset of the 2FA password?",
    line=_reset_line,
    about=lambda _: Text("The password then stays as it is."),
    subject=lambda *_: None,
    undone=RESET_STANDS,
)
CODES: DeedWords[KillCodes] = DeedWords(
    title=lambda _: "Kill the login codes?",
    line=_codes_line,
    about=lambda _: Text("Nobody can log in with those that came lately then, and neither can you."),
    subject=by_name,
    undone=CODES_STAND,
)
