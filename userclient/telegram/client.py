"""A Telethon client as Doorman wants it: named honestly, patient, and bound to Telegram or to a loopback sandbox."""

from __future__ import annotations

import platform
import struct
from importlib.metadata import version

from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.sessions import StringSession

from core.settings import SettingsError
from userclient.settings import UserclientSettings

DEVICE_MODEL = "Doorman (session guard)"
SANDBOX_DC = 2  # the data centre that Telethon starts with


def make_client(settings: UserclientSettings, session: str) -> TelegramClient:
    """A client for a StringSession ("" for a new one), not connected yet. Raises SettingsError for a broken one."""
    try:
        string_session = StringSession(session)
    except (ValueError, struct.error):
        raise SettingsError(
            "The guard session is no Telethon StringSession. Copy SESSION_STRING again, or run `doorman login`."
        ) from None
    if settings.mtproto_server:
        host, _, port = settings.mtproto_server.rpartition(":")
        rsa.add_key(settings.mtproto_public_key, old=False)
        string_session.set_dc(string_session.dc_id or SANDBOX_DC, host, int(port))
    return TelegramClient(
        string_session,
        settings.api_id,
        settings.api_hash.get_secret_value(),
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
