"""What one owner's codes are checked against."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest

from bot.codes.enrolment import RECOVERY_CODES, new_enrolment, step_at
from bot.codes.typed import RecoveryCode, read
from tests.codes import NO_RECOVERY, RECOVERY, RFC_SECRET, SALT, code_at, enrolment
from tests.domain_values import NOW, OWNER

#: RFC 6238, appendix B, SHA-1: its codes have eight digits, of which six are the last six.
RFC_VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    here = step_at(datetime.fromtimestamp(seconds, UTC))
    assert enrolment().steps(code[-6:], here - 1, here + 1) == (here,)


def test_a_code_is_found_in_the_steps_that_are_asked_for_alone() -> None:
    here = step_at(NOW)
    assert enrolment().steps(code_at(NOW, 2), here - 1, here + 1) == ()
    assert enrolment().steps(code_at(NOW, 2), here + 2, here + 2) == (here + 2,)
    assert enrolment().steps(code_at(NOW), -5, 5) == ()


def test_an_app_that_scans_the_uri_makes_the_same_codes() -> None:
    app = pyotp.parse_uri(enrolment().uri(OWNER))
    assert isinstance(app, pyotp.TOTP)
    assert app.at(NOW) == code_at(NOW)
    assert app.issuer == "Doorman"


def test_the_uri_names_doorman_and_the_owner_and_nothing_that_apps_do_not_know() -> None:
    url = urlsplit(enrolment().uri(OWNER))
    assert (url.scheme, url.netloc, unquote(url.path)) == ("otpauth", "totp", f"/Doorman:{OWNER}")
    assert parse_qs(url.query) == {"secret": [RFC_SECRET], "issuer": ["Doorman"]}


def test_each_recovery_code_has_its_own_place_and_no_other_has_one() -> None:
    assert [enrolment().place(code.replace("-", "")) for code in RECOVERY] == list(range(8))
    assert enrolment().place(NO_RECOVERY.replace("-", "")) is None


def test_a_new_enrolment_is_like_no_other() -> None:
    (one, its), (other, others) = new_enrolment(NOW), new_enrolment(NOW)
    assert one.id != other.id
    assert one.secret != other.secret
    assert one.salt != other.salt
    assert len({*its, *others}) == 2 * RECOVERY_CODES


def test_the_secret_of_a_new_enrolment_has_the_160_bits_that_rfc_4226_recommends() -> None:
    assert len(pyotp.TOTP(new_enrolment(NOW)[0].secret).byte_secret()) == 20


def test_every_new_recovery_code_is_one_that_can_be_typed() -> None:
    for _ in range(200):
        made, codes = new_enrolment(NOW)
        for place, code in enumerate(codes):
            typed = read(code)
            assert isinstance(typed, RecoveryCode)
            assert made.place(typed.letters) == place


def test_no_secret_is_in_a_repr() -> None:
    shown = repr(enrolment())
    assert RFC_SECRET not in shown
    assert SALT not in shown
    assert enrolment().marks[0] not in shown
