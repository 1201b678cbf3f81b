"""The guard session at rest: readable with its own key, for its own account, and otherwise not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from userclient.vault import WrongKeyError, seal, unseal

KEY, OTHER_KEY = "k" * 32, "o" * 32
SESSION = "1ApWapzMBu-obviously-no-session"


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 2**52), st.text(st.characters(codec="ascii")))
@few(max_examples=30)
def test_what_was_sealed_is_unsealed(session: str, account: int, key: str) -> None:
    assert unseal(seal(session, account=account, secret_key=key), account=account, secret_key=key) == session


def test_another_key_opens_nothing() -> None:
    with pytest.raises(WrongKeyError):
        unseal(seal(SESSION, account=1, secret_key=KEY), account=1, secret_key=OTHER_KEY)


def test_one_accounts_session_cannot_be_put_in_anothers_place() -> None:
    with pytest.raises(WrongKeyError):
        unseal(seal(SESSION, account=1, secret_key=KEY), account=2, secret_key=KEY)


def test_one_changed_byte_is_noticed_wherever_it_is() -> None:
    sealed = seal(SESSION, account=1, secret_key=KEY)
    # Of base64's last characters, two bits may be nobody's.
    for at in range(len(sealed) - 4):
        tampered = bytearray(sealed)
        tampered[at] = ord("A") if tampered[at] != ord("A") else ord("B")
        with pytest.raises(WrongKeyError):
            unseal(bytes(tampered), account=1, secret_key=KEY)


@given(st.binary())
@few(max_examples=50)
def test_whatever_else_lies_there_opens_nothing(rubbish: bytes) -> None:
    with pytest.raises(WrongKeyError):
        unseal(rubbish, account=1, secret_key=KEY)


def test_neither_the_session_nor_the_key_is_seen_in_what_is_kept() -> None:
    sealed = seal(SESSION, account=1, secret_key=KEY)
    assert SESSION.encode() not in sealed
    assert KEY.encode() not in sealed
    assert sealed != seal(SESSION, account=1, secret_key=KEY)  # nor that it is the same session
