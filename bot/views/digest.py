"""A week of an account in one message: who is inside, what happened, what waits for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.history import ShowHistory, Since
from bot.views.buttons.keyboards import list_apart
from bot.views.happenings import what_happened, who
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.sessions import NO_LABELS
from bot.views.whys import WORDS
from bot.views.wording import cleaned, day, device_of, labelled, named, place
from core.domain.digest import Digest
from core.domain.history import Entry
from core.domain.sessions import Session, place_of

SHOWN = 4  # of each kind, the newest: the rest is in the history


def digest_screen(
    account: int,
    digest: Digest,
    *,
    account_name: str,
    viewer: int,
    labels: Mapping[str, str] = NO_LABELS,
    note: str = "",
) -> Screen:
    """The digest; a line where nothing happened and nothing waits. Another network in the same place is a weekday.

    `labels` are the owner's own names by hash, of sessions that are gone too. `note` is why nobody watches just now, so
    that what was not seen is not taken for quiet.
    """
    digest = replace(digest, moves=tuple(entry for entry in digest.moves if _is_elsewhere(entry)))
    if digest.is_quiet:
        said = "Nothing was seen this week: " if note else "Nothing happened this week: "
        text = Text(Bold(said), named(account_name), f"\n{note}" if note else "", f"\n{_inside(digest)}")
        return Screen(text=text, keyboard=keyboard([list_apart(account)]))
    text = Text(
        Bold("The week to ", day(digest.until), ": "),
        named(account_name),
        f"\n{note}" if note else "",
        f"\n{_inside(digest)}",
        _section("⚠️ Nobody has said whose these are", [_login(session, labels) for session in digest.unanswered]),
        _section("Logged in", [Text(_on(entry), _about(entry, labels)) for entry in digest.logins]),
        _section("Ended", [_ended(entry, viewer, labels) for entry in digest.ends]),
        _section("Moved", _moves(digest.moves, labels)),
        _section("Changed", [_changed(entry, viewer, labels) for entry in digest.changes]),
        _codes(digest.codes),
        _section("Not watched", [what_happened(entry, viewer=viewer) for entry in digest.gaps]),
    )
    history = button("History of the week", ShowHistory(account=account, since=Since.WEEK))
    return Screen(text=text, keyboard=keyboard([list_apart(account), history]))


def digest_unknown(*, account_name: str) -> Screen:
    """Its worker has never looked."""
    return Screen(text=Text(Bold("No digest yet: "), named(account_name), "\nIts worker has not reported yet."))


def _inside(digest: Digest) -> str:
    counted = (
        (digest.active, "in use"),
        (digest.inactive, "long unused"),
        (digest.pending, "without its 2FA password"),
    )
    parts = [f"{number} {what}" for number, what in counted if number]
    if not parts:
        return "Inside: Doorman alone."
    return f"Inside, besides Doorman: {', '.join(parts)}; {digest.trusted or 'none'} trusted."


def _section(title: str, lines: Sequence[Text]) -> Text:
    """Its number where more are than are shown; nothing where there are none."""
    if not lines:
        return Text()
    more = len(lines) - SHOWN
    shown = [Text("\n", line) for line in lines[:SHOWN]]
    return Text("\n\n", Bold(title), f" ({len(lines)})", *shown, f"\nand {more} more" if more > 0 else "")


def _on(entry: Entry) -> str:
    return f"{entry.at:%a} "


def _called(session: Session, labels: Mapping[str, str]) -> Text:
    """By one name, for room: the owner's own, where there is one."""
    label = labels.get(session.hash, "")
    return Text(f"{icon_of(session)} ", labelled(label) if cleaned(label) else device_of(session))


def _login(session: Session, labels: Mapping[str, str]) -> Text:
    return Text(_called(session, labels), ", ", place(session))


def _about(entry: Entry, labels: Mapping[str, str]) -> Text:
    return _login(entry.session, labels) if entry.session else Text("a session")


def _ended(entry: Entry, viewer: int, labels: Mapping[str, str]) -> Text:
    if entry.by is not None or entry.ending is None:
        why = f"ended{who(entry.by, viewer)}"
    else:
        why = WORDS[entry.ending.why](entry.ending)[0]
    device = _called(entry.session, labels) if entry.session else Text("a session")
    return Text(_on(entry), device, f": {why[:1].lower()}{why[1:]}")


def _is_elsewhere(entry: Entry) -> bool:
    return not (entry.before and entry.session) or place_of(entry.before) != place_of(entry.session)


def _moves(moves: Iterable[Entry], labels: Mapping[str, str]) -> list[Text]:
    """A line for each session: how often it moved, and where it was last; the moves come newest first."""
    by_session: dict[str, list[Session]] = {}
    for entry in moves:
        if entry.session:
            by_session.setdefault(entry.session.hash, []).append(entry.session)
    return [
        Text(
            _called(went[0], labels),
            f", {len(went)} times, last to " if len(went) > 1 else " to ",
            place(went[0]),
        )
        for went in by_session.values()
    ]


def _changed(entry: Entry, viewer: int, labels: Mapping[str, str]) -> Text:
    head = Text(_called(entry.session, labels), ": ") if entry.session else Text()
    return Text(_on(entry), head, what_happened(entry, viewer=viewer))


def _codes(number: int) -> str:
    if not number:
        return ""
    times = "once" if number == 1 else f"{number} times"
    return f"\n\nA login code was asked for {times}."
