"""Logs: one event a line, for people or as JSON, and no secret in either."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
import reprlib
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from core import logs
from core.settings import CoreSettings
from tests.domain_values import SECRET_KEY

SECRET = "hunter2"
FORMATS = ["json", "console"]


class Settings(CoreSettings):
    """Settings with every kind of secret that a process of ours has, or may have."""

    bot_token: SecretStr = SecretStr("")
    api_hash: SecretStr = SecretStr("")
    session_string: SecretStr = SecretStr("")
    alert_urls: SecretStr = SecretStr("")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Logging is the process's own: what a test sets up is taken down again."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = (*logs.LIBRARIES, "telethon.network")
    libraries = {name: logging.getLogger(name).level for name in names}
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    root.handlers[:], root.level = handlers, level
    for name, former in libraries.items():
        logging.getLogger(name).setLevel(former)
    structlog.contextvars.clear_contextvars()
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    logging.captureWarnings(False)


def configure(log_format: str, log_level: str = "info", **secrets: str) -> None:
    given_settings = {"secret_key": SECRET_KEY, "log_format": log_format, "log_level": log_level, **secrets}
    logs.configure(Settings.model_validate(given_settings), process="bot")


def told(log: Callable[[], object], log_format: str = "json", **secrets: str) -> str:
    """What is on standard error when `log` has been called."""
    with redirect_stderr(io.StringIO()) as stderr:
        configure(log_format, **secrets)
        log()
    structlog.contextvars.clear_contextvars()
    return stderr.getvalue()


def told_event(**fields: Any) -> dict[str, Any]:
    """A JSON entry of ours with these fields."""
    entry: dict[str, Any] = json.loads(told(lambda: structlog.get_logger().info("happened", **fields)))
    return entry


def told_message(message: str, *args: object) -> str:
    """The message of somebody else's that has become an event."""
    return str(json.loads(told(lambda: logging.getLogger("somebody").warning(message, *args)))["event"])


def fail_with_a_secret_at_hand() -> None:
    secret_key = SECRET
    raise ValueError("something else: " + secret_key[:0])


def test_an_event_is_a_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json")
    structlog.get_logger().info("session_ended", account=1001, hash="-7")
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["account"], entry["hash"], entry["process"]) == ("session_ended", 1001, "-7", "bot")
    assert entry["level"] == "info"
    assert entry["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", FORMATS)
def test_an_error_is_told_without_what_was_at_hand(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    configure(log_format)
    try:
        fail_with_a_secret_at_hand()
    except ValueError:
        structlog.get_logger().exception("handler_failed")
        logging.getLogger("somebody").exception("somebody else's")
    said = capsys.readouterr().err
    assert "handler_failed" in said
    assert "fail_with_a_secret_at_hand" in said
    assert SECRET not in said


def test_what_is_less_serious_than_asked_for_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "warning")
    structlog.get_logger().info("chatter")
    structlog.get_logger().warning("news")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == "news"


@pytest.mark.parametrize(
    "library", ["aiogram", "aiohttp", "asyncio", "redis", "requests", "telethon", "urllib3.connectionpool"]
)
def test_libraries_chatter_is_left_out_and_their_warnings_are_not(
    capsys: pytest.CaptureFixture[str], library: str
) -> None:
    configure("json")
    logging.getLogger(library).info("Connecting to 127.0.0.1")
    logging.getLogger(library).warning("Server closed the connection")
    [line] = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["logger"]) == ("Server closed the connection", library)


# A setting's secret


@dataclass
class Holder:
    """Something of a library's that shows what it holds."""

    what: Any


def raise_of(secret: Any) -> NoReturn:
    try:
        {}[secret]
    except KeyError as error:
        error.add_note(f"noted: {secret}")
        raise ValueError("an error of an error") from error


def log_failure(log: Callable[..., object], secret: Any) -> None:
    try:
        raise_of(secret)
    except ValueError:
        log("failed", exc_info=True)


def log_failures(secret: Any) -> None:
    group = ExceptionGroup("many", [ValueError(secret), KeyError(secret)])
    structlog.get_logger().error("failed", exc_info=group)


def run_thread(secret: Any) -> None:
    thread = threading.Thread(target=raise_of, args=[secret], name="a_thread")
    thread.start()
    thread.join()


def run_callback(secret: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(raise_of, secret)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(main())


def warn(secret: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"mind {secret}", stacklevel=1)


class Clumsy:
    def __init__(self, secret: Any) -> None:
        self.secret = secret

    def __del__(self) -> None:
        raise_of(self.secret)


def drop(secret: Any) -> None:
    Clumsy(secret).secret += ""


WAYS: dict[str, Callable[[Any], object]] = {
    "a field": lambda said: structlog.get_logger().info("happened", why=said),
    "a field's name": lambda said: structlog.get_logger().info("happened", **{said: 1}),
    "the event": lambda said: structlog.get_logger().info(said),
    "bytes": lambda said: structlog.get_logger().info("happened", why=said.encode()),
    "deep in a field": lambda said: structlog.get_logger().info("happened", why={"a": [{said: (said,)}]}),
    "an object": lambda said: structlog.get_logger().info("happened", why=Holder(said)),
    "an object with bytes": lambda said: structlog.get_logger().info("happened", why=Holder(said.encode())),
    "an exception as a field": lambda said: structlog.get_logger().info("happened", error=ValueError(said)),
    "an exception": lambda said: log_failure(structlog.get_logger().error, said),
    "an exception with bytes": lambda said: log_failure(structlog.get_logger().error, said.encode()),
    "a group of exceptions": log_failures,
    "somebody's message": lambda said: logging.getLogger("somebody").error(said.replace("%", "%%")),
    "somebody's argument": lambda said: logging.getLogger("aiogram").error("%s and %r", said, said),
    "somebody's exception": lambda said: log_failure(logging.getLogger("telethon").error, said),
    "somebody's clumsy message": lambda said: logging.getLogger("somebody").error("%d", said),
    "a warning": warn,
    "a thread": run_thread,
    "a callback of asyncio's": run_callback,
    "a destructor": drop,
    "the context": lambda said: structlog.contextvars.bind_contextvars(why=said) and structlog.get_logger().info("it"),
}
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "in lower case": str.lower,
    "quoted": quote,
    "quoted wholly": lambda secret: quote(secret, safe=""),
    "quoted as a form": quote_plus,
    "quoted twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "JSON": json.dumps,
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)),
    "JSON unescaped": lambda secret: json.dumps(secret, ensure_ascii=False),
    "repr": repr,
    "repr of a repr": lambda secret: repr([repr([secret])]),
    "ascii": ascii,
    "bytes": lambda secret: repr(secret.encode()),
    "bytes bare": lambda secret: repr(secret.encode())[2:-1],
    "bytes in JSON": lambda secret: json.dumps(repr(secret.encode())),
}
#: Both ends of a secret look the same in every form, and are nothing that an entry holds otherwise.
HEAD, TAIL = "xqzvj", "jvzqx"
SETTINGS: dict[str, Callable[[str], dict[str, str]]] = {
    "API_HASH": lambda secret: {"api_hash": secret},
    "SESSION_STRING": lambda secret: {"session_string": secret},
    "SECRET_KEY": lambda secret: {"secret_key": f"{secret}, {SECRET_KEY}"},
    "BOT_TOKEN": lambda secret: {"bot_token": f"1:{secret}"},
    "REDIS_URL": lambda secret: {"redis_url": f"redis://:{quote(secret, safe='')}@localhost:6379/0"},
    "ALERT_URLS' user": lambda secret: {"alert_urls": f"json://a.org/b, mailtos://{quote(secret, safe='')}@a.org"},
    "ALERT_URLS' password": lambda secret: {"alert_urls": f"mailtos://me:{quote(secret, safe='')}@a.org ntfy://b"},
    "ALERT_URLS' path": lambda secret: {"alert_urls": f"json://a.org/b\nslack://a/{quote(secret, safe='')}/c"},
    "ALERT_URLS' first": lambda secret: {"alert_urls": f"tgram://{quote(secret, safe='')}/12"},
    "ALERT_URLS' query": lambda secret: {"alert_urls": f"json://a.org/?a={quote(secret, safe='')}"},
}
middles = st.text(st.sampled_from("aZ3-_.~!'\"\\/%+&=@:;#?<>()[]{}|^$* \n\täß€験🔑") | st.characters(codec="utf-8"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    middle=middles,
    setting=st.sampled_from(list(SETTINGS)),
    way=st.sampled_from(list(WAYS)),
    form=st.sampled_from(list(FORMS)),
    log_format=st.sampled_from(FORMATS),
)
@example(middle="'\"", setting="API_HASH", way="an object", form="repr", log_format="json")
@example(middle="\\\\'\"\\", setting="API_HASH", way="an object with bytes", form="bytes in JSON", log_format="json")
@example(middle="é🔑", setting="API_HASH", way="a field", form="bytes bare", log_format="json")
@example(middle=" a b ", setting="API_HASH", way="a field", form="quoted as a form", log_format="json")
@example(middle=" a b ", setting="SECRET_KEY", way="a field", form="plain", log_format="json")
@example(middle="é🔑", setting="REDIS_URL", way="an exception with bytes", form="ascii", log_format="console")
@example(middle=".", setting="ALERT_URLS' first", way="a field", form="plain", log_format="json")
def test_a_settings_secret_never_shows(middle: str, setting: str, way: str, form: str, log_format: str) -> None:
    if setting == "SECRET_KEY":  # its commas part it
        middle = middle.replace(",", "").ljust(32, "k")
    secret = HEAD + middle + TAIL
    in_form = FORMS[form](secret)
    if way == "somebody's argument":
        in_form = in_form.replace("%", "%%")
    said = told(lambda: WAYS[way](f"<{in_form}>"), log_format, **SETTINGS[setting](secret))
    assert way == "somebody's clumsy message" or log_format == "console" or all(map(json.loads, said.splitlines()))
    assert said
    assert HEAD not in said.lower()
    assert TAIL not in said.lower()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("log_format", FORMATS)
def test_what_is_around_a_settings_secret_is_told(way: str, log_format: str) -> None:
    said = told(lambda: WAYS[way](f"before-{SECRET}-after"), log_format, api_hash=SECRET)
    assert SECRET not in said
    if way == "somebody's clumsy message":
        assert said == "A log entry of somebody can't be written: TypeError\n"
    else:
        assert "before-(api_hash)-after" in said


def test_a_part_of_another_secret_leaves_nothing_of_it_over() -> None:
    said = told(lambda: structlog.get_logger().info("a Qwertyuiop b"), api_hash="Qwerty", session_string="Qwertyuiop")
    assert json.loads(said)["event"] == "a (session) b"


def test_each_part_of_secret_key_is_a_secret() -> None:
    first, second = "Ab" * 16, "Cd" * 16
    said = told(lambda: structlog.get_logger().info(f"{first} {second}"), secret_key=f"{first}, {second}")
    assert json.loads(said)["event"] == "(secret) (secret)"


def test_a_secret_of_digits_is_masked_in_a_number_too() -> None:
    said = told(lambda: structlog.get_logger().info("it", number=31415926), redis_url="redis://:31415926@localhost")
    assert json.loads(said)["number"] == "(secret)"


def test_a_secret_that_comes_about_in_the_line_itself_is_masked() -> None:
    said = told(lambda: structlog.get_logger().info("it", why="hunter2"), api_hash='why": "hunter2')
    assert '"(api_hash)"' in said


def test_a_password_too_short_to_be_looked_for_leaves_words_alone() -> None:
    said = told(lambda: structlog.get_logger().info("it", account=1001), redis_url="redis://:a@localhost:6379/0")
    assert '"account": 1001' in said


def test_the_ordinary_words_of_a_redis_url_stay() -> None:
    url = "redis://default:pa55word@redis.example.org:6379/0"
    said = told(lambda: structlog.get_logger().info("the default of redis.example.org"), redis_url=url)
    assert json.loads(said)["event"] == "the default of redis.example.org"


def test_what_ends_the_process_is_told_without_secrets() -> None:
    program = (
        "from core import logs; from core.settings import CoreSettings\n"
        f"settings = CoreSettings(_env_file=None, secret_key={SECRET_KEY!r}, log_format='json')\n"
        "logs.configure(settings, process='bot')\n"
        f"raise ValueError(settings.secret_key.get_secret_value(), 'the code is ' + str(12344 + 1))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    [line] = ended.stderr.splitlines()
    assert ended.returncode == 1
    entry = json.loads(line)
    assert (entry["event"], entry["level"]) == ("process_failed", "critical")
    assert "ValueError: ('(secret)', 'the code is (code)')" in entry["exception"]


def test_a_thread_may_end_itself() -> None:
    def work() -> None:
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()

    assert not told(work)


# A secret that is no setting

AUTH_KEY = bytes(range(256))
STRING_SESSION = "1BVtsOK4Bu" + "aZ9_-Qw3" * 42 + "="
FERNET = "gAAAAABl" + "Zx8-Kq_2" * 14 + "=="


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("POST https://api.telegram.org/bot123456789:AAH-abcdefghijklmnopqrstuvwxyz_0123/getMe", "/bot(token)/getMe"),
        ("/bot123456789%3AAAH-abcdefghijklmnopqrstuvwxyz_0123/", "/bot(token)/"),
        (f"saved {STRING_SESSION}.", "saved (secret)."),
        (f"sealed as {FERNET!r}", "sealed as '(secret)'"),
        (f"base64 {'Ab3+' * 8}/{'Ab3+' * 8}==", "base64 (secret)"),
        (f"signed {'0123456789abcdef' * 4}", "signed (secret)"),
        (f"AuthKey({AUTH_KEY!r})", "AuthKey((bytes))"),
        (f"<Handle call({reprlib.repr('hunter hunter ' * 9)}) at a>", "<Handle call((cut)) at a>"),
        (f"<Handle call({reprlib.repr(b'hunter hunter ' * 9)}) at a>", "<Handle call((cut)) at a>"),
        (f"<Handle call({reprlib.repr(Holder('hunter2' * 9))}) at a>", "<Handle call((cut)) at a>"),
        (f"AuthKey({AUTH_KEY!r}"[:100], "AuthKey((bytes)"),
        ("from +46701234567", "from (phone)"),
        ("from +46 70-123 45 67, and more", "from (phone), and more"),
        ("from +1 (555) 010-9999.", "from (phone)."),
        ("from 0046701234567", "from (phone)"),
        ("https://example.org/?to=%2B46701234567&a=b", "?to=(phone)&a=b"),
        ("User(id=5, phone='46701234567', lang='sv')", "User(id=5, phone=(phone), lang='sv')"),
        (
            "SignIn(phone_number='46701234567', phone_code_hash=\"a'b\")",
            "phone_number=(phone), phone_code_hash=(phone)",
        ),
        ('{"password": "hun\\"ter", "a": 1}', '{"password": (password), "a": 1}'),
        ('{"password": "hunter\\\\", "token": "abc"}', '{"password": (password)token": (token)}'),
        (repr(json.dumps({"token": 'a"b', "c": 1})), '\'{"token": (token), "c": 1}\''),
        (json.dumps(json.dumps({"token": "ab", "c": 1})), r'"{\"token\": (token), \"c\": 1}"'),
        ("{'password': ['hunter2']}", "{'password': [(password)]}"),
        ("b'password': b'hunter2'", "b'password': (password)"),
        ("/login?secret=hun%20ter2&next=/a", "/login?secret=(secret)&next=/a"),
        ("api_hash=abc, auth_key: def; session=ghi", "api_hash=(api_hash), auth_key: (key); session=(session)"),
        ("a password='cut sho", "a password=(password)"),
        ("password = 1234", "password = (password)"),
        ("Authorization: Basic aHVudGVyMg==", "Authorization: (authorization)"),
        ("otpauth://totp/Doorman?secret=ABCDEFGH&issuer=D now", "(otpauth) now"),
        ("at redis://me:hunter2@example.org:6379/0", "at redis://(password)@example.org:6379/0"),
        ("Login code: 12345. Do not give it to anyone", "Login code: (code) Do not"),
        ("kod 1-2-3-4-5!", "kod (code)!"),
        ("kod 123-456", "kod (code)"),
        ("kod ۱۲۳۴۵", "kod (code)"),
        ("验证码12345,请", "验证码(code),请"),
        (repr("kod\n12345"), r"'kod\n(code)'"),
        ("text=kod%3A12345&a=b", "text=kod%3A(code)&a=b"),
        ("code=12345", "code=(code)"),
        ("https://t.me/login/12345", "https://t.me/login/(code)"),
    ],
)
def test_a_secret_that_looks_or_is_named_like_one_is_masked(message: str, shown: str) -> None:
    assert shown in told_message("%s", message)
    assert shown in told_event(why=message)["why"]
    entry = json.loads(told(lambda: log_failure(structlog.get_logger().error, message)))
    assert f"noted: {told_message('%s', message)}" in entry["exception"]


@pytest.mark.parametrize(
    "name",
    [
        "code",
        "codes",
        "phone_number",
        "phone",
        "password",
        "token",
        "bot_token",
        "secret",
        "session",
        "key",
        "api_hash",
    ],
)
@pytest.mark.parametrize("value", ["ab", 12, 1.5, b"ab", ["ab"], {"a": "ab"}, Holder("ab")])
def test_a_field_named_like_a_secret_is_masked_whatever_it_holds(name: str, value: Any) -> None:
    entry = told_event(**{name: value}, within={"a": [{name: value}]})
    [mask] = {entry[name], entry["within"]["a"][0][name]}
    assert re.fullmatch(r"\([a-z_]+\)", mask)
    assert mask[1:-1] in name.lower()


def test_a_secret_is_masked_wherever_in_a_field_it_is() -> None:
    phone = "+46701234567"
    entry = told_event(auth=AUTH_KEY, by={phone: 1}, of=[(phone,)], at=phone.encode(), what=Holder(phone))
    assert (entry["auth"], entry["by"], entry["of"], entry["at"]) == (
        "(bytes)",
        {"(phone)": 1},
        [["(phone)"]],
        "(phone)",
    )
    assert entry["what"] == "Holder(what='(phone)')"


def test_a_field_named_like_a_secret_may_hold_none() -> None:
    entry = told_event(session=None, password_pending=True)
    assert (entry["session"], entry["password_pending"]) == (None, True)


def test_a_code_in_a_traceback_is_masked_and_where_it_was_is_not() -> None:
    def fail() -> None:
        code = "1-2-3-4-5"
        raise_of(secret=f"the code was {code}")

    try:
        fail()
    except ValueError as error:
        failure = error
    exception = json.loads(told(lambda: structlog.get_logger().error("failed", exc_info=failure)))["exception"]
    assert "KeyError: 'the code was (code)'" in exception
    assert "noted: the code was (code)" in exception
    assert "The above exception was the direct cause" in exception
    assert (
        f'File "{__file__}", line {fail.__code__.co_firstlineno + 2}, in fail\n    raise_of(secret=f"the ' in exception
    )


def test_a_text_that_only_looks_like_a_frame_is_masked() -> None:
    frame = '  File "a.py", line 1, in f\n'
    assert "hunter2" not in told_message(f"{frame}password=hunter2")
    assert "hunter2" not in told_message('  File "<unknown>", line 1\n    password=hunter2')


ORDINARY = [
    "Server closed the connection",
    "0.1.0+20260314 on Python 3.11.9",
    "after 12345 ms, 12345s, 0.12345 s and 98765 bytes",
    "at 2026-03-14T15:09:26.123456+00:00, 2026-03-14 15:09:26,123",
    "http://127.0.0.1:43381/telegram",
    "Cannot connect to host api.telegram.org:44321 ssl:default [Connect call failed ('127.0.0.1', 44321)]",
    "Error 111 connecting to localhost:16379, [::1]:16379",
    'File "/home/User1/projects/doorman-2/.venv/lib/python3.11/site-packages/a_long_name_of_a_module.py", line 12345',
    "test_an_error_is_told_without_what_was_at_hand_and_more",
    "FreshResetAuthorisationForbiddenErrorOfTelegrams",
    "<Task pending name='Task-12345' coro=<run() running at a.py:12345>> <A object at 0x7f1234567890>",
    "A wait of 86400 seconds is required",
    "KeyError: 'phone'",
    "SessionPasswordNeededError: Two-steps verification is enabled",
    "RPCError code: 404, exit code: -15, status code: 502, code=404",
    "user_id=777000 of -1234567890123456789 and 123456789",
    "550e8400-e29b-41d4-a716-446655440000",
    "3 sessions: 5 keyboards",
    "Wait... [...] of Callable[..., None] (...)",
]


@pytest.mark.parametrize("message", ORDINARY)
def test_an_ordinary_text_stays_as_it_is(message: str) -> None:
    assert told_message("%s", message) == message
    assert told_event(why=message)["why"] == message


@given(
    account=st.integers(1, 2**52),
    hash_=st.integers(-(2**63), 2**63 - 1).map(str),
    entry=st.tuples(st.integers(10**12, 10**13 - 1), st.integers(0, 99)).map("{0[0]}-{0[1]}".format),
    request=st.uuids(version=4).map(lambda uuid: uuid.hex),
    count=st.integers(0, 10**8),
    seconds=st.floats(0, 10**8),
)
@example(account=12345, hash_="12345", entry="1712345678901-0", request="0" * 32, count=12345678, seconds=12345.0)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_ordinary_field_stays_as_it_is(**fields: Any) -> None:
    ordinary = fields | {"hash": fields.pop("hash_"), "sessions": fields["count"], "status_code": 12345}
    entry = told_event(**ordinary)
    assert {name: entry[name] for name in ordinary} == ordinary
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", entry["timestamp"])


@pytest.mark.parametrize(
    "piece", ["a", "a-", "a.", "1", "1.", "1-", "key_", "key=", "\\", "b'\\x", "'", "(", "+1", " "]
)
def test_a_long_text_takes_no_long_time(piece: str) -> None:
    started = time.process_time()
    logs.masked(piece * 10_000)
    assert time.process_time() - started < 1
