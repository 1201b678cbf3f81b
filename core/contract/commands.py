"""What the bot asks of userclient, and what it is answered; each request has an id, an owner and a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.domain.labels import check_label
from core.domain.preferences import Preferences, check_fields
from core.domain.sessions import TTL_DAYS, check_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRoster:
    """Fetch the roster now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSession:
    """End one session."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWhenAllowed:
    """End one session as soon as Telegram allows it, whenever that is, unless it is called off before."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOffEnding:
    """Don't end it, though an owner wanted it ended as soon as Telegram allows it."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    """End just these sessions, one by one: the list that the owner confirmed."""

    hashes: tuple[str, ...]

    def __post_init__(self) -> None:
        for hash_ in self.hashes:
            check_hash(hash_)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLogin:
    """Note that a login was the owner's, and tell Telegram if it waits for that."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSession:
    """Note that a session is the owner's and is to stay."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrustSession:
    """Note that a session is trusted no more."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindLater:
    """Tell of a login that nobody has answered for again in an hour, and not before."""

    hash: str

    def __post_init__(self) -> None:
        check_hash(self.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSession:
    """Call a session by the owner's own name for it; "" takes that away."""

    hash: str
    label: str

    def __post_init__(self) -> None:
        check_hash(self.hash)
        check_label(self.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAccepted:
    """Have a session accept calls and secret chats, or not; None leaves one as it is."""

    hash: str
    calls: bool | None
    secret_chats: bool | None

    def __post_init__(self) -> None:
        check_hash(self.hash)
        if self.calls is None and self.secret_chats is None:
            raise ValueError("neither switch")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTtl:
    """Have idle sessions end after so many days, 1 to 366."""

    days: int

    def __post_init__(self) -> None:
        if self.days not in TTL_DAYS:
            raise ValueError(f"not 1 to 366 days: {self.days}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCheckup:
    """Fetch the roster, and everything else that the account's safety hangs on, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectWebsite:
    """Log a website out."""

    website: str

    def __post_init__(self) -> None:
        check_hash(self.website)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectWebsites:
    """Log all websites out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisconnectBot:
    """Have a business bot read the account's chats no more."""

    bot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineReset:
    """Call off the reset of the 2FA password that somebody asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KillCodes:
    """Make the login codes that came lately worthless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefer:
    """Take over these fields of the preferences, and no other."""

    fields: tuple[str, ...]
    preferences: Preferences

    def __post_init__(self) -> None:
        check_fields(self.fields)


Command = (
    GetRoster
    | EndSession
    | EndWhenAllowed
    | CallOffEnding
    | EndSessions
    | ConfirmLogin
    | TrustSession
    | DistrustSession
    | RemindLater
    | LabelSession
    | SetAccepted
    | SetTtl
    | GetCheckup
    | DisconnectWebsite
    | DisconnectWebsites
    | DisconnectBot
    | DeclineReset
    | KillCodes
    | Prefer
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command on its way. It may be carried out at most once, and only before `deadline` by Redis's clock."""

    id: str
    owner: int
    deadline: datetime
    command: Command
