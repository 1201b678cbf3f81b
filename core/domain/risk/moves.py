"""The rules for a session that is in another place: a person who travels, a VPN, or a copied key in use elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from core.domain.risk.assessment import Benign, Finding, Reason, Weight
from core.domain.risk.facts import FASTER_THAN_TRAVEL, MINUTE, Change
from core.domain.traits import folded


class MoveReason(Reason):
    """What is to be known of a move."""

    MOVED_COUNTRY = "moved country"
    MOVED_TOO_FAST = "moved too fast"
    MOVED_NETWORK = "moved network"


def moved_country(change: Change) -> Finding | None:
    """It is in another country; that counts where no session of the owner's has ever been."""
    if not change.countries:
        return None
    before, after = change.countries
    is_familiar = change.is_familiar(folded(after), lambda known: known.countries)
    return Finding(
        reason=MoveReason.MOVED_COUNTRY,
        weight=Weight.SAID if is_familiar else Weight.WEAK,
        before=before,
        after=after,
        benign=Benign.VPN,
    )


def moved_too_fast(change: Change) -> Finding | None:
    """It was active in another country less than an hour before, and was never in this one.

    Countries are all that is known: the next town may be as far as another continent. And a VPN that was switched on
    looks the same, so this is not alarming by itself.
    """
    between = abs(change.after.active_at - change.before.active_at)
    if not change.countries or between >= FASTER_THAN_TRAVEL:
        return None
    before, after = change.countries
    return Finding(
        reason=MoveReason.MOVED_TOO_FAST,
        weight=Weight.SAID if change.has_been_there else Weight.WEAK,
        before=before,
        after=after,
        minutes=between // MINUTE,
        benign=Benign.VPN,
    )


def moved_network(change: Change) -> Finding | None:
    """It is in a network where no session of the owner's was, in the same country: so it is on any day."""
    if change.countries or not change.networks:
        return None
    before, after = change.networks
    if change.is_familiar(after, lambda known: known.networks):
        return None
    return Finding(
        reason=MoveReason.MOVED_NETWORK,
        weight=Weight.SAID,
        before=before,
        after=after,
        benign=Benign.MOBILE_NETWORK,
    )


RULES: tuple[Callable[[Change], Finding | None], ...] = (moved_country, moved_too_fast, moved_network)
