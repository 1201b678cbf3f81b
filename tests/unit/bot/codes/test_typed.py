"""What a person types as a code, in whatever way phones and people write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codes.typed import WITHIN_MOST, AppCode, RecoveryCode, codes_in, looks_like_code, read


@pytest.mark.parametrize(
    "text",
    [
        "123456",
        " 123456\n",
        "123 456",
        "12-34-56",
        "123\u2009456",
        "123\u2013456",
        "123\u2212456",
        "123\u200b456\u2069",
        "١٢٣٤٥٦",
        "१२३४५६",
        "\uff11\uff12\uff13\uff14\uff15\uff16",
    ],
)
def test_six_digits_are_an_apps_code_however_they_are_written(text: str) -> None:
    assert read(text) == AppCode(digits="123456")


@pytest.mark.parametrize(
    "text",
    [
        "k7dm-q2xp-9w4t",
        "K7DM Q2XP 9W4T",
        "k7dmq2xp9w4t",
        "k7dm\u2014q2xp\u20119w4t ",
        "k7dm - q2xp - 9w4t",
        "\uff4b7dm-q2xp-9w4t",
    ],
)
def test_three_groups_of_four_are_a_recovery_code_however_they_are_written(text: str) -> None:
    assert read(text) == RecoveryCode(letters="k7dmq2xp9w4t")


def test_letters_that_look_like_digits_are_read_as_those() -> None:
    assert read("O7dm-ILxp-9w4t") == RecoveryCode(letters="07dm11xp9w4t")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "12345",
        "1234567",
        "12345a",
        "l23456",
        "my code is 123456",
        "123.456",
        "12½456",
        "/start",
        "k7dm-q2xp",
        "k7dm-q2xp-9w4t-k7dm",
        "u7dm-q2xp-9w4t",
        "k7d-mq2xp-9w4t",
        "what then that",
        "1" * 10_000,
        "\ud800" * 6,
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read(text) is None
    assert not looks_like_code(text)


@given(st.text())
def test_whatever_is_typed_can_be_read(text: str) -> None:
    code = read(text)
    assert looks_like_code(text) == (code is not None)


@pytest.mark.parametrize("text", ["123456", "k7dm-q2xp-9w4t"])
def test_a_code_is_in_no_repr(text: str) -> None:
    code = read(text)
    assert code is not None
    assert "123456" not in repr(code)
    assert "k7dm" not in repr(code)


@pytest.mark.parametrize(
    "text",
    [
        "123456",
        "my code is 123456",
        "123456, thanks",
        "Trust: 123 456.",
        "123-456?",
        "it says\n123\u2009456\nnow",
        "code=123456",
        "/trust 123456",
        "\uff11\uff12\uff13\uff14\uff15\uff16!",
        "it is 123\u200b456 I think",
    ],
)
def test_an_apps_code_is_found_among_other_words(text: str) -> None:
    assert [read(code) for code in codes_in(text)] == [AppCode(digits="123456")]


@pytest.mark.parametrize("text", ["the last one: K7DM-Q2XP-9W4T", "k7dm q2xp 9w4t.", "(k7dmq2xp9w4t)"])
def test_a_recovery_code_is_found_among_other_words(text: str) -> None:
    assert [read(code) for code in codes_in(text)] == [RecoveryCode(letters="k7dmq2xp9w4t")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "/sessions",
        "12345",
        "1234567",
        "since 2026-03-14",
        "+46 70 123 45 67",
        "what then that",
        "x" * 9999,
    ],
)
def test_words_without_a_code_have_none(text: str) -> None:
    assert codes_in(text) == []


def test_a_recovery_code_behind_a_word_that_could_be_its_first_part_is_found() -> None:
    assert RecoveryCode(letters="k7dmq2xp9w4t") in [read(code) for code in codes_in("it said K7DM Q2XP 9W4T")]


def test_of_many_codes_as_many_are_found_as_anybody_types() -> None:
    assert codes_in("111111, 222222 111111") == ["111111", "222222"]
    assert len(codes_in(", ".join(map(str, range(100_000, 100_500))))) == WITHIN_MOST


@given(st.text())
def test_what_is_found_in_a_message_is_a_code(text: str) -> None:
    found = codes_in(text)
    assert all(looks_like_code(code) for code in found)
    assert bool(found) >= looks_like_code(text)
