"""What is said of each point of a checkup: whole where it wants its owner, in a few words where all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aiogram.utils.formatting import Text

from bot.views.wording import device_of, moment, named
from core.domain.points import Point, Topic, Where

NAMED_MOST = 3
PRIVACY = "Settings → Privacy and Security"
#: By the official apps' own words.
WHERE = {
    Where.TWO_STEP: f"{PRIVACY} → Two-Step Verification",
    Where.LOGIN_EMAIL: f"{PRIVACY} → Login Email",
    Where.ACCOUNT_TTL: f"{PRIVACY} → If Away For",
    Where.PASSKEYS: f"{PRIVACY} → Passkeys",
}
TOPICS = {
    Topic.RESET: "a reset of the 2FA password",
    Topic.UNANSWERED: "unanswered logins",
    Topic.INCOMPLETE: "incomplete logins",
    Topic.PASSWORD: "2FA",
    Topic.UNCONFIRMED_EMAIL: "an unconfirmed e-mail",
    Topic.RECOVERY: "the recovery e-mail",
    Topic.LOGIN_EMAIL: "the login e-mail",
    Topic.BOTS: "business bots",
    Topic.UNOFFICIAL: "unofficial apps",
    Topic.IDLE: "idle sessions",
    Topic.UNTRUSTED: "untrusted sessions",
    Topic.WEBSITES: "websites",
    Topic.PASSKEYS: "passkeys",
    Topic.SESSION_TTL: "when idle sessions end",
    Topic.ACCOUNT_TTL: "when the account is deleted",
    Topic.LOCK: "the login lock",
}
REVIEWED = {
    Topic.UNANSWERED: "Nobody has said whose these logins are. End what is not yours.",
    Topic.INCOMPLETE: "The login code was entered, the 2FA password not: no access to messages yet.",
    Topic.UNOFFICIAL: "Another app, or a script. Trust what is yours, end what is not.",
    Topic.IDLE: "End what you use no more.",
    Topic.UNTRUSTED: "Trust what is yours, end what is not.",
}


def pressing(point: Point, *, now: datetime) -> Text:
    """What is amiss, what that means, what to do."""
    return SAID[point.topic](point, now)


def good(point: Point) -> Text:
    """That it is well, without an end, to be put in a row."""
    return IN_ORDER[point.topic](point)


def _counted(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _share(point: Point, one: str) -> str:
    return _counted(point.among, one) if point.count == point.among else f"{point.count} of {point.among} {one}s"


def _is(point: Point) -> str:
    return "is" if point.count == 1 else "are"


def _where(point: Point) -> str:
    return f" In Telegram: {WHERE[point.where]}." if point.where else ""


def _devices(point: Point) -> list[Text | str]:
    shown = [part for session in point.sessions[:NAMED_MOST] for part in (", ", device_of(session))]
    more = len(point.sessions) - NAMED_MOST
    return [*shown[1:], f" and {more} more" if more > 0 else ""]


def _reset(point: Point, now: datetime) -> Text:
    if point.at is None:
        since = "it may be taken away soon"
    elif point.at > now:
        since = f"from {moment(point.at)} on, whoever it was can take it away"
    else:
        since = f"since {moment(point.at)}, whoever it was can take it away at any time"
    return Text(f"Somebody asked for a reset of the 2FA password: {since}. If that was not you, call it off now.")


def _unanswered(point: Point, _: datetime) -> Text:
    verb = "has" if point.count == 1 else "have"
    whether = "whether it was you, or end it" if point.count == 1 else "which were you, or end them"
    return Text(f"{_counted(point.count, 'login')} {verb} no answer yet: ", *_devices(point), f". Say {whether}.")


def _incomplete(point: Point, _: datetime) -> Text:
    verb = "lacks" if point.count == 1 else "lack"
    return Text(
        f"{_counted(point.count, 'login')} {verb} only the 2FA password: ",
        *_devices(point),
        ". Whoever that is has had a login code. If it is not you, end it.",
    )


def _password(point: Point, _: datetime) -> Text:
    return Text(f"2FA is off: a login code is all that anybody needs to get in. Set a password.{_where(point)}")


def _unconfirmed(point: Point, _: datetime) -> Text:
    return Text(
        "A recovery e-mail waits to be confirmed: ",
        named(point.email),
        f". If it is not yours, take it away and change the 2FA password.{_where(point)}",
    )


def _recovery(point: Point, _: datetime) -> Text:
    return Text(f"2FA has no recovery e-mail: a forgotten password takes a week to reset.{_where(point)}")


def _login_email(point: Point, _: datetime) -> Text:
    return Text(f"Login codes may come by text message, which others can read on the way.{_where(point)}")


def _bots(point: Point, _: datetime) -> Text:
    verb, they = ("reads", "Is it") if point.count == 1 else ("read", "Are they")
    return Text(f"{_counted(point.count, 'business bot')} {verb} this account's chats. {they} wanted still?")


def _unofficial(point: Point, _: datetime) -> Text:
    verb, they = ("has", "Is it") if point.count == 1 else ("have", "Are they")
    counted = _counted(point.count, "session")
    return Text(
        f"{counted} {verb} no official app id: ", *_devices(point), f". That is another app, or a script. {they} yours?"
    )


def _idle(point: Point, _: datetime) -> Text:
    verb = "was" if point.count == 1 else "were"
    return Text(
        f"{_counted(point.count, 'session')} {verb} not used for {_counted(point.days, 'day')} or more: ",
        *_devices(point),
        ". End what you use no more.",
    )


def _untrusted(point: Point, _: datetime) -> Text:
    return Text(
        f"{_share(point, 'session')} {_is(point)} not trusted: ",
        *_devices(point),
        ". Trust what is yours: you then see at once what is not.",
    )


def _websites(point: Point, _: datetime) -> Text:
    verb = "was" if point.count == 1 else "were"
    return Text(
        f"{_share(point, 'connected website')} {verb} not used for {point.days} days. Log out what you don't need."
    )


def _passkeys(point: Point, _: datetime) -> Text:
    verb, they = ("was", "Is it") if point.count == 1 else ("were", "Are they")
    return Text(
        f"{_share(point, 'passkey')} {verb} made within the last {point.days} days. Whoever holds one logs in without "
        f"a code. {they} yours?{_where(point)}"
    )


def _session_ttl(point: Point, _: datetime) -> Text:
    return Text(f"A session may lie unused for {_counted(point.days, 'day')} before Telegram ends it. Sooner is safer.")


def _account_ttl(point: Point, _: datetime) -> Text:
    return Text(f"After {_counted(point.days, 'day')} of absence, Telegram deletes this account.{_where(point)}")


SAID: Mapping[Topic, Callable[[Point, datetime], Text]] = {
    Topic.RESET: _reset,
    Topic.UNANSWERED: _unanswered,
    Topic.INCOMPLETE: _incomplete,
    Topic.PASSWORD: _password,
    Topic.UNCONFIRMED_EMAIL: _unconfirmed,
    Topic.RECOVERY: _recovery,
    Topic.LOGIN_EMAIL: _login_email,
    Topic.BOTS: _bots,
    Topic.UNOFFICIAL: _unofficial,
    Topic.IDLE: _idle,
    Topic.UNTRUSTED: _untrusted,
    Topic.WEBSITES: _websites,
    Topic.PASSKEYS: _passkeys,
    Topic.SESSION_TTL: _session_ttl,
    Topic.ACCOUNT_TTL: _account_ttl,
}


def _login_email_set(point: Point) -> Text:
    return Text("login e-mail ", named(point.email)) if point.email else Text("no login e-mail, but 2FA")


def _websites_used(point: Point) -> Text:
    if not point.among:
        return Text("no connected website")
    return Text(f"{_counted(point.among, 'connected website')}, none idle")


def _passkeys_old(point: Point) -> Text:
    return Text(f"{_counted(point.among, 'passkey')}, none new" if point.among else "no passkey")


IN_ORDER: Mapping[Topic, Callable[[Point], Text]] = {
    Topic.RESET: lambda _: Text("no 2FA reset under way"),
    Topic.UNANSWERED: lambda _: Text("every login answered for"),
    Topic.INCOMPLETE: lambda _: Text("no incomplete login"),
    Topic.PASSWORD: lambda _: Text("2FA on"),
    Topic.RECOVERY: lambda _: Text("recovery e-mail set"),
    Topic.LOGIN_EMAIL: _login_email_set,
    Topic.BOTS: lambda _: Text("no business bot"),
    Topic.UNOFFICIAL: lambda _: Text("apps official or trusted"),
    Topic.IDLE: lambda point: Text(f"no session idle for {_counted(point.days, 'day')}"),
    Topic.UNTRUSTED: lambda point: Text("every session trusted" if point.among else "no other session"),
    Topic.WEBSITES: _websites_used,
    Topic.PASSKEYS: _passkeys_old,
    Topic.SESSION_TTL: lambda point: Text(f"idle sessions end after {_counted(point.days, 'day')}"),
    Topic.ACCOUNT_TTL: lambda point: Text(f"the account outlasts {_counted(point.days, 'day')} of absence"),
    Topic.LOCK: lambda point: Text(f"login lock on{f' until {moment(point.at)}' if point.at else ''}"),
}
