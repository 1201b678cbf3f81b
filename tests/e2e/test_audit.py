"""The auditor finds what is planted for it, wherever and however that is hidden, and nothing else."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from redis import Redis

from doorman.embedded import embedded_redis
from tests.e2e.audit import Secrets

KEY = bytes(range(256))
SESSION = "1" + base64.urlsafe_b64encode(b"\x02\x7f\x00\x00\x01\x01\xbb" + KEY).decode()
URL = "json://ada:hunter2%20is-none@127.0.0.1:1/a-secret-topic?x=ordinary"


@pytest.fixture
def secrets() -> Secrets:
    marked = Secrets()
    marked.mark("SECRET_KEY", "sec/ret=key+of-nobody")
    marked.mark("code", "12345", "654321")
    marked.mark_guard(SESSION)
    marked.mark_urls(f"ntfy://elsewhere {URL}")
    marked.mark("nothing", "")
    return marked


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with embedded_redis(tmp_path / "r", persist=False) as url, Redis.from_url(url) as client:
        yield client


@pytest.mark.parametrize(
    "planted",
    [
        "sec/ret=key+of-nobody",
        quote("sec/ret=key+of-nobody", safe=""),
        base64.b64encode(b"sec/ret=key+of-nobody").decode(),
        b"sec/ret=key+of-nobody".hex(),
        SESSION,
        KEY,
        KEY.hex(),
        KEY.hex().upper(),
        repr(KEY),
        base64.b64encode(KEY).decode(),
        KEY[:40].hex(),
        KEY[-40:],
        "hunter2 is-none",
        "hunter2%20is-none",
        "a-secret-topic",
        "your code: 12345.",
        "654321",
    ],
)
def test_a_secret_is_found_in_every_form(secrets: Secrets, planted: str | bytes) -> None:
    raw = planted.encode() if isinstance(planted, str) else planted
    [line] = {line.partition(" in ")[0] for line in secrets.within("a log", b"before " + raw + b" after")}
    assert planted not in (line, line.encode())


def test_what_only_looks_like_one_is_not(secrets: Secrets) -> None:
    text = f"123456 0.12345 at 20:01:41.654321Z ordinary ada nothing {os.urandom(300).hex(' ')} {Secrets()}"
    assert not secrets.within("a log", text)


def test_it_is_found_in_every_kind_of_value_and_in_names_in_redis(secrets: Secrets, redis: Redis) -> None:
    secret = "sec/ret=key+of-nobody"
    redis.set("string", f"x{secret}" * 100)  # long enough to be compressed
    redis.hset("hash", "field", secret)
    redis.hset("hash by field", secret, "value")
    redis.xadd("stream", {"field": secret})
    redis.sadd("set", secret)
    redis.rpush("list", "first", secret)
    redis.zadd("zset", {secret: 1})
    redis.set(secret, "value")
    redis.set("innocent", "value")
    assert len(secrets.in_redis(redis)) == 8


def test_it_is_found_in_the_parameters_of_calls_and_not_in_their_answers(secrets: Secrets) -> None:
    deep = {"chat_id": 1, "reply_markup": {"inline_keyboard": [[{"text": "12345"}]]}}
    calls = [
        {"number": 1, "method": "sendMessage", "params": deep, "answer": {}},
        {"number": 2, "method": "getUpdates", "params": {}, "answer": {"text": "12345"}},
        {"number": 3, "method": "sendMessage", "params": {"text": "line\n654321"}, "answer": {}},
        {"number": 4, "method": "sendMessage", "params": {"chat_id": 12345}, "answer": {}},
    ]
    found = secrets.in_calls(calls)
    assert [line.partition(",")[0] for line in found] == ["code in call 1", "code in call 3", "code in call 4"]
