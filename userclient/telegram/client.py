"""A Telethon client as Doorman wants it: named honestly, patient, of few means, bound to Telegram or to a sandbox."""

from __future__ import annotations

import platform
import struct
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import structlog
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession
from telethon.tl import types

from core.settings import SettingsError
from userclient.settings import UserclientSettings
from userclient.telegram.allowed import GUARDING, Means

log = structlog.get_logger()

DEVICE_MODEL = "Doorman (session guard)"
SANDBOX_DC = 2  # the data centre that Telethon starts with


def make_client(settings: UserclientSettings, session: str, *, means: Means = GUARDING) -> TelegramClient:
    """A client for a StringSession ("" for a new one), not connected yet. Raises SettingsError for a broken one."""
    try:
        string_session = ForgetfulSession(session)
    except (ValueError, struct.error):
        raise SettingsError(
            "The guard session is no Telethon StringSession. Copy SESSION_STRING again, or run `doorman login`."
        ) from None
    if settings.mtproto_server:
        host, _, port = settings.mtproto_server.rpartition(":")
        rsa.add_key(settings.mtproto_public_key, old=False)
        string_session.set_dc(string_session.dc_id or SANDBOX_DC, host, int(port))
    return FrugalClient(
        string_session,
        settings.api_id,
        settings.api_hash.get_secret_value(),
        means=means,
        device_model=DEVICE_MODEL,
        system_version=f"{platform.system()} {platform.release().split('-')[0]}",
        app_version=version("doorman"),
        # A flood wait is the caller's to know of, and the last error says more than "unsuccessful".
        flood_sleep_threshold=0,
        raise_last_call_error=True,
        request_retries=2,
        # A lost connection is made anew by whoever asks next, with another client (see line.py).
        auto_reconnect=False,
        connection_retries=1,
    )


class ForgetfulSession(StringSession):  # type: ignore[misc]  # Telethon has no types
    """Keeps the key and the address alone."""

    def process_entities(self, _answer: Any) -> None:
        """Keep nobody: Telethon offers the people and chats that each answer names."""


class FrugalClient(TelegramClient):  # type: ignore[misc]  # Telethon has no types
    """Telethon's, less what it does of its own accord: asks what its means allow, and keeps nothing that it is told.

    Telethon puts updates in order before it hands them on. For that it fetches what is missing, messages of chats and
    channels, and remembers everybody in them. What Doorman waits for has no place in that order (no pts), so it is
    handed on as it comes; a push that got lost is found by the next look at the roster, which needs no message.
    """

    def __init__(self, *arguments: Any, means: Means, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._means = means
        # The door: whatever is asked leaves through the sender's `send`, what Telethon asks by itself as well. Past it
        # go only acknowledgements, what was let out and is sent again, and the exchange that makes a new auth key.
        self._send = self._sender.send
        self._sender.send = self._send_allowed

    async def __call__(self, request: Any, *arguments: Any, **options: Any) -> Any:
        """The answer. Raises UnlistedRequestError, before Telethon asks for the peers that a request names."""
        return await super().__call__(self._means.checked(request), *arguments, **options)

    def _send_allowed(self, request: Any, ordered: bool = False) -> Any:
        return self._send(self._means.checked(request), ordered=ordered)

    async def _on_login(self, user: types.User) -> types.User:
        # Telethon's own asks here, once connected or signed in, for the state of the chats and what it missed there.
        # Updates are sent to whoever has asked anything that needs an account, as Telethon has just done.
        return user

    async def _update_loop(self) -> None:
        # In place of Telethon's own; its connect() starts it, its disconnect() cancels it.
        while True:
            await self._hand_on(await self._updates_queue.get())  # Telethon's receiver fills it

    async def _hand_on(self, received: Any) -> None:
        """Give each handler what it waits for; all else is let go of unread."""
        for update in _updates_in(received):
            for handle, event in self.list_event_handlers():
                if event.filter(update):
                    try:
                        await handle(update)
                    except Exception:  # as Telethon does: the next update is not to suffer
                        log.exception("update_unhandled", update=type(update).__name__)


def _updates_in(received: Any) -> Sequence[Any]:
    match received:
        case types.UpdateShort():
            return [received.update]
        case types.Updates() | types.UpdatesCombined():
            return list(received.updates)
        case types.UpdatesTooLong():  # there was more than Telegram sends
            return [received]
        case types.UpdateShortMessage():  # a message, perhaps Telegram's own with a login code
            return [received]
    return []
