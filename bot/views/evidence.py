"""All that is known of one session as one file, with a sum that tells whether it was altered since."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from aiogram.utils.formatting import Bold, Code, Text

from bot.views.attachment import Attachment
from bot.views.exports import Export, head, plain, readable, standing_of
from bot.views.happenings import what_happened
from bot.views.screen import Screen
from bot.views.story import with_gaps
from bot.views.wording import cleaned, device_of, labelled
from core.domain.endings import Ending
from core.domain.history import Entry, Kind
from core.domain.sessions import Session
from core.domain.timeline import ENDS

WHAT_IT_IS = (
    "What Doorman knows of one session of a Telegram account. Device, app and system are the device's own words; the "
    "place is Telegram's estimate from the IP. A time of an entry is when Doorman knew."
)
NOTHING_KNOWN = "Nothing is kept of this session any more."
HOW_TO_CHECK = (
    "sha256 is the SHA-256, in hexadecimal, of the value of content as JSON: keys sorted, no spaces between, all but "
    "ASCII written as \\uXXXX."
)


def evidence(export: Export, hash_: str, *, viewer: int) -> Attachment | None:
    """The file for an owner; None where nothing is known of that session."""
    story = with_gaps(export.entries, hash_)
    listed = next((s for s in export.roster.sessions if s.hash == hash_), None) if export.roster else None
    session = listed or next((entry.session for entry in reversed(story) if entry.session), None)
    if session is None:
        return None
    content = _content(export, story, session, is_listed=listed is not None, viewer=viewer)
    text = readable({"sha256": sum_of(content), "how_to_check": HOW_TO_CHECK, "content": content})
    data = text.encode()
    label = export.labels.get(hash_, "")
    caption = Text(
        Bold("Evidence: "),
        Text(labelled(label), " · ") if cleaned(label) else "",
        device_of(session),
        f"\n{len(story)} {'entry' if len(story) == 1 else 'entries'}. SHA-256 of this file:\n",
        Code(sha256(data).hexdigest()),
        "\nKeep this message: by it, anybody sees later that the file was not altered.",
    )
    name = f"doorman-{export.account}-session-{hash_}-{export.at:%Y%m%dT%H%MZ}.json"
    return Attachment(name=name, content=data, caption=Screen(text=caption))


def sum_of(content: dict[str, Any]) -> str:
    """As HOW_TO_CHECK says."""
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _content(
    export: Export, story: tuple[Entry, ...], session: Session, *, is_listed: bool, viewer: int
) -> dict[str, Any]:
    last = story[-1] if story else None
    ended = last if last and last.kind in ENDS and not is_listed else None
    return {
        "what": WHAT_IT_IS,
        **head(export),
        "exported_for": viewer,
        "session": standing_of(session, export) if is_listed else plain(session),
        "label": export.labels.get(session.hash, ""),
        "is_listed": is_listed,
        "listed_as_of": plain(export.roster.taken_at) if export.roster else None,
        "known_from": "its beginning" if story and story[0].kind is Kind.LOGIN else "later than its beginning",
        "ended": _ended(ended, viewer) if ended else None,
        "entries": [{"in_words": _words(entry, viewer), **plain(entry)} for entry in story],
    }


def _ended(entry: Entry, viewer: int) -> dict[str, Any]:
    evidence_: Ending | None = entry.ending
    return {"seen_at": plain(entry.at), "in_words": _words(entry, viewer), "evidence": plain(evidence_)}


def _words(entry: Entry, viewer: int) -> str:
    return what_happened(entry, viewer=viewer).render()[0].replace("\u2068", "").replace("\u2069", "")
