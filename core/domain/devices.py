"""The kind of device or browser that a session runs on, told from its own words as Telegram's apps tell it."""

from __future__ import annotations

import re
from enum import StrEnum

from core.domain.sessions import Session


class DeviceKind(StrEnum):
    """What Telegram's apps have an icon for; `APPLE` is one of Apple's of unknown shape, `WEB` an unknown browser."""

    ANDROID = "android"
    APPLE = "apple"
    BRAVE = "brave"
    CHROME = "chrome"
    EDGE = "edge"
    FIREFOX = "firefox"
    IPAD = "ipad"
    IPHONE = "iphone"
    LINUX = "linux"
    MAC = "mac"
    OPERA = "opera"
    SAFARI = "safari"
    UBUNTU = "ubuntu"
    VIVALDI = "vivaldi"
    WEB = "web"
    WINDOWS = "windows"
    XBOX = "xbox"
    UNKNOWN = "unknown"


#: The web apps' own api ids: the old ones don't say "Web" (tdesktop, `settings_active_sessions.cpp`).
WEB_APPS = frozenset({2496, 739222, 1025907})
WEB = re.compile(r"Web(?![a-z])")  # "Telegram Web", "WebK", but not "Webogram" (TDLib, `AccountManager.cpp`)
#: A browser names those whose pages it can show before itself, so the order decides: most say "Chrome" and "Safari".
BROWSERS = {
    DeviceKind.BRAVE: re.compile("brave"),
    DeviceKind.VIVALDI: re.compile("vivaldi"),
    DeviceKind.OPERA: re.compile("opera|opr"),
    DeviceKind.EDGE: re.compile("edg"),
    DeviceKind.CHROME: re.compile("chrome|crios"),
    DeviceKind.FIREFOX: re.compile("firefox|fxios"),
    DeviceKind.SAFARI: re.compile("safari"),
}
#: Ubuntu says that it is a Linux too, hence the order.
SYSTEMS = {
    DeviceKind.ANDROID: re.compile(r"\bandroid"),
    DeviceKind.WINDOWS: re.compile(r"\bwindows"),
    DeviceKind.UBUNTU: re.compile(r"\bubuntu"),
    DeviceKind.LINUX: re.compile(r"\blinux"),
    DeviceKind.MAC: re.compile(r"\bmac"),
    DeviceKind.APPLE: re.compile(r"\b(?:ios|ipados)"),
}
#: Among those with Apple's mobile system.
SHAPES = {DeviceKind.IPHONE: re.compile("iphone"), DeviceKind.IPAD: re.compile("ipad")}


def kind_of(session: Session) -> DeviceKind:
    """By its own words, so good for an icon and for nothing else: any device can say anything."""
    model = session.device_model.lower()
    if "xbox" in model:
        return DeviceKind.XBOX
    if WEB.search(session.app_name) or session.api_id in WEB_APPS:
        return _first(BROWSERS, model) or DeviceKind.WEB
    system = _first(SYSTEMS, f"{session.platform} {session.system_version}".lower())
    if system is DeviceKind.APPLE:
        return _first(SHAPES, model) or system
    return system or DeviceKind.UNKNOWN


def _first(kinds: dict[DeviceKind, re.Pattern[str]], words: str) -> DeviceKind | None:
    return next((kind for kind, pattern in kinds.items() if pattern.search(words)), None)
