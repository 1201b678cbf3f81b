"""A household of sessions for the tests of the rules: what is known of an account before anything happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.domain.risk.assessment import Assessment, Finding, Reason
from core.domain.risk.past import Past
from core.domain.sessions import Roster, Session
from tests.domain_values import NOW, guard_session, session

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOW - 90 * DAY
OFFICIAL = {"official_app": True, "created_at": LONG_AGO}


def phone(**particulars: Any) -> Session:
    return session("1", **(OFFICIAL | particulars))


def tablet(**particulars: Any) -> Session:
    return session("2", **(OFFICIAL | {"device_model": "Pixel Tablet"} | particulars))


def desktop(**particulars: Any) -> Session:
    own = {"device_model": "ThinkPad X1", "platform": "Linux", "api_id": 2040, "app_name": "Telegram Desktop"}
    return session("3", **(OFFICIAL | own | particulars))


def past(*others: Session, **particulars: Any) -> Past:
    """What is known after these were listed just now, beside the guard, which is in another country."""
    return Past().with_roster(
        Roster(
            **(
                {"account": 1001, "ttl_days": 180, "taken_at": NOW}
                | {"sessions": (guard_session(ip="203.0.113.1", country="Ireland", region=""), *others)}
                | particulars
            )
        )
    )


def household() -> Past:
    """Three devices, all in Sweden; the phone is in use."""
    return past(phone(), tablet(active_at=NOW - DAY), desktop(active_at=NOW - 2 * DAY))


def login(hash_: str = "9", **particulars: Any) -> Session:
    """A login like the phone's, just now: nothing about it is new."""
    return session(hash_, **({"official_app": True, "created_at": NOW, "device_model": "Pixel 10"} | particulars))


def found(assessment: Assessment, reason: Reason) -> Finding | None:
    """What was found for that reason; at most one."""
    findings = [finding for finding in assessment.findings if finding.reason is reason]
    assert len(findings) <= 1
    return findings[0] if findings else None


def why(assessment: Assessment) -> set[Reason]:
    return {finding.reason for finding in assessment.findings}
