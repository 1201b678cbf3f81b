"""What came in the quiet hours, a line each in one message after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType

from aiogram.utils.formatting import Bold, Text

from bot.views.afar import screen_of
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.history import ShowHistory, Since
from bot.views.buttons.keyboards import list_apart
from bot.views.icons import icon_of
from bot.views.screen import Screen
from bot.views.whys import RULES
from bot.views.wording import device_of, named
from core.contract.account_events import AccountAltered, CodeCame
from core.contract.events import Event
from core.contract.session_events import LoginConfirmed, LoginUnanswered, SessionAppeared, SessionEnded, TrustChanged
from core.domain.sessions import Session
from core.domain.tombstones import DOORMAN

#: As many lines as fit one message.
LINES_MOST = 20
NO_COUNTS: Mapping[str, int] = MappingProxyType({})
GONE, ANSWERED = "gone since", "answered for since"
#: Told in the line of the login itself, where there is one.
OF_A_LOGIN = (SessionEnded, LoginConfirmed, LoginUnanswered, TrustChanged)


def meanwhile(
    account: int,
    events: Sequence[Event],
    *,
    account_name: str,
    viewer: int,
    answered: frozenset[str],
    gone: frozenset[str],
    waiting: int = 0,
    counts: Mapping[str, int] = NO_COUNTS,
) -> Screen:
    """What was held back. The sessions that were `answered` for or are `gone` need no answer any more, `waiting` is how
    many logins follow that do; `counts` is what could not be held back, and came without a sound.
    """
    since = dict.fromkeys(answered, ANSWERED) | dict.fromkeys(gone, GONE)
    lines = list(_lines(events, since, account_name=account_name, viewer=viewer))
    more = len(lines) - LINES_MOST
    text = Text(
        Bold("While it was quiet: "),
        named(account_name),
        *[Text("\n• ", line) for line in lines[:LINES_MOST]],
        f"\nand {more} more that have no room here; /history shows those that it keeps." if more > 0 else "",
        _above(counts),
        f"\n\n{'1 login waits' if waiting == 1 else f'{waiting} logins wait'} for your answer, below."
        if waiting
        else "",
    )
    history = button("What happened", ShowHistory(account=account, since=Since.DAY))
    return Screen(text=text, keyboard=keyboard([list_apart(account), history]))


def _lines(events: Sequence[Event], since: Mapping[str, str], *, account_name: str, viewer: int) -> Iterator[Text]:
    """In their order: codes in a row are one line, and so is a login with what became of it."""
    logins = {event.session.hash for event in events if isinstance(event, SessionAppeared)}
    ends = {event.session.hash: event for event in events if isinstance(event, SessionEnded)}
    kept = [event for event in events if not (isinstance(event, OF_A_LOGIN) and event.session.hash in logins)]
    for _, same in groupby(kept, key=lambda event: event.was_killed if isinstance(event, CodeCame) else id(event)):
        event, *others = same
        head = _head(event, account_name)
        if isinstance(event, SessionAppeared):
            hash_ = event.session.hash
            became = _ended(ends[hash_], viewer) if hash_ in ends else since.get(hash_, "")
            yield Text(_when(event), head, _of(event), f": {became}" if became else "")
        elif isinstance(event, SessionEnded):
            by = _ended(event, viewer) if event.ended_by is not None else ""
            yield Text(_when(event), head, _of(event), f": {by}" if by else "")
        else:
            yield Text(_when(event), head, _of(event), f", {len(others) + 1} times" if others else "")


def _when(event: Event) -> str:
    return f"{event.at:%a %H:%M} UTC "


def _head(event: Event, account_name: str) -> str:
    """What the message of its own begins with."""
    screen = screen_of(event, account_name=account_name)
    text, entities = screen.text.render() if screen else ("", [])
    bold = next((entity for entity in entities if entity.type == "bold"), None)
    if bold is None:
        return "Something"
    units = text.encode("utf-16-le", "surrogatepass")  # Telegram counts UTF-16 units, two bytes each
    head = units[bold.offset * 2 : (bold.offset + bold.length) * 2].decode("utf-16-le", "replace")
    return head.strip().removesuffix(" to").removesuffix(":")


def _of(event: Event) -> Text:
    """Whom or what it was about."""
    if isinstance(event, AccountAltered):
        names = [change.after or change.before for change in event.changes]
        return Text(": ", named(names[0]), f" and {len(names) - 1} more" if len(names) > 1 else "") if names else Text()
    session: Session | None = getattr(event, "session", None) or getattr(event, "after", None)
    return Text(f": {icon_of(session)} ", device_of(session)) if isinstance(session, Session) else Text()


def _ended(event: SessionEnded, viewer: int) -> str:
    if event.ended_by is None:
        return GONE
    if event.ended_by == DOORMAN:
        return f"Doorman ended it, for {RULES[event.rule]}" if event.rule else "Doorman ended it"
    return "you ended it" if event.ended_by == viewer else "another owner ended it"


def _above(counts: Mapping[str, int]) -> Text:
    lines = [Text(f"\n• {kind}: {count}") for kind, count in counts.items()]
    return Text("\n\nAbove in this chat, without a sound:", *lines) if lines else Text()
