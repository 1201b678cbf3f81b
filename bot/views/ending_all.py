"""Ending all sessions but Doorman's own: the list that is asked about, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.utils.formatting import Bold, Text

from bot.views.answers import end_result
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.ending import ConfirmEndOthers
from bot.views.buttons.keyboards import back_keyboard, settled_keyboard
from bot.views.buttons.sessions import ShowPage
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS
from bot.views.wording import cleaned, device_of, labelled, moment, named, place
from core.contract.replies import Outcome, Result
from core.domain.sessions import Session

#: What one message can list whole: an entry takes some 200 of the 4096 UTF-16 units at the most.
AT_ONCE = 15
ENDED = frozenset({Outcome.DONE, Outcome.ALREADY_GONE})
SHORTLY = {
    Outcome.DONE: "ended",
    Outcome.ALREADY_GONE: "was gone already",
    Outcome.IS_GUARD: "not ended: Doorman's own",
    Outcome.NOT_ALLOWED_YET: "⚠️ not ended yet",
    Outcome.FAILED: "⚠️ not ended",
    Outcome.NOT_DONE: "⚠️ not ended",
}


def question(
    account: int,
    sessions: Sequence[Session],
    *,
    list_name: str,
    more: int,
    account_name: str,
    again: bool = False,
    not_yet: str = "",
    trusted: Sequence[Session] = (),
    untrusted_list: str = "",
    labels: Mapping[str, str] = NO_LABELS,
) -> Screen:
    """What would end, one by one; `more` is how many there are beyond, `again` whether it was asked before, `not_yet`
    why none of it can be done before long.

    `trusted` would end as well, and stand apart after the others; `untrusted_list` is the name of the list without
    them, "" where nothing would be left of it.
    """
    total = len(sessions) + len(trusted)
    count = _count(total)
    text = Text(
        "That question was too old, so here it is again.\n\n" if again else "",
        Bold(f"End {count}? "),
        named(account_name),
        "\n\nEach of these devices is logged out, your own phone and computer among them; Doorman's own session stays, "
        "and so does whoever logs in from now on.\n",
        listed(sessions, labels=labels),
        _apart(trusted, total=total, labels=labels) if trusted else "",
        f"\n\n{more} more are not listed here: these are ended first, then ask again." if more else "",
        f"\n\n{not_yet}" if not_yet else "",
    )
    confirm = button(f"Yes, end {count}", ConfirmEndOthers(account=account, list=list_name))
    spare = button("End all but the trusted", ConfirmEndOthers(account=account, list=untrusted_list))
    keep = button("No, keep them", ShowPage(account=account, page=0))
    return Screen(text=text, keyboard=keyboard([spare] if untrusted_list else [], [confirm], [keep]))


def _apart(trusted: Sequence[Session], *, total: int, labels: Mapping[str, str]) -> Text:
    of_them = "It is" if total == 1 else "All are" if total == len(trusted) else f"{len(trusted)} of them"
    verb = "" if total == len(trusted) else " is" if len(trusted) == 1 else " are"
    entries = listed(trusted, labels=labels, start=total - len(trusted) + 1)
    return Text("\n" if total == len(trusted) else "\n\n", Bold(f"🛡 {of_them}{verb} trusted:"), entries)


def listed(sessions: Sequence[Session], *, labels: Mapping[str, str] = NO_LABELS, start: int = 1) -> Text:
    """One a line, with what tells it from another of its name."""
    entries = (
        Text(f"\n{n}. ", _called(s, labels), " · ", place(s), f" · since {moment(s.created_at)}")
        for n, s in enumerate(sessions, start=start)
    )
    return Text(*entries)


def _called(session: Session, labels: Mapping[str, str]) -> Text:
    """By one name, for room: the owner's own, where there is one."""
    label = labels.get(session.hash, "")
    return labelled(label) if cleaned(label) else device_of(session)


def nothing_to_end(account: int) -> Screen:
    """There is no other session."""
    return Screen(text=Text("Nobody but Doorman is logged in."), keyboard=back_keyboard(account))


def under_way(count: int) -> str:
    """It may take some seconds."""
    return f"Ending {_count(count)}…"


def report(
    account: int,
    results: Sequence[Result],
    sessions: Sequence[Session],
    *,
    account_name: str,
    viewer: int,
    labels: Mapping[str, str] = NO_LABELS,
) -> Screen:
    """What came of each, and for those that were not ended, once, why."""
    known = {session.hash: session for session in sessions}
    left = [result for result in results if result.outcome not in ENDED]
    ended = f"{len(results) - len(left)} of {_count(len(results))}" if left else _count(len(results))
    text = Text(
        Bold(f"{ended} ended: "),
        named(account_name),
        "\n",
        *[_line(n, r, known.get(r.hash) or r.session, labels) for n, r in enumerate(results, start=1)],
        "\n\n",
        end_result(left[0], viewer=viewer)
        if left
        else "If one of them was not yours, set or change your 2FA password now.",
    )
    return Screen(text=text, keyboard=settled_keyboard(account))


def _line(number: int, result: Result, session: Session | None, labels: Mapping[str, str]) -> Text:
    device = _called(session, labels) if session else Text("A session")
    what = "ended" if result.ended_by is not None else SHORTLY.get(result.outcome, "⚠️ not ended")
    return Text(f"\n{number}. ", device, ": ", what)


def _count(number: int) -> str:
    return f"{number} session" if number == 1 else f"{number} sessions"
