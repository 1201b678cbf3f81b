"""One of each thing that an owner may have done, for tests that hold for all of them."""

from __future__ import annotations

from datetime import time

from bot.press import Press
from bot.views.buttons.sessions import Origin
from core.contract.commands import (
    CallOffEnding,
    Command,
    ConfirmLogin,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    DistrustSession,
    EndSession,
    EndSessions,
    EndWhenAllowed,
    KillCodes,
    LabelSession,
    Prefer,
    RemindLater,
    SetAccepted,
    SetTtl,
    TrustSession,
)
from core.domain.preferences import FIELDS, Mode, Preferences, QuietHours
from core.domain.sessions import Session
from tests.domain_values import ACCOUNT, NOW, OWNER, session

PREFERENCES = Preferences(
    quiet=QuietHours(start=time(22), end=time(7, 30), zone="Europe/Stockholm"),
    is_locked=True,
    lock_until=NOW,
    travel_until=NOW,
    end_unanswered=Mode.ON,
    end_idle=Mode.DRY,
    countries=("Sweden", "Finland"),
)
#: About one session each, and answered by the roster.
ON_A_SESSION: tuple[Command, ...] = (
    EndSession(hash="7"),
    EndWhenAllowed(hash="7"),
    CallOffEnding(hash="7"),
    ConfirmLogin(hash="7"),
    TrustSession(hash="7"),
    DistrustSession(hash="7"),
)
ADJUSTING: tuple[Command, ...] = (
    RemindLater(hash="7"),
    LabelSession(hash="7", label="my phone"),
    SetAccepted(hash="7", calls=True, secret_chats=False),
)
ON_THE_ACCOUNT: tuple[Command, ...] = (
    SetTtl(days=30),
    DisconnectWebsite(website="5"),
    DisconnectWebsites(),
    DisconnectBot(bot=77),
    DeclineReset(),
    KillCodes(),
    Prefer(fields=tuple(sorted(FIELDS)), preferences=PREFERENCES),
)
DEEDS: tuple[Command, ...] = (*ON_A_SESSION, EndSessions(hashes=("7",)), *ADJUSTING, *ON_THE_ACCOUNT)


def named(command: Command) -> str:
    """For the ids of tests."""
    return type(command).__name__


def pressed(command: Command, *sessions: Session, origin: Origin = Origin.CARD, name: str = "") -> Press:
    """An owner's press, of the session "7" unless told."""
    return Press.of(
        command,
        account=ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=origin,
        sessions=sessions or (session("7"),),
        name=name,
    )
