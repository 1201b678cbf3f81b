"""What two sessions are compared by, and what makes no difference between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.traits import app_of, country_of, device_of, folded, is_same, network_of
from tests.domain_values import session, texts


@pytest.mark.parametrize(
    ("country", "region", "alone"),
    [
        ("Sweden", "Malmo", "Sweden"),
        (" Sweden ", "Malmo", "Sweden"),
        ("Malmo, Sweden", "", "Sweden"),
        ("Malmo, Skane, Sweden", " ", "Sweden"),
        ("Korea, Republic of", "Seoul", "Korea, Republic of"),
        ("Sweden", "", "Sweden"),
        ("", "Malmo", ""),
        ("", "", ""),
        (",", "", ""),
    ],
)
def test_the_country_is_told_apart_from_its_city(country: str, region: str, alone: str) -> None:
    assert country_of(session(country=country, region=region)) == alone


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.7", "192.0.0.0/16"),
        (" 192.0.2.7 ", "192.0.0.0/16"),
        ("192.0.255.255", "192.0.0.0/16"),
        ("192.1.0.0", "192.1.0.0/16"),
        ("2001:db8:1:2::3", "2001:db8::/32"),
        ("2001:db9::", "2001:db9::/32"),
        ("::ffff:192.0.2.7", "192.0.0.0/16"),
        ("fe80::1%eth0", "fe80::/32"),
        ("::1", "::/32"),
        ("", ""),
        ("192.0.2", ""),
        ("192.0.2.7/8", ""),
        ("nowhere", ""),
    ],
)
def test_a_network_is_a_block_of_addresses(ip: str, network: str) -> None:
    assert network_of(session(ip=ip)) == network


@pytest.mark.parametrize(
    ("one", "other"),
    [("Pixel 9", "pixel 9"), ("Pixel 9", "  Pixel \n 9 "), ("STRASSE", "straße"), ("", " \t")],
)
def test_case_and_spaces_make_no_difference(one: str, other: str) -> None:
    assert is_same(one, other)
    assert device_of(session(device_model=one)) == device_of(session(device_model=other))


@pytest.mark.parametrize(
    ("one", "other", "is_one_device"),
    [
        ("Firefox 138", "Firefox 139", True),
        ("Chrome 138.0.7204.97", "Chrome", True),
        ("Chrome 138", "Firefox 138", False),
        ("Pixel 9", "Pixel 10", False),
        ("iPhone 15", "iPhone 16", False),
        ("138", "139", False),
        ("", "Pixel 9", False),
    ],
)
def test_a_browsers_version_makes_no_other_device(one: str, other: str, *, is_one_device: bool) -> None:
    assert (device_of(session(device_model=one)) == device_of(session(device_model=other))) is is_one_device


def test_an_app_is_told_by_its_id_and_its_name() -> None:
    assert app_of(session(api_id=6, app_name="Telegram Android")) == "6 Telegram Android"
    assert app_of(session(api_id=6, app_name=" ")) == "6"


@given(texts | st.text(max_size=40))
def test_any_text_has_traits(text: str) -> None:
    odd = session(device_model=text, country=text, region="", ip=text, app_name=text)
    assert folded(folded(text)) == folded(text)
    for trait in (country_of(odd), network_of(odd), device_of(odd), app_of(odd)):
        assert isinstance(trait, str)
