"""Secrets at rest: readable with their own key, for their own purpose, and otherwise not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from core.keyring import Keyring
from core.vault import Vault, WrongKeyError

KEY, OTHER_KEY = "k" * 32, "o" * 32
SESSION = "1ApWapzMBu-obviously-no-session"
VAULT = Vault(Keyring(KEY), purpose="session of 1")


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(), st.text(st.characters(codec="ascii")))
@few(max_examples=30)
def test_what_was_sealed_is_unsealed(session: str, purpose: str, key: str) -> None:
    vault = Vault(Keyring(key), purpose=purpose.encode(errors="replace").decode())
    assert vault.unseal(vault.seal(session)) == session


def test_another_key_opens_nothing() -> None:
    with pytest.raises(WrongKeyError):
        Vault(Keyring(OTHER_KEY), purpose="session of 1").unseal(VAULT.seal(SESSION))


def test_one_accounts_session_cannot_be_put_in_anothers_place() -> None:
    with pytest.raises(WrongKeyError):
        Vault(Keyring(KEY), purpose="session of 2").unseal(VAULT.seal(SESSION))


def test_one_changed_byte_is_noticed_wherever_it_is() -> None:
    sealed = VAULT.seal(SESSION)
    # Of base64's last characters, two bits may be nobody's.
    for at in range(len(sealed) - 4):
        tampered = bytearray(sealed)
        tampered[at] = ord("A") if tampered[at] != ord("A") else ord("B")
        with pytest.raises(WrongKeyError):
            VAULT.unseal(bytes(tampered))


@given(st.binary())
@few(max_examples=50)
def test_whatever_else_lies_there_opens_nothing(rubbish: bytes) -> None:
    with pytest.raises(WrongKeyError):
        VAULT.unseal(rubbish)


def test_neither_the_session_nor_the_key_is_seen_in_what_is_kept() -> None:
    sealed = VAULT.seal(SESSION)
    assert SESSION.encode() not in sealed
    assert KEY.encode() not in sealed
    assert sealed != VAULT.seal(SESSION)  # nor that it is the same session


def test_a_new_key_before_the_old_one_opens_what_the_old_one_sealed_and_seals_anew() -> None:
    both = Vault(Keyring(OTHER_KEY, KEY), purpose="session of 1")
    old = VAULT.seal(SESSION)
    assert both.unseal(old) == SESSION
    assert not both.is_current(old)
    new = both.seal(both.unseal(old))
    assert both.is_current(new)
    with pytest.raises(WrongKeyError):
        VAULT.unseal(new)


def test_a_keyring_shows_no_key() -> None:
    assert KEY not in repr(Keyring(KEY))
