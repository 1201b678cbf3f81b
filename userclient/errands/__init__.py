"""What an owner has done: an errand for each command, in this list; looks apart, which change nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from core.contract.commands import (
    CallOffEnding,
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
from core.contract.replies import Result
from userclient.errands import account, awaiting, ending, judging, preferring, sessions
from userclient.errands.errand import Errand

#: The commands whose doing changes what `/checkup` shows.
ON_ACCOUNT = frozenset({SetTtl, DisconnectWebsite, DisconnectWebsites, DisconnectBot, DeclineReset})
ERRANDS: Mapping[type, Callable[[Any, Errand], Awaitable[tuple[Result, ...]]]] = {
    EndSession: ending.end,
    EndSessions: ending.end_all,
    EndWhenAllowed: awaiting.end_when_allowed,
    CallOffEnding: awaiting.call_off,
    ConfirmLogin: judging.judge,
    TrustSession: judging.judge,
    DistrustSession: judging.judge,
    RemindLater: judging.put_off,
    LabelSession: sessions.label,
    SetAccepted: sessions.accept,
    SetTtl: account.set_ttl,
    DisconnectWebsite: account.disconnect_website,
    DisconnectWebsites: account.disconnect_websites,
    DisconnectBot: account.disconnect_bot,
    DeclineReset: account.decline_reset,
    KillCodes: account.kill_codes,
    Prefer: preferring.prefer,
}
