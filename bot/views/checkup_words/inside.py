"""What is said of the points about who is inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiogram.utils.formatting import Text

from bot.views.checkup_words.phrases import counted, devices, share, verb_of
from core.domain.points import Point, Topic


def _unanswered(point: Point, labels: Mapping[str, str]) -> Text:
    verb = "has" if point.count == 1 else "have"
    whether = "whether it was you, or end it" if point.count == 1 else "which were you, or end them"
    return Text(f"{counted(point.count, 'login')} {verb} no answer yet: ", *devices(point, labels), f". Say {whether}.")


def _incomplete(point: Point, labels: Mapping[str, str]) -> Text:
    verb = "lacks" if point.count == 1 else "lack"
    return Text(
        f"{counted(point.count, 'login')} {verb} only the 2FA password: ",
        *devices(point, labels),
        ". Whoever that is has had a login code. If it is not you, end it.",
    )


def _unofficial(point: Point, labels: Mapping[str, str]) -> Text:
    verb, they = ("has", "Is it") if point.count == 1 else ("have", "Are they")
    return Text(
        f"{counted(point.count, 'session')} {verb} no official app id: ",
        *devices(point, labels),
        f". That is another app, or a script. {they} yours?",
    )


def _idle(point: Point, labels: Mapping[str, str]) -> Text:
    verb = "was" if point.count == 1 else "were"
    return Text(
        f"{counted(point.count, 'session')} {verb} not used for {counted(point.days, 'day')} or more: ",
        *devices(point, labels),
        ". End what you use no more.",
    )


def _untrusted(point: Point, labels: Mapping[str, str]) -> Text:
    return Text(
        f"{share(point, 'session')} {verb_of(point)} not trusted: ",
        *devices(point, labels),
        ". Trust what is yours: you then see at once what is not.",
    )


def _session_ttl(point: Point, _: Mapping[str, str]) -> Text:
    return Text(f"A session may lie unused for {counted(point.days, 'day')} before Telegram ends it. Sooner is safer.")


#: By the owner's own names of sessions, too.
SAID: Mapping[Topic, Callable[[Point, Mapping[str, str]], Text]] = {
    Topic.UNANSWERED: _unanswered,
    Topic.INCOMPLETE: _incomplete,
    Topic.UNOFFICIAL: _unofficial,
    Topic.IDLE: _idle,
    Topic.UNTRUSTED: _untrusted,
    Topic.SESSION_TTL: _session_ttl,
}
IN_ORDER: Mapping[Topic, Callable[[Point], Text]] = {
    Topic.UNANSWERED: lambda _: Text("every login answered for"),
    Topic.INCOMPLETE: lambda _: Text("no incomplete login"),
    Topic.UNOFFICIAL: lambda _: Text("apps official or trusted"),
    Topic.IDLE: lambda point: Text(f"no session idle for {counted(point.days, 'day')}"),
    Topic.UNTRUSTED: lambda point: Text("every session trusted" if point.among else "no other session"),
    Topic.SESSION_TTL: lambda point: Text(f"idle sessions end after {counted(point.days, 'day')}"),
}
