"""One emoji for each kind of device or browser: old ones that every app draws, of which none is a mark of Doorman's."""

from __future__ import annotations

from core.domain.devices import DeviceKind, kind_of
from core.domain.sessions import Session

# By name: an icon repeats what the device says of itself, so unlike Doorman's marks a device's name may hold it too.
ICONS = {
    DeviceKind.ANDROID: "\N{ROBOT FACE}",
    DeviceKind.APPLE: "\N{GREEN APPLE}",
    DeviceKind.BRAVE: "\N{LION FACE}",
    DeviceKind.CHROME: "\N{GLOBE WITH MERIDIANS}",
    DeviceKind.EDGE: "\N{WATER WAVE}",
    DeviceKind.FIREFOX: "\N{FOX FACE}",
    DeviceKind.IPAD: "\N{MOBILE PHONE}",
    DeviceKind.IPHONE: "\N{MOBILE PHONE}",
    DeviceKind.LINUX: "\N{PENGUIN}",
    DeviceKind.MAC: "\N{PERSONAL COMPUTER}",
    DeviceKind.OPERA: "\N{PERFORMING ARTS}",
    DeviceKind.SAFARI: "\N{COMPASS}",
    DeviceKind.UBUNTU: "\N{PENGUIN}",
    DeviceKind.VIVALDI: "\N{VIOLIN}",
    DeviceKind.WEB: "\N{GLOBE WITH MERIDIANS}",
    DeviceKind.WINDOWS: "\N{DESKTOP COMPUTER}\N{VARIATION SELECTOR-16}",
    DeviceKind.XBOX: "\N{VIDEO GAME}",
    DeviceKind.UNKNOWN: "\N{WHITE QUESTION MARK ORNAMENT}",
}


def icon_of(session: Session) -> str:
    """The emoji to put before a session."""
    return ICONS[kind_of(session)]
