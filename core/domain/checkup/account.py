"""The rules about the account itself: its password, e-mails and limits, and whatever else gets in or reads along."""

from __future__ import annotations

from datetime import timedelta

from core.domain.checkup.facts import Known
from core.domain.points import Action, Grade, Point, Topic, Where

#: An account that is gone after so short an absence can be lost by a long journey or an illness.
ACCOUNT_TTL_DAYS_LEAST = 60
WEBSITE_IDLE_AFTER = timedelta(days=90)
PASSKEY_NEW_FOR = timedelta(days=7)


def reset(known: Known) -> Point:
    """Somebody asked for the 2FA password to be reset: whoever did needs only to wait."""
    if known.state.has_password is None:
        return Point(topic=Topic.RESET, grade=Grade.UNKNOWN, where=Where.TWO_STEP)
    if known.state.reset_at is None:
        return Point(topic=Topic.RESET, grade=Grade.GOOD)
    return Point(topic=Topic.RESET, grade=Grade.BAD, at=known.state.reset_at, action=Action.CALL_OFF_RESET)


def password(known: Known) -> Point:
    """Whether a login takes more than a code."""
    grades = {None: Grade.UNKNOWN, True: Grade.GOOD, False: Grade.BAD}
    return Point(topic=Topic.PASSWORD, grade=grades[known.state.has_password], where=Where.TWO_STEP)


def unconfirmed_email(known: Known) -> Point | None:
    """A recovery e-mail that is not confirmed yet: the owner's, or whoever's wants the next reset."""
    if not known.state.unconfirmed_email:
        return None
    return Point(
        topic=Topic.UNCONFIRMED_EMAIL, grade=Grade.LOOK, email=known.state.unconfirmed_email, where=Where.TWO_STEP
    )


def recovery(known: Known) -> Point | None:
    """Whether a forgotten 2FA password can be had back; of an address that waits to be confirmed, that says it all."""
    if known.state.has_password is False or (known.state.unconfirmed_email and not known.state.has_recovery):
        return None
    grades = {None: Grade.UNKNOWN, True: Grade.GOOD, False: Grade.LOOK}
    return Point(topic=Topic.RECOVERY, grade=grades[known.state.has_recovery], where=Where.TWO_STEP)


def login_email(known: Known) -> Point:
    """Where login codes go. Without an address a text message may do, which is little without 2FA."""
    email, grade = known.state.login_email, Grade.UNKNOWN
    if known.state.has_password is not None:
        grade = Grade.GOOD if email or known.state.has_password else Grade.LOOK
    return Point(topic=Topic.LOGIN_EMAIL, grade=grade, email=email, where=Where.LOGIN_EMAIL)


def bots(known: Known) -> Point:
    """Business bots: each reads chats, whoever runs it."""
    if known.state.bots is None:
        return Point(topic=Topic.BOTS, grade=Grade.UNKNOWN)
    if not known.state.bots:
        return Point(topic=Topic.BOTS, grade=Grade.GOOD)
    count = len(known.state.bots)
    return Point(topic=Topic.BOTS, grade=Grade.LOOK, count=count, among=count, action=Action.SHOW_BOTS)


def websites(known: Known) -> Point:
    """Websites that are logged in still, though nobody goes there any more."""
    listed = known.state.websites
    if listed is None:
        return Point(topic=Topic.WEBSITES, grade=Grade.UNKNOWN)
    unused = sum(known.now - website.active_at >= WEBSITE_IDLE_AFTER for website in listed)
    return Point(
        topic=Topic.WEBSITES,
        grade=Grade.LOOK if unused else Grade.GOOD,
        count=unused,
        among=len(listed),
        days=WEBSITE_IDLE_AFTER.days,
        action=Action.SHOW_WEBSITES if listed else None,
    )


def passkeys(known: Known) -> Point:
    """Passkeys: each is a way in without a code. A new one is worth a look."""
    listed = known.state.passkeys
    if listed is None:
        return Point(topic=Topic.PASSKEYS, grade=Grade.UNKNOWN, where=Where.PASSKEYS)
    new = sum(known.now - passkey.created_at < PASSKEY_NEW_FOR for passkey in listed)
    return Point(
        topic=Topic.PASSKEYS,
        grade=Grade.LOOK if new else Grade.GOOD,
        count=new,
        among=len(listed),
        days=PASSKEY_NEW_FOR.days,
        action=Action.SHOW_PASSKEYS if listed else None,
        where=Where.PASSKEYS,
    )


def account_ttl(known: Known) -> Point:
    """After how long an absence Telegram deletes the account."""
    days = known.state.account_ttl_days
    if days is None:
        return Point(topic=Topic.ACCOUNT_TTL, grade=Grade.UNKNOWN, where=Where.ACCOUNT_TTL)
    grade = Grade.LOOK if days < ACCOUNT_TTL_DAYS_LEAST else Grade.GOOD
    return Point(topic=Topic.ACCOUNT_TTL, grade=grade, days=days, where=Where.ACCOUNT_TTL)


def lock(known: Known) -> Point | None:
    """The login lock, while it is on: it keeps its owner out as well."""
    if not known.preferences.locks(known.now):
        return None
    return Point(topic=Topic.LOCK, grade=Grade.GOOD, at=known.preferences.lock_until, action=Action.SHOW_LOCK)
