"""Looks for secrets, in every form that they might have leaked in, through what a Doorman leaves behind it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from redis import Redis

#: A shorter number might be anything's: it counts where no digit stands beside it, nor a fraction's point before it.
NUMBER_MOST = 8
ENDS = 24  # bytes of a long secret that give it away
LEAST = 8  # characters of an address's part that are a secret, and no word


@dataclass(slots=True)
class Secrets:
    """What must be found nowhere, by its name."""

    _patterns: dict[str, re.Pattern[bytes]] = field(default_factory=dict)

    def mark(self, name: str, *secrets: str | bytes) -> None:
        """This is one from now on, or several of a kind."""
        forms = {form for secret in secrets if secret for form in _forms(secret)}
        if known := self._patterns.get(name):
            forms.add(known.pattern)
        if forms:
            self._patterns[name] = re.compile(b"|".join(sorted(forms)))

    def mark_guard(self, session: str) -> None:
        """A StringSession, and the auth key in it, which are its last 256 bytes."""
        key = base64.urlsafe_b64decode(session[1:])[-256:]
        self.mark("guard session", session)
        self.mark("auth key", key, key[:ENDS], key[-ENDS:])

    def mark_urls(self, urls: str) -> None:
        """What is secret in the addresses of ALERT_URLS: passwords, and tokens in a path."""
        for url in urls.split():
            parts = urlsplit(url)
            pieces = (parts.password or "", *parts.path.split("/"))
            self.mark("alert address", *(unquote(piece) for piece in pieces if len(piece) >= LEAST))

    def within(self, where: str, data: str | bytes) -> list[str]:
        """Which of them are in there: a line for each, that does not repeat it."""
        data = data.encode(errors="surrogatepass") if isinstance(data, str) else data
        return [f"{name} in {where}" for name, pattern in self._patterns.items() if pattern.search(data)]

    def in_redis(self, redis: Redis) -> list[str]:
        """Of every key and value in it."""
        return [line for key, data in _contents(redis) for line in self.within(f"Redis, {key!r}", data)]

    def in_calls(self, calls: Iterable[dict[str, Any]]) -> list[str]:
        """Of the parameters that the bot sent; what the owners sent came in, and is an answer's."""
        return [
            line
            for call in calls
            for line in self.within(f"call {call['number']}, {call['method']}", "\n".join(_texts(call["params"])))
        ]


def _forms(secret: str | bytes) -> Iterator[bytes]:
    """Patterns of it as it is, quoted, escaped and encoded."""
    if isinstance(secret, str) and secret.isdecimal() and len(secret) <= NUMBER_MOST:
        yield rb"(?<![\d.])" + secret.encode() + rb"(?!\d)"
        return
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode(), repr(raw)[2:-1].encode()}
    if isinstance(secret, str):
        forms |= {quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        # Not its last signs, which depend on what follows.
        forms.add(encode(raw)[: len(raw) // 3 * 4])
    yield from map(re.escape, forms)


def _texts(value: Any) -> Iterator[str]:
    """Every text and number within."""
    match value:
        case dict():
            for name, each in value.items():
                yield str(name)
                yield from _texts(each)
        case list():
            for each in value:
                yield from _texts(each)
        case _:
            yield str(value)


def _contents(redis: Redis) -> Iterator[tuple[bytes, bytes]]:
    """Each key, with itself and whatever is in it; not as DUMP gives it, for that is compressed."""
    for key in redis.scan_iter(count=1000):
        readers: dict[bytes, Any] = {
            b"string": redis.get,
            b"hash": redis.hgetall,
            b"stream": redis.xrange,
            b"set": redis.smembers,
            b"list": partial(redis.lrange, start=0, end=-1),
            b"zset": partial(redis.zrange, start=0, end=-1),
        }
        read = readers.get(redis.type(key))
        yield key, b"\n".join(_pieces([key, read(key) if read else b""]))


def _pieces(value: Any) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
        case dict():
            yield from _pieces([*value, *value.values()])
        case list() | tuple() | set():
            for each in value:
                yield from _pieces(each)
