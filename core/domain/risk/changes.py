"""The rules for a session that is not what it was; those for its place and for the guard's own are modules beside.

A key that was copied shows in one way: whoever uses the copy says of their device and app what theirs are, and Telegram
keeps the last that was said. So another device, platform or app under the same key is alarming by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.domain.devices import WEB_APPS
from core.domain.risk import guard, moves
from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Reason, Weight, weighed
from core.domain.risk.facts import Change
from core.domain.risk.logins import assess_login
from core.domain.risk.past import Past
from core.domain.sessions import Session
from core.domain.traits import folded, is_same

Rule = Callable[[Change], Finding | None]


class ChangeReason(Reason):
    """What speaks against a change, or is to be known of it."""

    OTHER_DEVICE = "other device"
    OTHER_PLATFORM = "other platform"
    OTHER_APP = "other app"
    RENAMED_APP = "renamed app"
    OFFICIAL_NO_MORE = "official no more"
    PASSWORD_ENTERED = "password entered"  # noqa: S105 - no password
    CONFIRMED = "confirmed"
    DOUBTED_AGAIN = "doubted again"
    ACCEPTS_OTHERWISE = "accepts otherwise"


def other_device(change: Change) -> Finding | None:
    """It calls its device otherwise."""
    if not change.devices:
        return None
    before, after = change.devices
    is_updated = change.before.app_version != change.after.app_version and change.before.api_id == change.after.api_id
    return Finding(
        reason=ChangeReason.OTHER_DEVICE,
        weight=Weight.ALARMING,
        before=before,
        after=after,
        benign=Benign.APP_UPDATE if is_updated else None,
    )


def other_platform(change: Change) -> Finding | None:
    """It runs on another platform."""
    if not change.platforms:
        return None
    before, after = change.platforms
    return Finding(reason=ChangeReason.OTHER_PLATFORM, weight=Weight.ALARMING, before=before, after=after)


def other_app(change: Change) -> Finding | None:
    """It has another app id. Telegram's web apps hand a session on to each other."""
    if not change.apps:
        return None
    before, after = change.apps
    is_web = {change.before.api_id, change.after.api_id} <= WEB_APPS
    return Finding(
        reason=ChangeReason.OTHER_APP,
        weight=Weight.STRONG if is_web else Weight.ALARMING,
        before=before,
        after=after,
        benign=Benign.WEB_VERSION if is_web else None,
    )


def renamed_app(change: Change) -> Finding | None:
    """Its app has another name under the same id, which whoever registered the id may give it."""
    before, after = change.before, change.after
    if not folded(before.app_name) or before.api_id != after.api_id or is_same(before.app_name, after.app_name):
        return None
    return Finding(
        reason=ChangeReason.RENAMED_APP,
        weight=Weight.WEAK,
        before=before.app_name,
        after=after.app_name,
        benign=Benign.APP_UPDATE,
    )


def official_no_more(change: Change) -> Finding | None:
    """Telegram took its app id for one of its own apps', and does no more."""
    if not change.before.official_app or change.after.official_app:
        return None
    return Finding(reason=ChangeReason.OFFICIAL_NO_MORE, weight=Weight.WEAK, after=change.after.app_name)


def password_entered(change: Change) -> Finding | None:
    """The 2FA password that it waited for was entered: now it has access."""
    return Finding(reason=ChangeReason.PASSWORD_ENTERED, weight=Weight.WEAK) if change.is_completed else None


def confirmed(change: Change) -> Finding | None:
    """Somebody told Telegram that it is theirs, or a week went by."""
    if not change.before.unconfirmed or change.after.unconfirmed:
        return None
    return Finding(reason=ChangeReason.CONFIRMED, weight=Weight.WEAK)


def doubted_again(change: Change) -> Finding | None:
    """Telegram waits for a word on a session that was settled; one that is complete only now never was."""
    if change.before.unconfirmed or change.before.password_pending or not change.after.unconfirmed:
        return None
    return Finding(reason=ChangeReason.DOUBTED_AGAIN, weight=Weight.WEAK)


def accepts_otherwise(change: Change) -> Finding | None:
    """Whether it accepts calls or secret chats was set anew."""
    before, after = change.before, change.after
    if before.calls_disabled == after.calls_disabled and before.secret_chats_disabled == after.secret_chats_disabled:
        return None
    return Finding(reason=ChangeReason.ACCEPTS_OTHERWISE, weight=Weight.WEAK)


RULES: tuple[Rule, ...] = (
    other_device,
    other_platform,
    other_app,
    renamed_app,
    official_no_more,
    password_entered,
    confirmed,
    doubted_again,
    accepts_otherwise,
    *moves.RULES,
)


def assess_change(before: Session, after: Session, past: Past, *, now: datetime) -> Assessment:
    """What is to be said of a session that changed, and how loud; `past` is what was known before it did.

    A login that is complete only now, by its password, is a login once more.
    """
    change = Change(before=before, after=after, past=past)
    findings = [rule(change) for rule in _rules_for(change)]
    if change.is_completed and not after.current:
        findings += assess_login(after, past, now=now).findings
    return weighed(findings, floor=Level.QUIET)


def _rules_for(change: Change) -> tuple[Rule, ...]:
    if not change.after.current:
        return RULES
    return guard.RENEWED_RULES if change.is_renewed else guard.RULES
