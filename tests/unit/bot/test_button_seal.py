"""Only what Doorman put under a message of a chat is taken for a press there."""

from __future__ import annotations

import re
from enum import Enum
from importlib import import_module
from pkgutil import iter_modules

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from hypothesis import given
from hypothesis import strategies as st

from bot.button_seal import LONGEST_DATA, SEAL_LENGTH, ButtonSeal
from bot.views import buttons
from bot.views.buttons.checkup import HOURS_MOST
from core.keyring import Keyring
from tests.domain_values import MOST_NEGATIVE

CHAT, OTHER_CHAT = 2002, 3003
LARGEST_CHAT = 2**52
SEAL = ButtonSeal(Keyring("a secret"))
DATA = "x:1001:-7:a:29000000"
#: The longest that each field of a button can be for the next 3000 years, by its name; flags and words are looked up.
FIELDS = {
    "account": 2**52,
    "hash": MOST_NEGATIVE,
    "after": MOST_NEGATIVE,
    "website": MOST_NEGATIVE,
    "bot": 2**52,
    "asked": 10**10 - 1,
    "until": 10**10 - 1,
    "days": 90,
    "page": 999,
    "hours": HOURS_MOST,
    # The entry of a stream: milliseconds since 1970, and a number of 64 bits.
    "list": f"{10**14 - 1}-{2**64 - 1}",
    "value": "x" * 10,
}


def longest(kind: type[CallbackData]) -> CallbackData:
    """A button of that kind, as long as it can be."""
    fields: dict[str, object] = {}
    for name, field in kind.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
            fields[name] = max(field.annotation, key=lambda member: len(str(member.value)))
        elif field.annotation is str and name == "page":
            fields[name] = "x" * 20
        else:
            fields[name] = False if field.annotation is bool else FIELDS[name]
    return kind(**fields)


KINDS = [
    kind
    for module in iter_modules(buttons.__path__, f"{buttons.__name__}.")
    for kind in vars(import_module(module.name)).values()
    if isinstance(kind, type) and issubclass(kind, CallbackData) and kind.__module__ == module.name
]
texts = st.text(max_size=60)


@given(texts, st.integers())
def test_what_was_sealed_for_a_chat_opens_there(data: str, chat: int) -> None:
    seal = ButtonSeal(Keyring("a secret"))
    if len(data.encode(errors="surrogatepass")) <= LONGEST_DATA - SEAL_LENGTH:
        assert seal.open(seal.seal(data, chat), chat) == data


def test_another_chats_button_does_not_open() -> None:
    assert SEAL.open(SEAL.seal(DATA, OTHER_CHAT), CHAT) is None


def test_a_chat_and_its_data_do_not_run_into_one_another() -> None:
    assert SEAL.seal("2:x", 1)[-SEAL_LENGTH:] != SEAL.seal("x", 12)[-SEAL_LENGTH:]
    assert SEAL.seal("1", 1)[-SEAL_LENGTH:] != SEAL.seal("", 11)[-SEAL_LENGTH:]


@pytest.mark.parametrize("at", range(len(DATA) + SEAL_LENGTH))
def test_no_character_of_it_can_be_another(at: int) -> None:
    sealed = SEAL.seal(DATA, CHAT)
    other = "A" if sealed[at] != "A" else "B"
    assert SEAL.open(sealed[:at] + other + sealed[at + 1 :], CHAT) is None


@given(st.one_of(st.text(max_size=64), st.text(st.characters(categories=["Cs"]), max_size=20)))
def test_made_up_data_does_not_open(made_up: str) -> None:
    assert SEAL.open(made_up, CHAT) is None


@pytest.mark.parametrize("data", ["", DATA, DATA[:-1], DATA + "A" * SEAL_LENGTH, "é" * 30, "A" * SEAL_LENGTH])
def test_data_without_a_seal_does_not_open(data: str) -> None:
    assert SEAL.open(data, CHAT) is None


def test_a_seal_is_60_bits_in_ten_characters_that_any_client_carries() -> None:
    assert re.fullmatch(r"[\w-]{10}", SEAL.seal(DATA, CHAT).removeprefix(DATA), flags=re.ASCII)


def test_an_old_key_opens_what_it_sealed_and_the_new_one_seals() -> None:
    old, new, both = (ButtonSeal(Keyring(*secrets)) for secrets in [["old"], ["new"], ["new", "old"]])
    assert both.open(old.seal(DATA, CHAT), CHAT) == DATA
    assert both.seal(DATA, CHAT) == new.seal(DATA, CHAT)
    assert new.open(old.seal(DATA, CHAT), CHAT) is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_button_has_room_for_its_seal(kind: type[CallbackData]) -> None:
    data = longest(kind)
    sealed = SEAL.seal(data.pack(), LARGEST_CHAT)
    assert len(sealed.encode()) <= LONGEST_DATA
    assert kind.unpack(SEAL.open(sealed, LARGEST_CHAT) or "") == data


def test_no_two_kinds_of_button_are_taken_for_one_another() -> None:
    assert len({kind.__prefix__ for kind in KINDS}) == len(KINDS) > 30


def test_data_that_leaves_no_room_is_refused_before_telegram_refuses_it() -> None:
    SEAL.seal("x" * 54, CHAT)
    with pytest.raises(ValueError, match="too long for a button"):
        SEAL.seal("x" * 55, CHAT)
    with pytest.raises(ValueError, match="too long for a button"):
        SEAL.seal("ж" * 28, CHAT)


def test_a_keyboard_is_sealed_where_it_sends_data_and_else_left_as_it_is() -> None:
    pressed = InlineKeyboardButton(text="End", callback_data=DATA)
    link = InlineKeyboardButton(text="Site", url="https://example.org")
    [[first], [second]] = SEAL.on(InlineKeyboardMarkup(inline_keyboard=[[pressed], [link]]), CHAT).inline_keyboard
    assert (first.text, first.callback_data) == ("End", SEAL.seal(DATA, CHAT))
    assert second == link
    assert pressed.callback_data == DATA
