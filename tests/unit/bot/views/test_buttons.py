"""The buttons' data: small enough for Telegram, exact to the last digit of a hash, and no other button's."""

from __future__ import annotations

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import given
from pydantic import ValidationError

from bot.views import buttons
from bot.views.buttons import AskEnd, ConfirmEnd, KeepSession, Origin, ShowCard, ShowPage, WasMe
from tests.domain_values import MOST_NEGATIVE, accounts, hashes
from tests.screens import CALLBACK_MOST, rows

LARGEST = 2**52


@given(accounts, hashes)
def test_what_a_button_says_is_what_is_read(account: int, hash_: str) -> None:
    for data in (
        ShowCard(account=account, hash=hash_),
        WasMe(account=account, hash=hash_),
        *[kind(account=account, hash=hash_, origin=o) for kind in (AskEnd, ConfirmEnd, KeepSession) for o in Origin],
    ):
        assert type(data).unpack(data.pack()) == data


@pytest.mark.parametrize(
    "data",
    [
        ShowPage(account=LARGEST, page=10**9),
        ShowCard(account=LARGEST, hash=MOST_NEGATIVE),
        WasMe(account=LARGEST, hash=MOST_NEGATIVE),
        *[
            kind(account=LARGEST, hash=MOST_NEGATIVE, origin=origin)
            for kind in (AskEnd, ConfirmEnd, KeepSession)
            for origin in Origin
        ],
    ],
    ids=lambda data: data.pack(),
)
def test_the_longest_data_fits_a_button(data: CallbackData) -> None:
    assert len(data.pack().encode()) <= CALLBACK_MOST


def test_the_first_press_is_never_read_as_the_second() -> None:
    first = AskEnd(account=1, hash="7", origin=Origin.ALERT).pack()
    for other in (ConfirmEnd, KeepSession, WasMe, ShowCard, ShowPage):
        with pytest.raises((ValueError, TypeError)):
            other.unpack(first)


@pytest.mark.parametrize("wrong", ["x:1:01:a", "x:1:9223372036854775808:a", "x:1::a", "x:one:7:a", "x:1:7:z", "x:1:7"])
def test_made_up_data_is_refused(wrong: str) -> None:
    with pytest.raises((ValidationError, TypeError, ValueError)):
        ConfirmEnd.unpack(wrong)


@pytest.mark.parametrize("origin", Origin)
def test_whoever_keeps_the_session_gets_the_former_keyboard_back(origin: Origin) -> None:
    former = {Origin.ALERT: buttons.alert_keyboard, Origin.CARD: buttons.card_keyboard}[origin](1001, "7")
    [ask] = [b for row in former.inline_keyboard for b in row if (b.callback_data or "").startswith("e:")]
    assert AskEnd.unpack(ask.callback_data or "").origin is origin
    assert rows(buttons.original_keyboard(1001, "7", origin)) == rows(former)


def test_the_second_press_is_not_where_the_first_was() -> None:
    first = buttons.alert_keyboard(1001, "7").inline_keyboard[0][0]
    second = buttons.confirm_keyboard(1001, "7", Origin.ALERT).inline_keyboard[0][0]
    assert first.callback_data != second.callback_data
    assert first.text != second.text
