"""What a session runs on, by words such as apps and browsers send."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.domain.devices import DeviceKind, kind_of
from core.domain.sessions import Session
from tests.domain_values import session, sessions

CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36"


@pytest.mark.parametrize(
    ("model", "platform", "system", "kind"),
    [
        ("Pixel 9", "Android", "SDK 36", DeviceKind.ANDROID),
        ("Samsung Galaxy S7 edge", "Android", "SDK 26", DeviceKind.ANDROID),
        ("Chromebook", "", "Android 13", DeviceKind.ANDROID),
        ("iPhone 17 Pro", "iOS", "26.1", DeviceKind.IPHONE),
        ("iPad Pro", "iOS", "26.1", DeviceKind.IPAD),
        ("iPad Air", "iPadOS", "26.1", DeviceKind.IPAD),
        ("Apple Vision", "iOS", "26.1", DeviceKind.APPLE),
        ("MacBook Pro", "macOS", "macOS 26.1", DeviceKind.MAC),
        ("Ada's laptop", "macOS", "macOS 26.1", DeviceKind.MAC),
        ("iMac", "", "Mac OS X 10.11", DeviceKind.MAC),
        ("Desktop", "Windows", "Windows 11", DeviceKind.WINDOWS),
        ("ThinkPad X1", "", "Windows 10 x64", DeviceKind.WINDOWS),
        ("ThinkPad X1", "Linux", "Linux Ubuntu GNOME Wayland glibc 2.39", DeviceKind.UBUNTU),
        ("ThinkPad X1", "Linux", "Linux KDE X11 glibc 2.40", DeviceKind.LINUX),
        ("server", "GNU/Linux", "", DeviceKind.LINUX),
        ("Xbox Series X", "Windows", "Windows 10", DeviceKind.XBOX),
        ("PC 64bit", "", "4.15.0", DeviceKind.UNKNOWN),
        ("Nokia 2720", "KaiOS", "KaiOS 2.5", DeviceKind.UNKNOWN),
        ("Chrome 138", "Windows", "", DeviceKind.WINDOWS),
        ("", "", "", DeviceKind.UNKNOWN),
    ],
)
def test_an_app_is_told_by_its_system_and_apples_by_their_model(
    model: str, platform: str, system: str, kind: DeviceKind
) -> None:
    assert kind_of(session(device_model=model, platform=platform, system_version=system)) is kind


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("Chrome 138", DeviceKind.CHROME),
        (CHROMIUM, DeviceKind.CHROME),
        (f"{CHROMIUM} Edg/138.0", DeviceKind.EDGE),
        (f"{CHROMIUM} OPR/120.0", DeviceKind.OPERA),
        (f"{CHROMIUM} Vivaldi/7.4", DeviceKind.VIVALDI),
        (f"{CHROMIUM} Brave/138", DeviceKind.BRAVE),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0", DeviceKind.FIREFOX),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 FxiOS/141.0 Mobile Safari/605.1.15", DeviceKind.FIREFOX),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 CriOS/138.0 Mobile Safari/604.1", DeviceKind.CHROME),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15", DeviceKind.SAFARI),
        ("Xbox", DeviceKind.XBOX),
        ("Lynx", DeviceKind.WEB),
        ("", DeviceKind.WEB),
    ],
)
def test_a_web_app_is_told_by_its_browser_whatever_the_system(model: str, kind: DeviceKind) -> None:
    assert kind_of(session(device_model=model, app_name="Telegram Web", platform="Android")) is kind


@pytest.mark.parametrize(
    ("app", "api_id", "kind"),
    [
        ("Telegram Web", 1, DeviceKind.CHROME),
        ("WebK", 1, DeviceKind.CHROME),
        ("Telegram WebZ 5", 1, DeviceKind.CHROME),
        ("Webogram", 1, DeviceKind.WINDOWS),
        ("Webogram", 2496, DeviceKind.CHROME),
        ("Telegram Desktop", 2040, DeviceKind.WINDOWS),
    ],
)
def test_a_web_app_is_known_by_its_name_or_by_its_id(app: str, api_id: int, kind: DeviceKind) -> None:
    assert kind_of(session(device_model="Chrome", app_name=app, api_id=api_id, platform="Windows")) is kind


@given(sessions())
def test_every_session_is_of_some_kind(any_session: Session) -> None:
    assert kind_of(any_session) in DeviceKind
