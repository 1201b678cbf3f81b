"""What an account's safety hangs on beside its sessions: 2FA, e-mails, passkeys, websites, business bots."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum

from core.domain.sessions import check_aware, check_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """A website that the account has logged in to by Telegram (`webAuthorization`); texts are its own words."""

    hash: str
    domain: str
    bot: str  # the name of the bot that it logs in by
    browser: str
    platform: str
    created_at: datetime
    active_at: datetime
    ip: str
    region: str

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_aware(self.created_at, self.active_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessBot:
    """A bot that reads the account's chats with customers (`connectedBot`)."""

    id: int
    name: str
    username: str
    can_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A way to log in without a code (`passkey`)."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None = None

    def __post_init__(self) -> None:
        check_aware(self.created_at, *([self.used_at] if self.used_at else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """All of that at one moment. E-mails are patterns with stars, as Telegram gives them; "" is none.

    `account_ttl_days` is after how many idle days Telegram deletes the account. `reset_at` is when the 2FA password
    will be reset, if somebody asked for that. None where Telegram did not say: it does not know the method, or refuses
    it.
    """

    taken_at: datetime
    has_password: bool | None = None
    has_recovery: bool | None = None
    unconfirmed_email: str = ""
    login_email: str = ""
    reset_at: datetime | None = None
    account_ttl_days: int | None = None
    websites: tuple[Website, ...] | None = None
    bots: tuple[BusinessBot, ...] | None = None
    passkeys: tuple[Passkey, ...] | None = None

    def __post_init__(self) -> None:
        check_aware(self.taken_at, *([self.reset_at] if self.reset_at else []))

    def says(self, name: str) -> bool:
        """Whether Telegram said this field, be it that there is nothing."""
        return getattr(self, "has_password" if name in SAID_WITH_PASSWORD else name) is not None

    def on_top_of(self, before: AccountState) -> AccountState:
        """With what Telegram did not say as it was before: a change behind a refusal is found when it says more."""
        unsaid = {f.name: getattr(before, f.name) for f in fields(AccountState) if not self.says(f.name)}
        return replace(self, **unsaid)


class How(StrEnum):
    """Whether there is one more of something, one less, or a fact is another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """One fact, by its field in AccountState, that is another. Of websites, bots and passkeys each that came or went is
    a change of its own, with its name: "" too, for some have none.
    """

    what: str
    before: str = ""
    after: str = ""
    how: How = How.CHANGED

    @property
    def is_addition(self) -> bool:
        """Of what is listed, whether it came; earlier versions told that by the names alone."""
        return self.how is How.ADDED or (self.how is How.CHANGED and self.after != "")


QUIET = frozenset({"taken_at"})
#: Of these there are any number.
LISTED = frozenset({"websites", "bots", "passkeys"})
#: What Telegram says in one answer with `has_password`: unsaid there, "" and None say nothing here.
SAID_WITH_PASSWORD = frozenset({"unconfirmed_email", "login_email", "reset_at"})


def account_changes(before: AccountState, after: AccountState) -> tuple[AccountChange, ...]:
    """What changed, in the order of the fields. What Telegram did not say at either time is no change."""
    changes: list[AccountChange] = []
    for field in fields(AccountState):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name in QUIET or old == new or not (before.says(field.name) and after.says(field.name)):
            continue
        if isinstance(old, tuple):
            changes += _of_list(field.name, old, new)
        else:
            changes.append(AccountChange(what=field.name, before=_said(old), after=_said(new)))
    return tuple(changes)


def _of_list(what: str, old: tuple[object, ...], new: tuple[object, ...]) -> list[AccountChange]:
    was, now_is = {_key(each): _name(each) for each in old}, {_key(each): _name(each) for each in new}
    gone = [AccountChange(what=what, before=was[key], how=How.REMOVED) for key in was if key not in now_is]
    return gone + [AccountChange(what=what, after=now_is[key], how=How.ADDED) for key in now_is if key not in was]


def _key(listed: object) -> object:
    return listed.hash if isinstance(listed, Website) else getattr(listed, "id")  # noqa: B009


def _name(listed: object) -> str:
    return listed.domain if isinstance(listed, Website) else str(getattr(listed, "name"))  # noqa: B009


def _said(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
