"""What the rules look at: a login or a change, what was known before it, and what follows from the two."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.risk.past import Known, Past, key_of
from core.domain.sessions import Session
from core.domain.traits import app_of, country_of, device_of, folded, is_same, network_of

IDLE_AFTER = timedelta(minutes=30)
#: What was listed so long before the login says nothing of who was active at it.
LISTED_WITHIN = timedelta(minutes=5)
#: No flight is so short that a device is in use before and after it, in two countries.
FASTER_THAN_TRAVEL = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A session that was not there before."""

    session: Session
    past: Past
    now: datetime

    @property
    def at(self) -> datetime:
        """When it was; it may be found late."""
        return min(self.session.created_at, self.now)

    @property
    def familiar(self) -> tuple[Known, ...]:
        """The sessions to compare it with."""
        return self.past.familiar(besides=self.session.hash)

    @property
    def own(self) -> tuple[Session, ...]:
        """The owner's other devices."""
        return self.past.own(besides=self.session.hash)

    @property
    def has_new_country(self) -> bool:
        """Whether none was in its country."""
        return self._is_new(folded(country_of(self.session)), self._all(lambda known: known.countries))

    @property
    def has_new_network(self) -> bool:
        """Whether none was in its network."""
        return self._is_new(network_of(self.session), self._all(lambda known: known.networks))

    @property
    def has_new_platform(self) -> bool:
        """Whether none was of its platform."""
        return self._is_new(folded(self.session.platform), self._all(lambda known: known.platforms))

    @property
    def has_new_app(self) -> bool:
        """Whether none had its app id. The id is what Telegram checks; the name is the choice of whoever got the id."""
        return bool(self.session.api_id) and bool(self.familiar) and self.session.api_id not in self.app_names

    @property
    def has_borrowed_name(self) -> bool:
        """Whether its app has the name of a known one and another app id, which is none of Telegram's own apps."""
        name = folded(self.session.app_name)
        is_taken = bool(name) and any(name in names for names in self.app_names.values())
        return is_taken and self.has_new_app and not self.session.official_app

    @property
    def app_names(self) -> dict[int, set[str]]:
        """The names that each known app has had."""
        names: dict[int, set[str]] = {}
        for known in self.familiar:
            for api_id, name in known.apps:
                names.setdefault(api_id, set()).add(name)
        return names

    @property
    def idle_for(self) -> timedelta | None:
        """How long all own devices had been idle; None if one was active, there is none, or it can't be told."""
        roster = self.past.roster
        if not roster or not self.own or roster.taken_at < self.at - LISTED_WITHIN:
            return None
        idle = self.at - max(own.active_at for own in self.own)
        return idle if idle >= IDLE_AFTER else None

    def _all(self, traits: Callable[[Known], frozenset[str]]) -> frozenset[str]:
        return frozenset().union(*(traits(known) for known in self.familiar))

    @staticmethod
    def _is_new(trait: str, seen: frozenset[str]) -> bool:
        return bool(trait) and bool(seen) and trait not in seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A session as it was and as it is."""

    before: Session
    after: Session
    past: Past

    @property
    def devices(self) -> tuple[str, str] | None:
        """What it called its device and how it does now; None unless the first is known and they differ. A browser's
        version is no other device.
        """
        before, after = self.before, self.after
        if not device_of(before) or device_of(before) == device_of(after):
            return None
        return before.device_model, after.device_model

    @property
    def platforms(self) -> tuple[str, str] | None:
        """From which platform to which; None unless the first is known and they differ."""
        before, after = self.before.platform, self.after.platform
        return (before, after) if folded(before) and not is_same(before, after) else None

    @property
    def apps(self) -> tuple[str, str] | None:
        """From which app to which; None unless the first is known and their ids, which Telegram checks, differ."""
        before, after = self.before, self.after
        if not before.api_id or before.api_id == after.api_id:
            return None
        return app_of(before), app_of(after)

    @property
    def countries(self) -> tuple[str, str] | None:
        """From where to where it moved; None unless both are known and differ."""
        before, after = country_of(self.before), country_of(self.after)
        return (before, after) if before and after and not is_same(before, after) else None

    @property
    def networks(self) -> tuple[str, str] | None:
        """From which network to which it moved; None unless both are known and differ."""
        before, after = network_of(self.before), network_of(self.after)
        return (before, after) if before and after and before != after else None

    @property
    def has_been_there(self) -> bool:
        """Whether this session was in this country before; what a doubted one did says nothing."""
        key = key_of(self.after)
        known = None if key in self.past.doubted else self.past.find(key)
        return known is not None and folded(country_of(self.after)) in known.countries

    def is_familiar(self, trait: str, of: Callable[[Known], frozenset[str]]) -> bool:
        """Whether any session of the owner's had it."""
        return any(trait in of(known) for known in self.past.familiar())

    @property
    def is_renewed(self) -> bool:
        """Whether it was logged in anew, as Doorman's own is by `doorman login`."""
        return self.before.created_at != self.after.created_at

    @property
    def is_completed(self) -> bool:
        """Whether it waited for the 2FA password, and waits no more."""
        return self.before.password_pending and not self.after.password_pending
