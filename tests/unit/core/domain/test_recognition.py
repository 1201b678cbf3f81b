"""A device that logs in anew is offered its old label: if it says which device it is, and only one label fits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.domain.recognition import is_generic, recognised, same_device
from core.domain.sessions import Session
from tests.domain_values import NOW, session

NEW = session("9", created_at=NOW, active_at=NOW)


def former(hash_: str = "1", **particulars: object) -> Session:
    return session(
        hash_, **{"created_at": NOW - timedelta(days=90), "active_at": NOW - timedelta(days=1)} | particulars
    )


def test_a_device_is_the_same_by_model_platform_and_app() -> None:
    assert same_device(NEW, former(app_version="1", system_version="9", ip="203.0.113.9", country="Norway"))
    assert same_device(NEW, former(device_model=" pixel  9", platform="ANDROID"))


@pytest.mark.parametrize("other", [{"device_model": "Pixel 8"}, {"platform": "iOS"}, {"api_id": 4}])
def test_it_is_another_if_any_of_those_differs(other: dict) -> None:
    assert not same_device(NEW, former(**other))


@pytest.mark.parametrize(
    "model",
    [
        "",
        " ",
        "Chrome",
        "Chrome 139",
        "Firefox 128.0.1",
        "Microsoft Edge 120",
        "PC 64bit",
        "Desktop",
        "iPhone",
        "IPAD",
        "To Be Filled By O.E.M.",
        "System Product Name",
        "Unknown",
    ],
)
def test_a_model_that_thousands_have_is_nobodys(model: str) -> None:
    assert is_generic(session(device_model=model))
    assert not same_device(session("9", device_model=model), session("1", device_model=model))


@pytest.mark.parametrize("model", ["iPhone 15", "iPhone 15 Pro", "Pixel 9", "ThinkPad T14", "Samsung Galaxy S24", "7"])
def test_a_model_that_says_something_is_not_generic(model: str) -> None:
    assert not is_generic(session(device_model=model))


def test_a_device_that_came_back_is_offered_its_label() -> None:
    assert recognised(NEW, [(former(), "my phone"), (former("2", device_model="iPad Air"), "tablet")]) == "my phone"


def test_one_label_on_several_former_sessions_is_still_one() -> None:
    assert recognised(NEW, [(former("1"), "my phone"), (former("2"), "my phone"), (former("3"), "")]) == "my phone"


@pytest.mark.parametrize(
    "known",
    [
        [],
        [(former(), "")],
        [(former("1"), "mine"), (former("2"), "my son's")],
        [(former("9"), "itself")],
        [(former(active_at=NOW + timedelta(seconds=1)), "in use since")],
        [(former(device_model="Pixel 8"), "another")],
    ],
    ids=["nothing known", "no label", "two labels", "itself", "both were in use at once", "another device"],
)
def test_otherwise_nothing_is_offered(known: list[tuple[Session, str]]) -> None:
    assert recognised(NEW, known) is None
