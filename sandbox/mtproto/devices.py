"""How Telegram names a client in the list of sessions, judged by what its `initConnection` says."""

from __future__ import annotations

from typing import Final

from sandbox.mtproto.keys import ClientInfo
from sandbox.people import Authorization

#: Ids that the official apps publish in their source code. Anyone can use them, which is all `official_app` tells.
OFFICIAL: Final = {
    4: "Telegram Android",
    6: "Telegram Android",
    8: "Telegram iOS",
    10840: "Telegram iOS",
    2040: "Telegram Desktop",
    2496: "Telegram Web",
    2834: "Telegram macOS",
    17349: "Telegram Desktop",
    21724: "Telegram Android X",
    1025907: "Telegram Web",
}
#: The first that is found in what a client says of its app, its system and its device.
PLATFORMS: Final = (
    ("telegram web", "Web"),
    ("android", "Android"),
    ("sdk ", "Android"),
    ("ios", "iOS"),
    ("iphone", "iOS"),
    ("ipad", "iOS"),
    ("macos", "macOS"),
    ("darwin", "macOS"),
    ("windows", "Windows"),
    ("linux", "Linux"),
    ("ubuntu", "Linux"),
    ("debian", "Linux"),
)


def described(user_id: int, client: ClientInfo, ip: str, auth_key_id: int) -> Authorization:
    """The authorization of a client that has just proved itself; a loopback address has no place in the world."""
    app_name = OFFICIAL.get(client.api_id)
    heard = f"{app_name or ''} {client.system_version} {client.device_model}".lower()
    return Authorization(
        user_id=user_id,
        device_model=client.device_model or "Unknown device",
        platform=next((platform for sign, platform in PLATFORMS if sign in heard), ""),
        system_version=client.system_version,
        api_id=client.api_id,
        app_name=app_name or f"Application {client.api_id}",
        app_version=client.app_version,
        ip=ip,
        official_app=app_name is not None,
        auth_key_id=auth_key_id,
    )
