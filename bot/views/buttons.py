"""The buttons' data, at most 64 bytes each, and the keyboards that more than one view needs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import AfterValidator, Field

from core.domain.automation import Rule
from core.domain.sessions import Session, check_hash

Hash = Annotated[str, AfterValidator(check_hash)]
#: Telegram's user ids have at most 52 significant bits (Bot API).
Account = Annotated[int, Field(gt=0, le=2**52)]


class Origin(StrEnum):
    """The kind of message a button is on, so that the keyboard can be put back."""

    ALERT = "a"
    CARD = "c"
    TRUSTED_CARD = "t"
    LIST = "l"
    REVIEW = "r"


class ShowPage(CallbackData, prefix="p"):
    """Show a page of the list, freshly fetched; pages count from 0."""

    account: Account
    page: int


class SendList(CallbackData, prefix="l"):
    """Send the list in a message of its own: the one that the button is on is to stay as it is."""

    account: Account


class ShowCard(CallbackData, prefix="c"):
    """Show one session."""

    account: Account
    hash: Hash


class AskEnd(CallbackData, prefix="e"):
    """The first press on End: ask for the second."""

    account: Account
    hash: Hash
    origin: Origin


class ConfirmEnd(CallbackData, prefix="x"):
    """The second press: end it. `asked` is when the question was put, in minutes since 1970."""

    account: Account
    hash: Hash
    origin: Origin
    asked: int


class KeepSession(CallbackData, prefix="k"):
    """Not the second press: leave everything as it is."""

    account: Account
    hash: Hash
    origin: Origin


class WasMe(CallbackData, prefix="m"):
    """The new login was the owner's own."""

    account: Account
    hash: Hash


class RemindMe(CallbackData, prefix="rl"):
    """Tell of the new login again in an hour."""

    account: Account
    hash: Hash


class GiveFormerLabel(CallbackData, prefix="fl"):
    """Call the new session what its device was called when it was logged in before."""

    account: Account
    hash: Hash


class StopCodes(CallbackData, prefix="ak"):
    """On an alert: make the login codes that came lately worthless. A `guide` keeps its other buttons."""

    account: Account
    guide: bool


class CallOffReset(CallbackData, prefix="ar"):
    """On an alert: call off the reset of the 2FA password. A `guide` keeps its other buttons."""

    account: Account
    guide: bool


class CutWebsite(CallbackData, prefix="aw"):
    """On an alert: log that website out. A `guide` keeps its other buttons."""

    account: Account
    website: Hash
    guide: bool


class CutBot(CallbackData, prefix="ab"):
    """On an alert: have that business bot read no more chats. A `guide` keeps its other buttons."""

    account: Account
    bot: Account
    guide: bool


class JudgeTrust(CallbackData, prefix="t"):
    """The session is the owner's and is to stay; or is trusted no more."""

    account: Account
    hash: Hash
    trusted: bool


class AskName(CallbackData, prefix="n"):
    """Ask what the session is to be called."""

    account: Account
    hash: Hash
    origin: Origin


class Switch(StrEnum):
    """What a session accepts or not."""

    CALLS = "c"
    CHATS = "s"


class Accept(CallbackData, prefix="ca"):
    """Have the session accept calls, or secret chats, or not; the other stays as it is by then."""

    account: Account
    hash: Hash
    origin: Origin
    switch: Switch
    is_on: bool


class ShowLifetime(CallbackData, prefix="ds"):
    """Show when unused sessions end, in this message's place."""

    account: Account


class AskLifetime(CallbackData, prefix="da"):
    """End unused sessions after so many days; ask first if that ends some at once."""

    account: Account
    days: int


class ConfirmLifetime(CallbackData, prefix="dc"):
    """The second press on that. `asked` is when the question was put, in minutes since 1970."""

    account: Account
    days: int
    asked: int


class ReviewNext(CallbackData, prefix="rn"):
    """Show the next session that nobody trusts: by their hashes, which stay as they are whatever ends meanwhile."""

    account: Account
    after: Literal[""] | Hash = ""


class TrustReviewed(CallbackData, prefix="rt"):
    """The session under review is the owner's and is to stay."""

    account: Account
    hash: Hash


class AskEndOthers(CallbackData, prefix="E"):
    """End all sessions but Doorman's own: list them and ask."""

    account: Account


class AskEndOthersApart(CallbackData, prefix="ae"):
    """The same, asked in a message of its own: the one that the button is on is to stay as it is."""

    account: Account


class ConfirmEndOthers(CallbackData, prefix="X"):
    """End those on the list of that name."""

    account: Account
    list: str


class Group(StrEnum):
    """Kinds of entries that are looked at together."""

    ALL = "a"
    LOGINS = "l"
    ENDS = "e"
    MOVES = "m"
    CHANGES = "c"
    ACCOUNT = "k"


class Since(StrEnum):
    """How far back one looks."""

    DAY = "d"
    WEEK = "w"
    MONTH = "m"
    EVER = "e"


class ShowHistory(CallbackData, prefix="h"):
    """Show a page of what happened, newest first. The pages are of what was known before `until`, in seconds since
    1970, so that what comes later moves nothing; 0 is now.
    """

    account: Account
    group: Group = Group.ALL
    since: Since = Since.EVER
    until: int = Field(default=0, ge=0, lt=10**10)
    page: int = Field(default=0, ge=0, lt=1000)


class ShowStory(CallbackData, prefix="y"):
    """The same of one session."""

    account: Account
    hash: Hash
    until: int = Field(default=0, ge=0, lt=10**10)
    page: int = Field(default=0, ge=0, lt=1000)


class SendEvidence(CallbackData, prefix="v"):
    """Send all that is known of one session as a file."""

    account: Account
    hash: Hash


class SendTimeline(CallbackData, prefix="T"):
    """Send the picture of so many days."""

    account: Account
    days: int = Field(gt=0, le=90)


class Topic(StrEnum):
    """What of Doorman's own settings a page is about."""

    ALL = "a"
    QUIET = "q"
    WEEKLY = "w"
    UNANSWERED = "u"
    COUNTRIES = "c"
    IDLE = "i"
    ADDING = "d"
    TRAVEL = "t"


class ShowSettings(CallbackData, prefix="ss"):
    """Show that page of the settings, in this message's place."""

    account: Account
    topic: Topic


class AskSwitchOn(CallbackData, prefix="sa"):
    """Say what a rule would end now, and ask whether to switch it on."""

    account: Account
    rule: Rule


class Choose(CallbackData, prefix="sc"):
    """Set what the page is about to this value."""

    account: Account
    topic: Topic
    value: Annotated[str, Field(max_length=10)]


class ChooseAccount(CallbackData, prefix="pa"):
    """Let commands be about this account; about all of them where it is 0."""

    account: Annotated[int, Field(ge=0, le=2**52)]


class ShowHelp(CallbackData, prefix="hp"):
    """Show a page of the help, by its name; its first where there is none."""

    page: str


def minutes_of(at: datetime) -> int:
    """When a question is put, as its button keeps it."""
    return int(at.timestamp()) // 60


def button(text: str, data: CallbackData) -> InlineKeyboardButton:
    """One inline button."""
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Rows of buttons."""
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def alert_keyboard(account: int, hash_: str, *, waits: bool = True, former_label: bool = False) -> InlineKeyboardMarkup:
    """Under a new login; `waits` is whether an owner is to say whose it was, and may put that off."""
    remind = button("Remind me in an hour", RemindMe(account=account, hash=hash_))
    name = button("Give it that name again", GiveFormerLabel(account=account, hash=hash_))
    return keyboard(
        [
            button("🚫 End session", AskEnd(account=account, hash=hash_, origin=Origin.ALERT)),
            button("✅ It was me", WasMe(account=account, hash=hash_)),
        ],
        [name] if former_label else [],
        [*([remind] if waits else []), list_apart(account)],
    )


def card_keyboard(account: int, hash_: str, *, trusted: bool, session: Session | None = None) -> InlineKeyboardMarkup:
    """Under one session of the list; what it accepts can be changed where the session itself is known."""
    origin = Origin.TRUSTED_CARD if trusted else Origin.CARD
    judge = button(
        "Trust no more" if trusted else "🛡 Trust", JudgeTrust(account=account, hash=hash_, trusted=not trusted)
    )
    return keyboard(
        [button("🚫 End session", AskEnd(account=account, hash=hash_, origin=origin)), judge],
        [_name(account, hash_, origin), button("History", ShowStory(account=account, hash=hash_))],
        _accepting(account, session, origin) if session else [],
        [button("🔄 Refresh", ShowCard(account=account, hash=hash_)), list_here(account)],
    )


def _name(account: int, hash_: str, origin: Origin) -> InlineKeyboardButton:
    return button("🏷 Name", AskName(account=account, hash=hash_, origin=origin))


def _accepting(account: int, session: Session, origin: Origin) -> list[InlineKeyboardButton]:
    """Each tells what is so, and is pressed for the contrary."""
    if session.password_pending:
        return []
    calls, chats = not session.calls_disabled, not session.secret_chats_disabled
    about = {"account": account, "hash": session.hash, "origin": origin}
    return [
        button(f"Calls: {_switch(calls)}", Accept(**about, switch=Switch.CALLS, is_on=not calls)),
        button(f"Secret chats: {_switch(chats)}", Accept(**about, switch=Switch.CHATS, is_on=not chats)),
    ]


def _switch(is_on: bool) -> str:
    return "on" if is_on else "off"


def review_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under a session that is looked at in its turn."""
    return keyboard(
        [
            button("🛡 Trust", TrustReviewed(account=account, hash=hash_)),
            _name(account, hash_, Origin.REVIEW),
        ],
        [
            button("🚫 End session", AskEnd(account=account, hash=hash_, origin=Origin.REVIEW)),
            button("Skip ▶", ReviewNext(account=account, after=hash_)),
        ],
        [list_here(account)],
    )


def reviewed_keyboard(account: int, hash_: str) -> InlineKeyboardMarkup:
    """Under one of which nothing is left to decide."""
    return keyboard([button("Next ▶", ReviewNext(account=account, after=hash_))], [list_here(account)])


def confirm_keyboard(account: int, hash_: str, origin: Origin, *, now: datetime) -> InlineKeyboardMarkup:
    """After the first press on End."""
    asked = minutes_of(now)
    return keyboard(
        [button("Yes, end this session", ConfirmEnd(account=account, hash=hash_, origin=origin, asked=asked))],
        [button("No, keep it", KeepSession(account=account, hash=hash_, origin=origin))],
    )


def original_keyboard(
    account: int, hash_: str, origin: Origin, *, session: Session | None = None
) -> InlineKeyboardMarkup:
    """The keyboard as it was before the first press on End; `session` is how it was last seen, if it was."""
    match origin:
        case Origin.ALERT:
            return alert_keyboard(account, hash_)
        case Origin.CARD | Origin.TRUSTED_CARD:
            return card_keyboard(account, hash_, trusted=origin is Origin.TRUSTED_CARD, session=session)
        case Origin.REVIEW:
            return review_keyboard(account, hash_)
        case Origin.LIST:
            return settled_keyboard(account)


def settled_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under news, and where nothing is left to decide: what is said there stays."""
    return keyboard([list_apart(account)])


def back_keyboard(account: int) -> InlineKeyboardMarkup:
    """Under what was come to from the list, and is of no use once it was read."""
    return keyboard([list_here(account)])


def list_apart(account: int) -> InlineKeyboardButton:
    """The way to the list, which leaves this message as it is."""
    return button("All sessions", SendList(account=account))


def list_here(account: int) -> InlineKeyboardButton:
    """The way to the list, in this message's place."""
    return button("All sessions", ShowPage(account=account, page=0))
