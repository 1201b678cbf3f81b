"""The icon before a session: one for every kind, drawn by every app, and none that Doorman says something by."""

from __future__ import annotations

import unicodedata

import pytest

from bot.views.icons import ICONS, icon_of
from bot.views.wording import MARKS
from core.domain.devices import DeviceKind
from tests.domain_values import session

EMOJI_PRESENTATION = "\ufe0f"


def test_a_session_has_the_icon_of_its_kind() -> None:
    assert icon_of(session(platform="Android")) == ICONS[DeviceKind.ANDROID]
    assert icon_of(session(platform="Amiga", system_version="3.1")) == ICONS[DeviceKind.UNKNOWN]


def test_every_kind_has_one() -> None:
    assert set(ICONS) == set(DeviceKind)


@pytest.mark.parametrize("icon", sorted(set(ICONS.values())))
def test_an_icon_is_a_single_emoji_that_needs_no_joining(icon: str) -> None:
    assert len(icon.removesuffix(EMOJI_PRESENTATION)) == 1
    assert unicodedata.category(icon[0]) == "So"


def test_no_icon_is_a_mark_of_doormans_or_it_would_be_cut_out_of_names() -> None:
    assert not set("".join(ICONS.values())) & MARKS


def test_only_kinds_of_one_family_share_an_icon() -> None:
    sharing = [{kind for kind in ICONS if ICONS[kind] == icon} for icon in dict.fromkeys(ICONS.values())]
    assert [kinds for kinds in sharing if len(kinds) > 1] == [
        {DeviceKind.CHROME, DeviceKind.WEB},
        {DeviceKind.IPAD, DeviceKind.IPHONE},
        {DeviceKind.LINUX, DeviceKind.UBUNTU},
    ]
