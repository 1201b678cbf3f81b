"""What is said of the points about the account itself, and of whatever else gets in or reads along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from aiogram.utils.formatting import Text

from bot.views.checkup_words.phrases import counted, share, where
from bot.views.wording import moment, named
from core.domain.points import Point, Topic


def _reset(point: Point, now: datetime) -> Text:
    if point.at is None:
        since = "it may be taken away soon"
    elif point.at > now:
        since = f"from {moment(point.at)} on, whoever it was can take it away"
    else:
        since = f"since {moment(point.at)}, whoever it was can take it away at any time"
    return Text(f"Somebody asked for a reset of the 2FA password: {since}. If that was not you, call it off now.")


def _password(point: Point, _: datetime) -> Text:
    return Text(f"2FA is off: a login code is all that anybody needs to get in. Set a password.{where(point)}")


def _unconfirmed(point: Point, _: datetime) -> Text:
    return Text(
        "A recovery e-mail waits to be confirmed: ",
        named(point.email),
        f". If it is not yours, take it away and change the 2FA password.{where(point)}",
    )


def _recovery(point: Point, _: datetime) -> Text:
    return Text(f"2FA has no recovery e-mail: a forgotten password takes a week to reset.{where(point)}")


def _login_email(point: Point, _: datetime) -> Text:
    return Text(f"Login codes may come by text message, which others can read on the way.{where(point)}")


def _bots(point: Point, _: datetime) -> Text:
    verb, they = ("reads", "Is it") if point.count == 1 else ("read", "Are they")
    return Text(f"{counted(point.count, 'business bot')} {verb} this account's chats. {they} wanted still?")


def _websites(point: Point, _: datetime) -> Text:
    verb = "was" if point.count == 1 else "were"
    return Text(
        f"{share(point, 'connected website')} {verb} not used for {point.days} days. Log out what you don't need."
    )


def _passkeys(point: Point, _: datetime) -> Text:
    verb, they = ("was", "Is it") if point.count == 1 else ("were", "Are they")
    return Text(
        f"{share(point, 'passkey')} {verb} made within the last {point.days} days. Whoever holds one logs in without "
        f"a code. {they} yours?{where(point)}"
    )


def _account_ttl(point: Point, _: datetime) -> Text:
    return Text(f"After {counted(point.days, 'day')} of absence, Telegram deletes this account.{where(point)}")


def _login_email_set(point: Point) -> Text:
    return Text("login e-mail ", named(point.email)) if point.email else Text("no login e-mail, but 2FA")


def _websites_used(point: Point) -> Text:
    if not point.among:
        return Text("no connected website")
    return Text(f"{counted(point.among, 'connected website')}, none idle")


def _passkeys_old(point: Point) -> Text:
    return Text(f"{counted(point.among, 'passkey')}, none new" if point.among else "no passkey")


SAID: Mapping[Topic, Callable[[Point, datetime], Text]] = {
    Topic.RESET: _reset,
    Topic.PASSWORD: _password,
    Topic.UNCONFIRMED_EMAIL: _unconfirmed,
    Topic.RECOVERY: _recovery,
    Topic.LOGIN_EMAIL: _login_email,
    Topic.BOTS: _bots,
    Topic.WEBSITES: _websites,
    Topic.PASSKEYS: _passkeys,
    Topic.ACCOUNT_TTL: _account_ttl,
}
IN_ORDER: Mapping[Topic, Callable[[Point], Text]] = {
    Topic.RESET: lambda _: Text("no 2FA reset under way"),
    Topic.PASSWORD: lambda _: Text("2FA on"),
    Topic.RECOVERY: lambda _: Text("recovery e-mail set"),
    Topic.LOGIN_EMAIL: _login_email_set,
    Topic.BOTS: lambda _: Text("no business bot"),
    Topic.WEBSITES: _websites_used,
    Topic.PASSKEYS: _passkeys_old,
    Topic.ACCOUNT_TTL: lambda point: Text(f"the account outlasts {counted(point.days, 'day')} of absence"),
    Topic.LOCK: lambda point: Text(f"login lock on{f' until {moment(point.at)}' if point.at else ''}"),
}
