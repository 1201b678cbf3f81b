"""What an intruder's device may call itself, in every view: readable, closed in, short, and never Doorman's own word."""

from __future__ import annotations

import inspect
import pkgutil
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from importlib import import_module
from itertools import product
from math import prod
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints

import pytest
from aiogram.utils.formatting import Text
from hypothesis import given, settings
from hypothesis import strategies as st

import bot
from bot import views
from bot.codes.judging import Kind, Verdict
from bot.press import Press
from bot.views.accounts import Watched
from bot.views.alerts import baseline
from bot.views.buttons.history import ShowHistory, ShowStory
from bot.views.buttons.sessions import Origin
from bot.views.ending_all import AT_ONCE, question, report
from bot.views.screen import Screen
from bot.views.sessions import PER_PAGE, sessions_page, sessions_unavailable
from bot.views.several_logins import Told
from bot.views.status import ChannelStanding
from bot.views.timeline import Shown
from bot.views.wording import (
    END_ISOLATE,
    INVISIBLE,
    ISOLATE,
    LEFT_OUT,
    MARKS,
    MARKS_MOST,
    NAME_MOST,
    SPACED,
    SYMBOLS_MOST,
    cleaned,
    quoted,
)
from core.contract.account_events import AccountAltered, BaselineTaken, CodeCame
from core.contract.commands import Command, DisconnectBot, DisconnectWebsite, LabelSession, Prefer
from core.contract.events import Event
from core.contract.replies import Outcome, Result
from core.contract.session_events import LoginAnnounced, SessionAltered, SessionAppeared, SessionEnded
from core.contract.state import Condition, Pulse, Room, Snapshot, WorkerStatus
from core.domain.account_state import AccountChange, AccountState, BusinessBot, How, Passkey, Website
from core.domain.automation import Rule
from core.domain.awaited import Wanted
from core.domain.checkup import advice
from core.domain.digest import Digest, digest_of
from core.domain.endings import Ending, Why
from core.domain.history import Entry
from core.domain.history import Kind as Happened
from core.domain.labels import LABEL_MOST, Label, Labels
from core.domain.points import Point
from core.domain.preferences import Preferences
from core.domain.risk.assessment import Assessment, Finding, Weight
from core.domain.risk.changes import ChangeReason
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings, Trust, Unanswered
from sandbox.text.detection import found
from sandbox.text.formatted import fixed
from sandbox.text.spans import Span
from tests.crowds import LARGEST_ACCOUNT, crowd
from tests.deeds import DEEDS
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session
from tests.screens import NOTICE_MOST, fits_telegram, plain, rows

#: What is tried, and the whole of what is shown.
ATTACKS = {
    "HTML": ("<b>Ended</b> &amp; </code>", "<b>Ended</b> &amp; </code>"),
    "Markdown": ("*x* _y_ [z](tg://user?id=1) `c`", "*x* _y_ [z](tg://user?id=1) `c`"),
    "a link": ("https://telegram.example/login", "https://telegram.example/login"),
    "a mention and a command": ("@doorman_bot /sessions #x $USD", "@doorman_bot /sessions #x $USD"),
    "right to left": ("\u202egnp.exe\u202c", "gnp.exe"),
    "right to left letters": ("אדה 3", "אדה 3"),
    "isolates that close ours": ("\u2069 Ended by you \u2068", "Ended by you"),
    "isolates left open": ("\u2066\u2067\u2068x", "x"),
    "zero width": ("Pix\u200bel\u200d \ufeff9\u2060", "Pixel 9"),
    "new lines": ("Pixel\n\n9\r\n\u2028\u2029\u0085\x0b\x0c!", "Pixel 9 !"),
    "a line of the list": ("Pixel\n\n2. Nokia · x", "Pixel 2. Nokia · x"),
    "nulls and bells": ("Pixel\x00\x07\x1b[2J", "Pixel [2J"),
    "spaces of all kinds": ("\u00a0Pixel\u2003\u3000\u202f\u205f\t9\u1680", "Pixel 9"),
    "blanks": ("\u3164Pixel\u2800\u115f9\uffa0", "Pixel 9"),
    "nothing but blanks": ("\u3164\u2800\u115f\u200b\ufe0f\u034f\U000e0100", ""),
    "4 kB": ("A" * 4096, "A" * 39 + "…"),
    "4 kB of nothing, then something": ("\u200b" * 4096 + "Pixel", ""),
    "lone surrogates": ("\ud83dPixel\udc68", "Pixel"),
    "private and unassigned": ("\ue000\U000f0000\u0378Pixel", "Pixel"),
    "tags": ("\U000e0001\U000e0041Pixel\U000e007f", "Pixel"),
    "variation selectors": ("P\ufe0fi\U000e0101xel\u180b", "Pixel"),
    "zalgo": ("P" + "\u0315\u0316" * 200 + "i\u0489\u0336", "P\u0316\u0316i\u0336"),
    "zalgo in pieces": ("P" + "\u0316\u034f\u200d" * 200, "P\u0316\u0316"),
    "a mark behind nothing": ("Caf\u0065\u200b\u0301", "Caf\u00e9"),
    "marks on our isolate": ("\u0301\u0302Pixel \u03039", "Pixel 9"),
    "a sign of letter and circle": ("X\u20e0 1\ufe0f\u20e3", "X 1"),
    "a family": ("👨‍👩‍👧‍👦" * 50, "👨👩👧"),
    "flags": ("🇸🇪" * 50, "🇸🇪🇸"),
    "emoji before the name": ("🦊🦊🦊🦊🦊 Ada", "🦊🦊🦊 Ada"),
    "walls": ("█▓▒░﷽ Ada", "█▓▒ Ada"),
    "words of ours": ("✅ Ended by you: 14 Mar 2026.", "Ended by you: 14 Mar 2026."),
    "a warning of ours": ("⚠️ Doorman is blind", "Doorman is blind"),
    "an alarm of ours": ("🚨🔔 New login to", "New login to"),
    "a button of ours": ("🚫 End session", "End session"),
    "a button of the list": ("🔄 Refresh ▶", "Refresh"),
    "a shield": ("🛡️🔐 Doorman (session guard)", "Doorman (session guard)"),
    "only marks of ours": ("✅⚠️🚫🔄🛡🔐", ""),
    "a change of ours": ("no → yes", "no yes"),
    "quotes": ("“Pixel” 'x'", "“Pixel” 'x'"),
}
attacks = pytest.mark.parametrize(("raw", "line"), ATTACKS.values(), ids=ATTACKS.keys())
nasty = st.lists(
    st.sampled_from(
        ["\u0301", "\u0316", "\u20e0", "\u09c7", "\u09be", "\u1100", "\u1161", "\u11a8", "\u2069", "\u202e"]
    )
    | st.sampled_from(
        [".", "/", "@", "://", "](", "[", "“", "”", "https://t.me/x", "a", "1", " ", "\n", "\u3164", "🦊"]
    )
    | st.sampled_from(sorted(MARKS | INVISIBLE))
    | st.sampled_from(["é", "e", "א", "\U0001d400", "\ud83d", "\udc68", "👨‍👩‍👧", "🇸🇪", "█", "\U000e0041", "x" * 50])
    | st.characters(),
    min_size=1,
    max_size=60,
).map("".join)


def liar_called(name: str) -> Session:
    return session(
        device_model=name,
        platform=name,
        system_version=name,
        app_name=name,
        app_version=name,
        ip=name,
        country=name,
        region=name,
    )


def in_json(name: str) -> str:
    """As it may be in what was typed: a lone surrogate does not come through JSON."""
    return "".join(" " if unicodedata.category(char) == "Cs" else char for char in name)


def week_of(liar: Session) -> Digest:
    """In which the device did all that it can."""
    before = replace(liar, country="Sweden", region="Malmo")
    kinds = (Happened.LOGIN, Happened.ENDED, Happened.MOVED, Happened.ALTERED, Happened.CODE)
    entries = [Entry(at=NOW - timedelta(days=1), kind=kind, session=liar, before=before) for kind in kinds]
    standings = Standings(unanswered=(Unanswered(hash=liar.hash, since=NOW),))
    return digest_of(entries, roster(liar), standings, since=NOW - timedelta(days=7), now=NOW)


def past_of(liar: Session) -> list[Entry]:
    """In which the device did all that is kept."""
    name = liar.device_model
    before = replace(liar, **dict.fromkeys(("device_model", "country", "region", "app_version"), "Before"))
    notes = {Happened.TTL: "180→7", Happened.ACCOUNT: f"websites →{name.replace('→', '')}", Happened.LABELLED: name}
    return [
        Entry(at=NOW, kind=kind, session=liar, before=before, note=notes.get(kind, NOW.isoformat()))
        for kind in Happened
    ]


def as_label(name: str) -> str:
    """What the owner may call a session that is closest to it."""
    return name if len(name) <= LABEL_MOST and name.isprintable() else cleaned(name)


def named_so(name: str) -> list[Command]:
    """What may hold a name that is no device's."""
    return [
        LabelSession(hash="7", label=as_label(name)),
        DisconnectWebsite(website="5"),
        DisconnectBot(bot=77),
        Prefer(fields=("countries",), preferences=Preferences(countries=(in_json(name),))),
    ]


def connections_called(name: str) -> dict[Any, list[Any]]:
    """What is connected to an account, each of it so named."""
    website = Website(
        hash="5",
        domain=name,
        bot=name,
        browser=name,
        platform=name,
        created_at=NOW,
        active_at=NOW - timedelta(days=100),
        ip=name,
        region=name,
    )
    bot = BusinessBot(id=77, name=name, username=name, can_reply=True)
    return {
        Website: [website],
        tuple[Website, ...]: [(website, website)],
        Sequence[Website]: [(website, website)],
        BusinessBot: [bot],
        tuple[BusinessBot, ...]: [(bot, bot)],
        tuple[Passkey, ...]: [(Passkey(id="k", name=name, created_at=NOW, used_at=NOW),)],
    }


def changes_called(name: str) -> tuple[AccountChange, ...]:
    """What came to an account and went, so named."""
    came = [AccountChange(what=what, after=name, how=How.ADDED) for what in ("bots", "websites", "passkeys")]
    mails = [AccountChange(what=what, before=name, after=name) for what in ("login_email", "unconfirmed_email")]
    return (AccountChange(what="websites", before=name, how=How.REMOVED), *came, *mails)


def found_of(name: str) -> Assessment:
    """What speaks against a device so named."""
    found = Finding(reason=ChangeReason.OTHER_DEVICE, weight=Weight.ALARMING, before=name, after=name)
    return Assessment(findings=(found,))


RESET = Ending(
    why=Why.RESET_OF_OTHERS,
    last_active=NOW,
    idle=timedelta(),
    ttl_days=180,
    went=2,
    stayed=0,
    survivor=None,
    youngest_stayed=False,
    guard_stayed=True,
    apart=timedelta(minutes=1),
)


def logins_of(liar: Session) -> list[SessionAppeared]:
    """Its login, told plainly and as an alarm."""
    own = {"account": ACCOUNT, "at": NOW, "session": liar}
    return [SessionAppeared(**own), SessionAppeared(**own, assessment=found_of(liar.device_model))]


def night_of(liar: Session) -> list[list[Event]]:
    """What may be held back of it."""
    own, changes = {"account": ACCOUNT, "at": NOW}, changes_called(liar.device_model)
    altered = SessionAltered(**own, before=session(), after=liar, assessment=found_of(liar.device_model))
    ended = SessionEnded(**own, session=liar, ended_by=1)
    account = [
        AccountAltered(**own, changes=(change,), state=AccountState(taken_at=NOW)) for change in (*changes, changes[0])
    ]
    return [[*logins_of(liar), altered, *account], [ended, CodeCame(**own), CodeCame(**own)]]


def points_about(liar: Session) -> tuple[Point, ...]:
    """All that a checkup can say of sessions and e-mails so named."""
    name, listed = liar.device_model, connections_called(liar.device_model)
    state = AccountState(
        taken_at=NOW,
        has_password=True,
        unconfirmed_email=f"x{name}",
        login_email=f"x{name}",
        websites=listed[tuple[Website, ...]][0],
        bots=listed[tuple[BusinessBot, ...]][0],
        passkeys=listed[tuple[Passkey, ...]][0],
    )
    pending = replace(liar, hash="8", password_pending=True)
    unused = replace(liar, hash="9", unconfirmed=True, active_at=NOW - timedelta(days=100))
    return advice(state, roster(liar, pending, unused, ttl_days=365), Standings(), Preferences(), now=NOW)


def values(liar: Session) -> dict[Any, list[Any]]:
    """What a view's parameters are given, by their type."""
    name = liar.device_model
    status = WorkerStatus(account=ACCOUNT, account_name=name, condition=Condition.WATCHING, watching_since=NOW)
    pulse = Pulse(status=status, beat_at=NOW, felt_at=NOW)
    results = [
        [Result(hash=liar.hash, outcome=outcome, at=NOW, session=liar)] * 2
        for outcome in (Outcome.DONE, Outcome.NOT_PENDING, Outcome.FAILED)
    ]
    own, about = {"account": ACCOUNT, "at": NOW}, {"account": ACCOUNT, "owner": OWNER, "message_id": 1}
    guard = replace(liar, hash="0", current=True)
    return {
        NoneType: [None],
        Sequence[Entry]: [past_of(liar)],
        ShowHistory: [ShowHistory(account=ACCOUNT, page=page) for page in range(3)],
        ShowStory: [ShowStory(account=ACCOUNT, hash=liar.hash, page=page) for page in range(3)],
        Sequence[Shown]: [[Shown(session=liar, label=label) for label in ("", name)]],
        "account_name": [name],
        "label": ["", name],
        "line": ["Word."],
        str: ["", "Word."],
        bool: [False, True],
        int: [1],
        datetime: [NOW],
        timedelta: [timedelta(days=7)],
        Screen: [Screen(text=Text("Word."))],
        Session: [liar, guard],
        Roster: [roster(liar)],
        Pulse: [pulse],
        Snapshot: [
            Snapshot(
                roster=roster(liar),
                labels=Labels(given=(Label(hash=liar.hash, text=as_label(name), by=1, at=NOW),)),
            )
        ],
        list[tuple[int, Pulse | None]]: [[(ACCOUNT, pulse), (ACCOUNT, None)]],
        Sequence[Watched]: [[Watched(account=number, pulse=pulse, sessions=2) for number in (ACCOUNT, ACCOUNT + 1)]],
        Room: [Room(policy="noeviction", is_full=False)],
        Sequence[Session]: [[liar, liar]],
        Sequence[ChannelStanding]: [[ChannelStanding(name=name), ChannelStanding(name=name, failing_since=NOW)]],
        Sequence[Result]: results,
        Press: [
            *(Press.of(deed, **about, origin=origin, sessions=(liar,)) for origin, deed in product(Origin, DEEDS)),
            *(Press.of(deed, **about, origin=Origin.CARD, sessions=(liar,), name=name) for deed in named_so(name)),
        ],
        "former_label": ["", name],
        Assessment: [Assessment(), found_of(name)],
        Ending: [RESET],
        Rule: [Rule.IDLE],
        AccountState: [AccountState(taken_at=NOW)],
        **connections_called(name),
        Sequence[Point]: [points_about(liar)],
        tuple[AccountChange, ...]: [changes_called(name)],
        Preferences: [Preferences(), Preferences(countries=(in_json(name),))],
        Mapping[int, Preferences]: [{}],
        Mapping[str, int]: [{"new logins": 3}],
        Digest: [week_of(liar)],
        tuple[str, ...]: [("is_locked",)],
        Trust: [Trust(hash=liar.hash, at=NOW, by=1)],
        Wanted: [Wanted(hash=liar.hash, by=1, asked_at=NOW, allowed_from=NOW + timedelta(hours=1))],
        Mapping[int, Sequence[Wanted]]: [{}],
        Verdict: [Verdict(kind=kind) for kind in Kind],
        frozenset[str]: [frozenset(), frozenset({liar.hash})],
        Mapping[str, str]: [{}, {liar.hash: name}],
        Sequence[Event]: night_of(liar),
        Sequence[Told]: [[Told(event=came, outcome=outcome) for came in logins_of(liar) for outcome in ("", "Word.")]],
        SessionAltered: [
            SessionAltered(**own, before=session(), after=liar),
            SessionAltered(**own, before=guard_session(), after=replace(guard, created_at=NOW)),
        ],
        LoginAnnounced: [LoginAnnounced(**own, hash="7", device=name, location=name, logged_in_at=NOW)],
    }


def all_views() -> dict[str, Callable[..., Screen | None]]:
    modules = [import_module(module.name) for module in pkgutil.walk_packages(views.__path__, "bot.views.")]
    return {
        f"{module.__name__}.{name}": view
        for module in modules
        for name, view in inspect.getmembers(module, inspect.isfunction)
        if view.__module__ == module.__name__ and not name.startswith("_")
        if get_type_hints(view).get("return") in {Screen, Screen | None}
    }


VIEWS = all_views()
COMBINATIONS_MOST = 64


hints_of = cache(get_type_hints)
signature_of = cache(inspect.signature)


def offered(hint: Any, known: dict[Any, list[Any]]) -> list[Any]:
    """What a parameter of that type is given; an event whose fields are of known types is made of them.

    A TypeError or KeyError for a type that `values` lacks: give it one there.
    """
    if hint in known:
        return known[hint]
    if isinstance(hint, UnionType):
        return [value for one in get_args(hint) for value in offered(one, known)]
    if issubclass(hint, Enum):
        return list(hint)
    if not is_dataclass(hint):
        raise KeyError(hint)
    return [hint(**fields) for fields in choices(hint, known)]


def choices(called: Any, known: dict[Any, list[Any]]) -> Iterator[dict[str, Any]]:
    """All that it may be called with."""
    hints = {name: hint for name, hint in hints_of(called).items() if name != "return"}
    lists = [
        known[name if name in known else hint] if hint is str else offered(hint, known) for name, hint in hints.items()
    ]
    return (dict(zip(hints, chosen, strict=True)) for chosen in varied(lists))


def varied(lists: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """Every combination where there are few; else every value of each, beside the first ones of the others and beside
    others in turn.
    """
    if prod(map(len, lists)) <= COMBINATIONS_MOST:
        yield from product(*lists)
        return
    for at, values in enumerate(lists):
        yield from (tuple(value if i == at else each[0] for i, each in enumerate(lists)) for value in values)
    for turn in range(max(map(len, lists))):
        yield tuple(each[(turn + i) % len(each)] for i, each in enumerate(lists))


def calls(view: Callable[..., Screen | None], known: dict[Any, list[Any]]) -> Iterator[Screen]:
    """All screens that the view makes of those values."""
    for arguments in choices(view, known):
        if screen := view_called(view, arguments):
            yield screen


def view_called(view: Callable[..., Screen | None], arguments: dict[str, Any]) -> Screen | None:
    positional = [
        arguments.pop(name)
        for name, parameter in signature_of(view).parameters.items()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    return view(*positional, **arguments)


def screens(name: str) -> list[Screen]:
    known = values(liar_called(name))
    return [screen for view in VIEWS.values() for screen in calls(view, known)]


def rendered(screen: Screen) -> tuple[str, list[Span]]:
    text, entities = screen.text.render()
    return text, [Span(offset=e.offset, length=e.length, type=e.type) for e in entities]


def names_in(screen: Screen) -> set[str]:
    return set(re.findall(f"{ISOLATE}(.*?){END_ISOLATE}", plain(screen)))


def cut(text: str, begin: int, end: int) -> str:
    """By UTF-16 units."""
    return text.encode("utf-16-le")[2 * begin : 2 * end].decode("utf-16-le")


LABEL = re.compile(f"{ISOLATE}[^{ISOLATE}{END_ISOLATE}\n]*{END_ISOLATE}")


def our_words(screen: Screen) -> str:
    """All that is read, buttons included, but what stands in code or, on a button, between isolates."""
    text, spans = rendered(screen)
    for span in reversed([span for span in spans if span.type == "code"]):
        text = cut(text, 0, span.offset) + "⟨name⟩" + cut(text, span.end, len(text) * 2)
    return text + LABEL.sub("⟨name⟩", "\n".join(rows(screen.keyboard)))


@cache
def honest_words(name: str) -> list[str]:
    return [our_words(screen) for screen in screens(name)]


@cache
def honest_names() -> list[set[str]]:
    return [names_in(screen) for screen in screens("Pixel")]


def distinct(shown: Sequence[Screen]) -> Iterator[Screen]:
    """Each once: most of what a view is given changes no word of it."""
    return iter({(str(rendered(screen)), *rows(screen.keyboard)): screen for screen in shown}.values())


def check(name: str) -> list[Screen]:
    """Whatever the name, all messages can be sent, read as those of an honest device, and hold no link of its."""
    shown = screens(name)
    assert [our_words(screen) for screen in shown] == honest_words("Pixel" if cleaned(name) else " ")
    for screen in distinct(shown):
        fits_telegram(screen)
        sent = fixed(*rendered(screen))  # as Telegram does, which adds what links it finds
        for link in (span for span in sent.spans if span.type not in {"code", "bold"}):
            before, inside = cut(sent.text, 0, link.offset), cut(sent.text, link.offset, link.end)
            assert before.count(ISOLATE) == before.count(END_ISOLATE)
            assert ISOLATE not in inside
        assert sent.text.count(ISOLATE) == sent.text.count(END_ISOLATE)
    return shown


@attacks
def test_an_attack_is_shown_as_what_is_left_of_it(raw: str, line: str) -> None:
    assert cleaned(raw) == line


@attacks
def test_an_attack_changes_no_word_of_any_view(raw: str, line: str) -> None:
    for honest, hostile in zip(honest_names(), check(raw), strict=True):
        if "Pixel" in honest and line:
            assert line in names_in(hostile)


@settings(max_examples=20)  # each renders every screen there is
@given(nasty)
def test_no_name_changes_a_word_of_any_view(name: str) -> None:
    check(name)


def test_every_view_with_a_name_is_among_them() -> None:
    known = values(liar_called("Pixel"))
    named_views = {name for name, view in VIEWS.items() if any("Pixel" in names_in(s) for s in calls(view, known))}
    takes_a_name = {name for name, view in VIEWS.items() if "account_name" in get_type_hints(view)}
    assert takes_a_name - named_views == set()
    assert {"bot.views.card.card", "bot.views.status.status_page", "bot.views.outcomes.outcome_screen"} <= named_views


@given(nasty)
def test_a_name_is_one_line_of_what_can_be_shown(name: str) -> None:
    line = cleaned(name)
    categories = [unicodedata.category(char) for char in line]
    assert len(line) <= NAME_MOST
    assert line == " ".join(line.split())
    assert not set(categories) & (SPACED | LEFT_OUT)
    assert not set(line) & (MARKS | INVISIBLE)
    assert not re.search(
        rf"(^|\s)M|M{{{MARKS_MOST + 1}}}", "".join(" " if c.isspace() else unicodedata.category(c)[0] for c in line)
    )
    assert sum(unicodedata.category(char)[0] == "S" for char in line if not char.isascii()) <= SYMBOLS_MOST


@given(nasty)
def test_cleaning_twice_changes_nothing(name: str) -> None:
    assert cleaned(cleaned(name)) == cleaned(name)


@given(nasty)
def test_a_quoted_name_is_closed_in_short_and_without_links(name: str) -> None:
    said = quoted(name)
    assert len(said) <= 2 * NAME_MOST + 4 <= NOTICE_MOST
    said.encode()
    if said == "unknown":
        return
    assert (said[0], said[-1]) == ("“", "”")
    assert not set(said[1:-1]) & set('“”"\n')
    links = [cut(said, s.offset, s.end) for s in found(said) if s.type in {"url", "email", "mention", "bot_command"}]
    assert all(re.match(r"\d+(\.\d+){3}", link) for link in links)  # an IP has to be read


def test_no_symbol_that_doorman_speaks_in_can_be_in_a_name() -> None:
    ours = {
        char
        for file in Path(bot.__file__).parent.rglob("*.py")
        for char in file.read_text()
        if file.name != "wording.py" and not char.isascii() and unicodedata.category(char)[0] == "S"
    }
    assert "✅" in ours
    assert ours <= MARKS


@pytest.mark.parametrize("letter", ["\U0001d400", "携", "e\u0316\u0323", "A"])
def test_full_pages_of_the_worst_names_fit_a_message(letter: str) -> None:
    name = letter * 200

    def worst(number: int) -> Roster:
        listed = crowd(number)
        return replace(
            listed, sessions=tuple(replace(liar_called(name), hash=s.hash, current=s.current) for s in listed.sessions)
        )

    listed = worst(3 * PER_PAGE)
    taken = BaselineTaken(account=LARGEST_ACCOUNT, at=NOW, roster=listed, history_lost=True)
    ended = [s for s in worst(AT_ONCE + 1).sessions if not s.current]
    results = [Result(hash=s.hash, outcome=Outcome.NOT_ALLOWED_YET, at=NOW, allowed_from=NOW) for s in ended]
    for screen in (
        sessions_page(listed, account_name=name, page=1, now=NOW),
        sessions_unavailable(listed, account_name=name, why="w" * 200, now=NOW),
        baseline(taken, account_name=name),
        question(LARGEST_ACCOUNT, ended, list_name="1-0", more=10**6, account_name=name, again=True),
        report(LARGEST_ACCOUNT, results, ended, account_name=name, viewer=OWNER),
    ):
        assert cleaned(name) in plain(screen)
        fits_telegram(screen)
