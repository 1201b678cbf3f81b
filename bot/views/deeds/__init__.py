"""What is said of each thing that an owner may have done: a room for each kind, and a line in `WORDS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.views.deeds import adjusting, awaiting, connections, ending, judging, preferring, repelling
from bot.views.deeds.words import DeedWords
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

#: Of every command but those that only look.
WORDS: Mapping[type[Command], DeedWords[Any]] = {
    EndSession: ending.ONE,
    EndSessions: ending.SEVERAL,
    EndWhenAllowed: awaiting.LATER,
    CallOffEnding: awaiting.CALL_OFF,
    ConfirmLogin: judging.CONFIRM,
    TrustSession: judging.TRUST,
    DistrustSession: judging.DISTRUST,
    RemindLater: judging.REMIND,
    LabelSession: adjusting.LABEL,
    SetAccepted: adjusting.ACCEPTED,
    SetTtl: adjusting.TTL,
    DisconnectWebsite: connections.WEBSITE,
    DisconnectWebsites: connections.WEBSITES,
    DisconnectBot: connections.BOT,
    DeclineReset: repelling.RESET,
    KillCodes: repelling.CODES,
    Prefer: preferring.PREFERENCES,
}


def words_of(command: Command) -> DeedWords[Any]:
    """Raises KeyError for a command that only looks."""
    return WORDS[type(command)]
