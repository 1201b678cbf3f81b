"""The story of one session: all that is kept of it, newest first, and where to go from there."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.history import SendEvidence, ShowHistory, ShowStory
from bot.views.buttons.keyboards import list_here
from bot.views.buttons.sessions import ShowCard
from bot.views.icons import icon_of
from bot.views.leaves import counted, page_of, told
from bot.views.screen import Screen
from bot.views.wording import cleaned, device_of, labelled, moment, named
from core.domain.history import Entry, Kind, story_of
from core.domain.timeline import BEGINNINGS, ENDS


def story_page(
    entries: Sequence[Entry],
    wanted: ShowStory,
    *,
    account_name: str,
    label: str,
    is_listed: bool,
    viewer: int,
) -> Screen:
    """One page of what is told of one session; `is_listed` is whether it is logged in still."""
    account, hash_ = wanted.account, wanted.hash
    story = with_gaps(entries, hash_)
    page = page_of(story, until=wanted.until, number=wanted.page)
    back = button("All history", ShowHistory(account=account))
    session = next((entry.session for entry in reversed(story) if entry.session), None)
    if session is None:
        text = Text("Nothing is kept of this session.")
        return Screen(text=text, keyboard=keyboard([back, list_here(account)]))
    text = Text(
        Bold("History of a session of "),
        named(account_name),
        "\n",
        f"{icon_of(session)} ",
        Text(labelled(label), " · ") if cleaned(label) else "",
        device_of(session),
        f"\nLogged in {moment(session.created_at)} · {counted(page.of)}",
        "" if is_listed else Text("\nIt is not listed any more."),
        *told(page.entries, {}, viewer=viewer, with_name=False),
        f"\n\n{_first_word(story[0])}" if page.is_last else "",
    )

    def other(name: str, **changes: object) -> InlineKeyboardButton:
        return button(name, wanted.model_copy(update={"until": page.until, **changes}))

    turning = [
        *([other(f"◀ {page.number}/{page.count}", page=page.number - 1)] if page.number else []),
        *([] if page.is_last else [other(f"{page.number + 2}/{page.count} ▶", page=page.number + 1)]),
    ]
    card = [button("Its card", ShowCard(account=account, hash=hash_))] if is_listed and not session.current else []
    evidence = button("Evidence file", SendEvidence(account=account, hash=hash_))
    return Screen(text=text, keyboard=keyboard(turning, [evidence, *card], [back, list_here(account)]))


def with_gaps(entries: Sequence[Entry], hash_: str) -> tuple[Entry, ...]:
    """A session's story, oldest first, with the times in its life in which nobody was looking."""
    story = story_of(entries, hash_)
    if not story:
        return ()
    over = story[-1].at if story[-1].kind in ENDS else None
    gaps = (e for e in entries if e.kind is Kind.GAP and story[0].at < e.at and (over is None or e.at <= over))
    return tuple(sorted((*gaps, *story), key=lambda entry: entry.at))


def _first_word(first: Entry) -> str:
    if first.kind is Kind.BASELINE:
        return "It was inside before Doorman came: what happened until then is not known."
    if first.kind in BEGINNINGS:
        return "That is all, from its login on."
    return f"Nothing older is kept of it than of {moment(first.at)}."
