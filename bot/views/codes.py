"""Asking for a one-time code, and what became of the one that was typed."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text

from bot.codes.judging import Kind, Verdict
from bot.press import Press
from bot.views.deeds import words_of
from bot.views.screen import Screen
from bot.views.wording import moment

CODE_NEEDED = "Your code is needed: see the question below."
REFUSED = "Refused: this needs a one-time code."
ANOTHER_WAITS = "Not done: another action waits for its code. If you don't know that question, send /cancel."
ENROLL = "run `doorman enroll` where Doorman runs, and scan what it shows with an authenticator app on another device"
WHY = (
    "Whoever broke into this account sees this chat too and could press the same button; the code is what they don't "
    "have."
)


def question(press: Press, *, is_another: bool) -> Screen:
    """To be answered with the code. It shows all that the code is for: a device may bear another's name, and whatever
    else is in this chat may be deleted. `is_another` is whether it follows one that was about something else.
    """
    words = words_of(press.command)
    text = Text(
        "⚠️ This is about something else than the question before it, which was not done.\n\n" if is_another else "",
        Bold(f"🔐 {words.title(press.command)}"),
        "\n\n",
        words.about(press),
        "\n\nTo have it done, answer this message within 2 minutes with the six digits that your authenticator app "
        "shows now, or with a recovery code.\n\nIf it was not you who pressed, send /cancel: somebody else is in this "
        "account.",
    )
    return Screen(text=text, asks="123456")


def not_enrolled(press: Press) -> Screen:
    """It can't be done from here yet."""
    words = words_of(press.command)
    text = Text(
        Bold(f"🔐 Not done: {words.title(press.command).removesuffix('?')}"),
        "\n\n",
        words.about(press),
        f"\n\nThis needs a one-time code, and you have none yet. {WHY}\n\n",
        Bold("Now: "),
        f"{ENROLL}.",
        " Until then, end sessions in Telegram: Settings → Devices." if words.ends else "",
    )
    return Screen(text=text)


def dropped(*, anything: bool) -> Screen:
    """The answer to /cancel."""
    return Screen(text=Text("Dropped. Nothing was changed." if anything else "There is nothing to cancel."))


def unasked(*, waits: bool) -> Screen:
    """A code came that answers no question."""
    what = (
        "If the question that waits is yours, wait for the next code and answer that very message with it."
        if waits
        else "Press the button first."
    )
    return Screen(text=Text(f"That code answers no question, so it is used up and nothing was done. {what}"))


def admitted(verdict: Verdict) -> Screen | None:
    """What is to be said beside what was done."""
    if verdict.kind is not Kind.RECOVERY:
        return None
    left = "1 recovery code is" if verdict.left == 1 else f"{verdict.left or 'No'} recovery codes are"
    return Screen(text=Text(f"{left} left; `doorman enroll` makes a new set."))


def refused(verdict: Verdict) -> Screen:
    """The code does not open."""
    match verdict.kind:
        case Kind.USED if verdict.of_recovery:
            line = "That recovery code was used already. Nothing was done. Answer the question with another."
        case Kind.USED:
            line = "That code was used already. Nothing was done. Answer the question with the next one."
        case Kind.LOCKED:
            until = f" until {moment(verdict.until)}" if verdict.until else ""
            kind, other = _kinds(verdict)
            line = f"⚠️ Too many wrong codes: no {kind} is taken{until}. Nothing was done. A {other} may still work."
        case Kind.UNREADABLE:
            line = (
                "⚠️ Your codes can't be checked: what Doorman keeps of them is under another SECRET_KEY, or was "
                "changed. Nothing was done. Put SECRET_KEY back, or run `doorman enroll` where Doorman runs."
            )
        case Kind.NOT_ENROLLED:
            line = f"You have no one-time codes yet, so nothing was done. Now: {ENROLL}."
        case _:
            tries = "1 try" if verdict.left == 1 else f"{verdict.left} tries"
            line = f"⚠️ That code is wrong; {tries} left. Nothing was done. Answer the question with another."
    return Screen(text=Text(line))


def warning(owner: int, verdict: Verdict) -> Screen | None:
    """For every owner: somebody guesses."""
    if verdict.kind not in {Kind.WRONG, Kind.LOCKED} or (verdict.kind is Kind.LOCKED and not verdict.lock_began):
        return None
    locked = (
        f" That was one too many: no {_kinds(verdict)[0]} is taken there until {moment(verdict.until)}."
        if verdict.lock_began and verdict.until
        else ""
    )
    text = Text(
        Bold("🚨 A wrong one-time code was typed"),
        f"\n\nIn the chat of owner {owner}.{locked} If it was not that owner, somebody else is in their account: look "
        "at who is logged in, end whoever does not belong there, and change the account's 2FA password.",
    )
    return Screen(text=text)


def _kinds(verdict: Verdict) -> tuple[str, str]:
    """What a lock is of, and what it is not of."""
    kinds = ("recovery code", "code of your app")
    return kinds if verdict.of_recovery else kinds[::-1]
