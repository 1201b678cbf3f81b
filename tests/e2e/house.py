"""A whole Doorman in real processes for tests; its people act through the control API."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pyotp
from redis import Redis
from redis.exceptions import RedisError

from bot.codes.enrolment import step_at
from bot.codes.safe import NotEnrolledError, Safe, UnreadableError
from core.connection import connect
from core.contract import keys
from core.settings import CoreSettings
from doorman.demo import environment_without_settings
from tests.e2e.audit import Secrets
from userclient import guardroom
from userclient.settings import UserclientSettings
from userclient.telegram.sign_in import signing_in

PATIENCE = 30.0  # for a machine on which other tests wait and work; nothing takes so long
#: Between two looks, in seconds; after half a second of waiting the longer one: looking is work for the sandbox too.
LOOK, LONG_LOOK = 0.01, 0.05
SECRET_KEY = "not-a-secret-key-of-anyone-0123456789"
GUARD = "Doorman (session guard)"


def until(what: str, look: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    """Wait until `look` returns something true; fail naming `what` if it never does."""
    began = time.monotonic()
    while True:
        if found := look():
            return found
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"never came: {what}")
        time.sleep(LOOK if waited < 0.5 else LONG_LOOK)


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Api:
    """The sandbox's control API."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        with urlopen(Request(self.url + path, method=method, data=data, headers=headers), timeout=10) as answer:
            return json.load(answer)

    def is_up(self) -> bool:
        try:
            self("GET", "/api/world")
        except HTTPError:
            return True
        except OSError:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in the chat."""

    raw: dict[str, Any]

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        return str(self.raw.get("text", ""))

    @property
    def asks_for_reply(self) -> bool:
        """Whether the app opened a reply to it at once, answered since or not."""
        return "force_reply" in self.raw

    def raw_buttons(self) -> list[dict[str, Any]]:
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    @property
    def buttons(self) -> list[str]:
        return [button["text"] for button in self.raw_buttons()]


@dataclass(slots=True)
class Person:
    """Somebody in a chat with the bot: sends, presses, sees."""

    api: Api
    id: int

    def messages(self) -> list[Message]:
        return [Message(raw) for raw in self.api("GET", f"/api/chats/{self.id}/messages")]

    def bots(self) -> list[Message]:
        return [message for message in self.messages() if message.raw["from"]["is_bot"]]

    def last_id(self) -> int:
        return max((message.id for message in self.messages()), default=0)

    def send(self, text: str, reply_to: Message | None = None) -> int:
        """Write to the bot, maybe in reply to a message; the new message's id."""
        body = {"text": text} if reply_to is None else {"text": text, "reply_to_message_id": reply_to.id}
        return int(self.api("POST", f"/api/chats/{self.id}/messages", body)["message_id"])

    def delete(self, message: Message) -> None:
        """Delete a message of either side, for both; the bot hears nothing of it."""
        self.api("DELETE", f"/api/chats/{self.id}/messages/{message.id}")

    def ask(self, text: str, answer: str) -> Message:
        """Write to the bot and see its answer."""
        return self.see(answer, after=self.send(text))

    def press(self, message: Message, button: str) -> str:
        """Press the one button that has these words; the id of the press."""
        [full] = [text for text in self.now(message).buttons if button in text]
        body = {"message_id": message.id, "button": full}
        return str(self.api("POST", f"/api/chats/{self.id}/presses", body)["callback_query_id"])

    def press_at_once(self, message: Message, button: str) -> str:
        """Press a button of the message as it was seen, without a look at how it is now."""
        [data] = [b["callback_data"] for b in message.raw_buttons() if button in b["text"]]
        body = {"message_id": message.id, "button": data}
        return str(self.api("POST", f"/api/chats/{self.id}/presses", body)["callback_query_id"])

    def was_answered(self, press: str) -> bool:
        """Whether the bot has taken the spinner off the button."""
        return bool(self.api("GET", f"/api/chats/{self.id}/presses/{press}")["answer"])

    def now(self, message: Message) -> Message:
        """The message as it stands now."""
        return next(m for m in self.messages() if m.id == message.id)

    def see(self, *words: str, after: int = 0, seconds: float = PATIENCE) -> Message:
        """Wait for a message of the bot's with all these words."""
        return until(
            f"a message with {words} in {[m.text for m in self.bots()][-4:]}",
            lambda: next((m for m in self.bots() if m.id > after and all(w in m.text for w in words)), None),
            seconds=seconds,
        )

    def sees_on(self, message: Message, *words: str, seconds: float = PATIENCE) -> Message:
        """Wait until this message, text or buttons, has all these words."""

        def look() -> Message | None:
            now = self.now(message)
            shown = now.text + "\n".join(now.buttons)
            return now if all(word in shown for word in words) else None

        return until(f"{words} on {self.now(message)}", look, seconds=seconds)


@dataclass(slots=True)
class House:
    """The processes and the world around them."""

    folder: Path
    redis_url: str
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    api: Api = field(init=False)
    account: int = field(init=False)
    phone: str = field(init=False)
    owner: Person = field(init=False)
    #: What nobody may find in a log, in Redis or in a call of the bot's; tests mark more.
    secrets: Secrets = field(default_factory=Secrets)
    opened_at: datetime = field(init=False)

    def open(self) -> None:
        """Start the sandbox."""
        self.opened_at = datetime.now(UTC)
        self.api = Api(self.port)
        self.start("sandbox", "--port", str(self.port))
        until("the sandbox", self.api.is_up)
        world = self.api("GET", "/api/world")
        [account] = world["accounts"]
        self.account, self.phone = account["id"], account["phone"]
        self.owner = Person(self.api, world["owners"][0])
        self.settings = {
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": SECRET_KEY,
            "API_ID": "1",
            "API_HASH": token_hex(16),
            "MTPROTO_SERVER": f"{world['mtproto']['host']}:{world['mtproto']['port']}",
            "MTPROTO_PUBLIC_KEY": world["mtproto"]["public_key"],
            "BOT_TOKEN": world["botapi"]["token"],
            "BOT_API_URL": world["botapi"]["url"],
            "OWNER_IDS": str(self.owner.id),
            "POLL_SECONDS": "1",
            "LEASE_SECONDS": "3",
            "LOGINS_TOGETHER_MINUTES": "0",  # each test's logins are told by themselves
        } | self.settings

    def log_guard_in(self, *, days_old: float = 2) -> None:
        asyncio.run(self._log_in())
        self.age_guard(days_old)

    def age_guard(self, days: float) -> None:
        self.change(self.guard_hash(), date_created=int(time.time() - days * 86400))

    async def _log_in(self) -> None:
        worker = UserclientSettings.model_validate({name.lower(): value for name, value in self.settings.items()})
        async with signing_in(worker) as attempt:
            await attempt.request_code(self.phone)
            code = await asyncio.to_thread(self.api, "GET", f"/api/accounts/{self.account}/login-code")
            self.secrets.mark("login code", code["code"])
            signed_in = await attempt.enter_code(code["code"])
            self.secrets.mark_guard(signed_in.session)
        redis = connect(worker, name="test")
        await guardroom.keep(redis, signed_in.session, account=signed_in.account, keyring=worker.keyring)
        await redis.aclose()

    def start(self, module: str, *arguments: str, name: str = "", **settings: str) -> None:
        """Start one process; its output goes to a file of its name, which is the module's if none is given."""
        name = name or module
        self._mark({**self.settings, **settings})
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env={**environment_without_settings(), **self.settings, **settings},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def move_in(self) -> None:
        """Start worker and bot, and have the owner open the chat."""
        self.start("userclient")
        self.start("bot")
        self.owner.ask("/start", "stands at the door")
        self.owner.see("Doorman now watches")

    def stop(self, name: str, how: int = signal.SIGTERM) -> int:
        """End one process and wait; its exit code."""
        process = self.processes.pop(name)
        process.send_signal(how)
        return process.wait(timeout=12)

    def close(self) -> None:
        """End everything; fails if a secret is found in what it leaves behind."""
        found: list[str] = []
        try:
            with suppress(OSError, RedisError):  # a test may have broken either
                self._mark_codes()
                calls = self.api("GET", "/api/calls?layer=botapi")
                with Redis.from_url(self.redis_url) as redis:
                    found += [*self.secrets.in_calls(calls), *self.secrets.in_redis(redis)]
        finally:
            for module in reversed(list(self.processes)):
                self.stop(module, signal.SIGKILL)
        for log in self.folder.glob("*.log"):
            found += self.secrets.within(log.name, log.read_bytes())
        assert not found, found[:20]

    def _mark(self, settings: dict[str, str]) -> None:
        """What is secret in these settings."""
        self.secrets.mark("SECRET_KEY", *settings.get("SECRET_KEY", "").split(","))
        token = settings.get("BOT_TOKEN", "")
        self.secrets.mark("BOT_TOKEN", token, token.partition(":")[2])
        self.secrets.mark("API_HASH", settings.get("API_HASH", ""))
        self.secrets.mark_urls(settings.get("ALERT_URLS", ""))
        if session := settings.get("SESSION_STRING"):
            self.secrets.mark_guard(session)

    def _mark_codes(self) -> None:
        """What Redis and the sandbox know of: phone numbers, the last login code, one-time codes of this time."""
        for account in self.api("GET", "/api/world")["accounts"]:
            self.secrets.mark("phone", account["phone"].removeprefix("+"))
            with suppress(HTTPError):  # none was asked for
                code = self.api("GET", f"/api/accounts/{account['id']}/login-code")["code"]
                self.secrets.mark("login code", code)
        for secret in asyncio.run(self._totp_secrets()):
            totp, first = pyotp.TOTP(secret), step_at(self.opened_at) - 1
            self.secrets.mark("TOTP secret", secret)
            steps = range(first, step_at(datetime.now(UTC)) + 2)
            self.secrets.mark("one-time code", *(totp.generate_otp(step) for step in steps))

    async def _totp_secrets(self) -> list[str]:
        core = CoreSettings.model_validate(
            {name.lower(): value for name, value in {**self.settings, "REDIS_URL": self.redis_url}.items()}
        )
        redis, found = connect(core, name="test"), []
        async for key in redis.scan_iter(match=keys.codes(0).replace("{0}", "*")):
            owner = int(key.decode().partition("{")[2].partition("}")[0])
            with suppress(NotEnrolledError, UnreadableError):
                found.append((await Safe(redis, core.keyring).read(owner)).enrolment.secret)
        await redis.aclose()
        return found

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def somebody_logs_in(self, device: str, **fields: Any) -> str:
        """A new login; its hash."""
        body = {"device_model": device, "app_name": "Telegram Android", "country": "Sweden", **fields}
        return str(self.api("POST", f"/api/accounts/{self.account}/authorizations", body)["hash"])

    def change(self, hash_: str, **fields: Any) -> None:
        self.api("PATCH", f"/api/accounts/{self.account}/authorizations/{hash_}", fields)

    def end_elsewhere(self, hash_: str, *, reason: str = "AUTH_KEY_UNREGISTERED") -> None:
        """End a session; `reason` is what its key is told from then on."""
        self.api("DELETE", f"/api/accounts/{self.account}/authorizations/{hash_}?reason={reason}")

    def push(self, hash_: str, **details: Any) -> None:
        """Have Telegram announce this login once more, or late; of a session that is gone, with its details."""
        self.api("POST", f"/api/accounts/{self.account}/authorizations/{hash_}/pushes", details)

    def change_account(self, **fields: Any) -> None:
        self.api("PATCH", f"/api/accounts/{self.account}", fields)

    def sessions(self) -> dict[str, dict[str, Any]]:
        """What the world holds, by hash."""
        world = self.api("GET", "/api/world")
        [account] = [a for a in world["accounts"] if a["id"] == self.account]
        return {row["hash"]: row for row in account["authorizations"]}

    def guard_hash(self) -> str:
        return next(h for h, row in self.sessions().items() if row["device_model"] == GUARD)

    def fail_next(self, layer: str, method: str, error: Any, times: int = 1, *, chat: int | None = None) -> None:
        """Let the next calls fail; of the Bot API, with a `chat`, those about it alone."""
        fault = {"layer": layer, "method": method, "error": error, "times": times}
        self.api("POST", "/api/faults", fault if chat is None else {**fault, "chat": chat})

    def connections(self) -> list[dict[str, Any]]:
        """Every connection to Telegram's MTProto server, present and past, that wanted updates."""
        return [c for c in self.api("GET", "/api/connections") if c["is_main"]]

    def keys_in_use(self) -> set[str]:
        """The auth keys that are connected just now."""
        return {c["auth_key_id"] for c in self.connections() if c["until"] is None}

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [call for call in self.api("GET", "/api/calls") if call["method"] == method]
