"""What can befall Doorman itself: how its session was lost, what shows that its Redis was tampered with."""

from __future__ import annotations

from enum import StrEnum


class GuardLoss(StrEnum):
    """Telegram's own words for a guard session that is gone (401; AUTH_KEY_DUPLICATED is 406)."""

    AUTH_KEY_UNREGISTERED = "AUTH_KEY_UNREGISTERED"
    AUTH_KEY_INVALID = "AUTH_KEY_INVALID"
    AUTH_KEY_DUPLICATED = "AUTH_KEY_DUPLICATED"
    SESSION_REVOKED = "SESSION_REVOKED"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    USER_DEACTIVATED = "USER_DEACTIVATED"
    USER_DEACTIVATED_BAN = "USER_DEACTIVATED_BAN"


class Tampering(StrEnum):
    """What shows that somebody else wrote into our Redis, or that it lost something."""

    COMMAND_FORGED = "command forged"  # a request that no bot of ours signed
    COMMAND_REPLAYED = "command replayed"  # a request that was carried out already, put there again
    SNAPSHOT_FORGED = "snapshot forged"  # the last roster is not as the worker left it
    SNAPSHOT_OLD = "snapshot old"  # it is as the worker left it once, not the last time
    REPORT_FORGED = "report forged"  # an event that no worker of ours signed
    REPORTS_MISSING = "reports missing"  # events were taken away before they were told
    REPORT_OLD = "report old"  # an event that was told already, put there again
    STATE_OLD = "state old"  # the worker went on from less than it had told before
