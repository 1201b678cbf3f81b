"""The rules for the guard's own session: its host may move at any deploy; what it calls itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from core.domain.risk.assessment import Benign, Finding, Reason, Weight
from core.domain.risk.facts import Change


class GuardReason(Reason):
    """What speaks against a change of Doorman's own session, or is to be known of it."""

    DEVICE = "guard device"
    PLATFORM = "guard platform"
    APP = "guard app"
    COUNTRY = "guard country"
    NETWORK = "guard network"
    RENEWED = "guard renewed"


def guard_device(change: Change) -> Finding | None:
    """It calls its device otherwise: Doorman always gives the same name."""
    if not change.devices:
        return None
    before, after = change.devices
    return Finding(reason=GuardReason.DEVICE, weight=Weight.ALARMING, before=before, after=after)


def guard_platform(change: Change) -> Finding | None:
    """It runs on another platform, as it would after a move from a Mac to a Linux server."""
    if not change.platforms:
        return None
    before, after = change.platforms
    return Finding(
        reason=GuardReason.PLATFORM, weight=Weight.ALARMING, before=before, after=after, benign=Benign.HOST_MOVED
    )


def guard_app(change: Change) -> Finding | None:
    """It has another app id: Doorman's is its owner's, and set once."""
    if not change.apps:
        return None
    before, after = change.apps
    return Finding(reason=GuardReason.APP, weight=Weight.ALARMING, before=before, after=after)


def guard_country(change: Change) -> Finding | None:
    """Doorman is in another country: its host was moved, or its key was copied."""
    if not change.countries:
        return None
    before, after = change.countries
    return Finding(
        reason=GuardReason.COUNTRY,
        weight=Weight.SAID if change.has_been_there else Weight.STRONG,
        before=before,
        after=after,
        benign=Benign.HOST_MOVED,
    )


def guard_network(change: Change) -> Finding | None:
    """Doorman is in another network, as after any deploy."""
    if change.countries or not change.networks:
        return None
    before, after = change.networks
    return Finding(reason=GuardReason.NETWORK, weight=Weight.SAID, before=before, after=after, benign=Benign.HOST_MOVED)


def guard_renewed(_change: Change) -> Finding | None:
    """Doorman has another session of its own, logged in anew: there is nothing that it could be compared with."""
    return Finding(reason=GuardReason.RENEWED, weight=Weight.WEAK)


Rule = Callable[[Change], Finding | None]
RULES: tuple[Rule, ...] = (guard_device, guard_platform, guard_app, guard_country, guard_network)
RENEWED_RULES: tuple[Rule, ...] = (guard_renewed,)
