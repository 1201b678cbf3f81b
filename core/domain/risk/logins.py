"""The rules for a new login: each looks at one thing, and finds it or not. A new rule is a function in RULES."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Reason, Weight, weighed
from core.domain.risk.facts import FASTER_THAN_TRAVEL, MINUTE, Login
from core.domain.risk.past import Past
from core.domain.sessions import Session
from core.domain.traits import app_of, country_of, device_of, folded, is_same, network_of

#: Of fewer sessions, "never seen" tells little: it weighs one less.
FEW = 3
SEVERAL, SEVERAL_WITHIN = 3, timedelta(hours=1)
CODE_WITHIN = timedelta(minutes=10)


class LoginReason(Reason):
    """What speaks against a login, or is to be known of it."""

    NEW_COUNTRY = "new country"
    NEW_NETWORK = "new network"
    NEW_APP = "new app"
    NEW_PLATFORM = "new platform"
    UNOFFICIAL = "unofficial"
    BORROWED_NAME = "borrowed name"
    ELSEWHERE = "elsewhere"
    ALL_IDLE = "all idle"
    CODE_ASKED = "code asked"
    SEVERAL = "several"
    PASSWORD_PENDING = "password pending"  # noqa: S105 - no password
    UNCONFIRMED = "unconfirmed"
    KNOWN_NAME = "known name"


def new_country(login: Login) -> Finding | None:
    """No known session was in its country."""
    if not login.has_new_country:
        return None
    return _never_seen(login, LoginReason.NEW_COUNTRY, Weight.STRONG, country_of(login.session), benign=Benign.VPN)


def new_network(login: Login) -> Finding | None:
    """No known session was in its network; in a new country that says nothing more."""
    if not login.has_new_network or login.has_new_country:
        return None
    return _never_seen(
        login, LoginReason.NEW_NETWORK, Weight.WEAK, network_of(login.session), benign=Benign.MOBILE_NETWORK
    )


def new_app(login: Login) -> Finding | None:
    """No known session had its app id; of one with a known app's name, that is said already."""
    if not login.has_new_app or login.has_borrowed_name:
        return None
    return _never_seen(login, LoginReason.NEW_APP, Weight.WEAK, app_of(login.session))


def new_platform(login: Login) -> Finding | None:
    """No known session was of its platform; with a new app that counts once, for most apps are made for one."""
    if not login.has_new_platform:
        return None
    weight = Weight.SAID if login.has_new_app else Weight.WEAK
    return _never_seen(login, LoginReason.NEW_PLATFORM, weight, login.session.platform)


def unofficial(login: Login) -> Finding | None:
    """Its app id is none of Telegram's own apps. That it is one would be no comfort: they are published with the apps'
    source code, and any program can use them.
    """
    if login.session.official_app:
        return None
    is_known = login.session.api_id in login.app_names
    return Finding(
        reason=LoginReason.UNOFFICIAL, weight=Weight.SAID if is_known else Weight.WEAK, after=login.session.app_name
    )


def borrowed_name(login: Login) -> Finding | None:
    """It has the name of a known app, and another app id, which is none of Telegram's own apps."""
    if not login.has_borrowed_name:
        return None
    return Finding(reason=LoginReason.BORROWED_NAME, weight=Weight.STRONG, after=login.session.app_name)


def elsewhere(login: Login) -> Finding | None:
    """An own device was active in another country within the hour, and none in this one."""
    here = country_of(login.session)
    lately = [own for own in login.own if abs(own.active_at - login.at) < FASTER_THAN_TRAVEL and country_of(own)]
    if not here or not lately or any(is_same(country_of(own), here) for own in lately):
        return None
    nearest = min(lately, key=lambda own: (abs(own.active_at - login.at), own.hash))
    return Finding(
        reason=LoginReason.ELSEWHERE,
        weight=Weight.STRONG,
        before=country_of(nearest),
        after=here,
        minutes=abs(nearest.active_at - login.at) // MINUTE,
        benign=Benign.VPN,
    )


def all_idle(login: Login) -> Finding | None:
    """No own device was active for half an hour before it."""
    idle = login.idle_for
    if idle is None:
        return None
    return Finding(reason=LoginReason.ALL_IDLE, weight=Weight.WEAK, minutes=idle // MINUTE)


def code_asked(login: Login) -> Finding | None:
    """A login code was asked for just before. So it is with most logins; while no own device was active, somebody else
    may have read it.
    """
    since = [login.at - code for code in login.past.codes if timedelta() <= login.at - code <= CODE_WITHIN]
    if not since:
        return None
    weight = Weight.SAID if login.idle_for is None else Weight.WEAK
    return Finding(reason=LoginReason.CODE_ASKED, weight=weight, minutes=min(since) // MINUTE)


def several(login: Login) -> Finding | None:
    """It is the third login in an hour, or a later one; doubted ones count, and those of the same look before it."""
    listed = login.past.roster.sessions if login.past.roster else ()
    # Of one moment, what was known comes before what the look brings, which comes by its hash.
    others = {s.hash: (min(s.created_at, login.now), s.hash) for s in listed if not s.current}
    others |= {known.key: (known.created_at, "") for known in login.past.known}
    others.pop(login.session.hash, None)
    this = login.at, login.session.hash
    count = 1 + sum(other < this and this[0] - other[0] < SEVERAL_WITHIN for other in others.values())
    return Finding(reason=LoginReason.SEVERAL, weight=Weight.WEAK, count=count) if count >= SEVERAL else None


def password_pending(login: Login) -> Finding | None:
    """The login code was entered, the 2FA password was not: it has no access yet."""
    if not login.session.password_pending:
        return None
    return Finding(reason=LoginReason.PASSWORD_PENDING, weight=Weight.SAID)


def unconfirmed(login: Login) -> Finding | None:
    """Telegram waits for a word on it, which it does of an owner's logins as well: so it weighs nothing."""
    return Finding(reason=LoginReason.UNCONFIRMED, weight=Weight.SAID) if login.session.unconfirmed else None


def known_name(login: Login) -> Finding | None:
    """A known session's device had this name and platform; whoever knows the name can take it, so it lowers nothing."""
    device, platform = device_of(login.session), folded(login.session.platform)
    if not device or not any(device in known.devices and platform in known.platforms for known in login.familiar):
        return None
    return Finding(
        reason=LoginReason.KNOWN_NAME,
        weight=Weight.SAID,
        after=login.session.device_model,
        benign=Benign.SAME_DEVICE,
    )


def _never_seen(
    login: Login, reason: LoginReason, weight: Weight, after: str, *, benign: Benign | None = None
) -> Finding:
    """A finding of something new, and to how many sessions it is."""
    count = len(login.familiar)
    thinned = Weight(max(0, weight - (count < FEW)))
    return Finding(reason=reason, weight=thinned, after=after, count=count, benign=benign)


RULES: tuple[Callable[[Login], Finding | None], ...] = (
    elsewhere,
    borrowed_name,
    new_country,
    new_network,
    unofficial,
    new_app,
    new_platform,
    all_idle,
    code_asked,
    several,
    password_pending,
    unconfirmed,
    known_name,
)


def assess_login(session: Session, past: Past, *, now: datetime) -> Assessment:
    """What is to be said of a new login, and how loud; `past` is what was known before it. The newest roster in it may
    list the login itself.
    """
    login = Login(session=session, past=past, now=now)
    return weighed((rule(login) for rule in RULES), floor=Level.NOTICE)
