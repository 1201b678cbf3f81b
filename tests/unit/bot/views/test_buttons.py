"""The buttons' data: small enough for Telegram, exact to the last digit of a hash, and no other button's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.views.buttons import keyboards
from bot.views.buttons.alerts import WasMe
from bot.views.buttons.ending import (
    AskEnd,
    AskEndOthers,
    ConfirmEnd,
    ConfirmEndOthers,
    DontEnd,
    EndLater,
    KeepSession,
)
from bot.views.buttons.sessions import (
    Accept,
    AskName,
    JudgeTrust,
    Origin,
    ReviewNext,
    SendList,
    ShowCard,
    ShowPage,
    Switch,
    TrustReviewed,
)
from tests.domain_values import MOST_NEGATIVE, NOW, accounts, hashes
from tests.screens import CALLBACK_MOST, rows

LARGEST = 2**52
LAST_MINUTE = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp()) // 60
LARGEST_LIST = f"{2**64 - 1}-{2**64 - 1}"  # a stream's largest id


def of_one_session(account: int, hash_: str, asked: int) -> list[CallbackData]:
    """Every button that acts on one session, on every kind of message."""
    here: list[dict[str, Any]] = [{"account": account, "hash": hash_, "origin": origin} for origin in Origin]
    return [
        ShowCard(account=account, hash=hash_),
        WasMe(account=account, hash=hash_),
        *[JudgeTrust(account=account, hash=hash_, trusted=trusted) for trusted in (True, False)],
        *[AskEnd(**place) for place in here],
        *[ConfirmEnd(**place, asked=asked) for place in here],
        *[KeepSession(**place) for place in here],
        *[DontEnd(**place) for place in here],
        EndLater(account=account, hash=hash_, asked=asked),
        *[AskName(**place) for place in here],
        *[Accept(**place, switch=one, is_on=yes) for place in here for one in Switch for yes in (True, False)],
        ReviewNext(account=account, after=hash_),
        TrustReviewed(account=account, hash=hash_),
    ]


@given(accounts, hashes, st.integers(0, LAST_MINUTE))
def test_what_a_button_says_is_what_is_read(account: int, hash_: str, asked: int) -> None:
    for data in of_one_session(account, hash_, asked):
        assert type(data).unpack(data.pack()) == data


@given(accounts, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_the_name_of_a_list_is_read_as_it_was_given(account: int, milliseconds: int, count: int) -> None:
    data = ConfirmEndOthers(account=account, list=f"{milliseconds}-{count}")
    assert ConfirmEndOthers.unpack(data.pack()) == data


@pytest.mark.parametrize(
    "data",
    [
        ShowPage(account=LARGEST, page=10**9),
        SendList(account=LARGEST),
        AskEndOthers(account=LARGEST),
        ConfirmEndOthers(account=LARGEST, list=LARGEST_LIST),
        *of_one_session(LARGEST, MOST_NEGATIVE, LAST_MINUTE),
    ],
    ids=lambda data: data.pack(),
)
def test_the_longest_data_fits_a_button(data: CallbackData) -> None:
    assert len(data.pack().encode()) <= CALLBACK_MOST


def test_the_first_press_is_never_read_as_the_second() -> None:
    first = AskEnd(account=1, hash="7", origin=Origin.ALERT).pack()
    for other in (
        ConfirmEnd,
        KeepSession,
        WasMe,
        JudgeTrust,
        ShowCard,
        ShowPage,
        SendList,
        AskEndOthers,
        ConfirmEndOthers,
    ):
        with pytest.raises((ValueError, TypeError)):
            other.unpack(first)
    first = AskEndOthers(account=1).pack()
    for other in (AskEnd, ConfirmEnd, KeepSession, WasMe, ShowCard, ShowPage, SendList, ConfirmEndOthers):
        with pytest.raises((ValueError, TypeError)):
            other.unpack(first)


@pytest.mark.parametrize(
    "wrong",
    [
        "x:1:01:a:5",
        "x:1:9223372036854775808:a:5",
        "x:1::a:5",
        "x:one:7:a:5",
        "x:1:7:z:5",
        "x:1:7",
        "x:1:7:a",
        "x:1:7:a:soon",
    ],
)
def test_made_up_data_is_refused(wrong: str) -> None:
    with pytest.raises((ValidationError, TypeError, ValueError)):
        ConfirmEnd.unpack(wrong)


FORMER = [
    (Origin.ALERT, keyboards.alert_keyboard(1001, "7")),
    (Origin.RETURNED, keyboards.alert_keyboard(1001, "7", former_label=True)),
    (Origin.CHANGED, keyboards.alert_keyboard(1001, "7", waits=False)),
    (Origin.RULE, keyboards.rule_keyboard(1001, "7")),
    (Origin.CARD, keyboards.card_keyboard(1001, "7", trusted=False)),
    (Origin.TRUSTED_CARD, keyboards.card_keyboard(1001, "7", trusted=True)),
    (Origin.REVIEW, keyboards.review_keyboard(1001, "7")),
]


@pytest.mark.parametrize(("origin", "former"), FORMER, ids=[origin.name for origin, _ in FORMER])
def test_whoever_keeps_the_session_gets_the_former_keyboard_back(origin: Origin, former: InlineKeyboardMarkup) -> None:
    [ask] = [b for row in former.inline_keyboard for b in row if (b.callback_data or "").startswith("e:")]
    assert AskEnd.unpack(ask.callback_data or "").origin is origin
    assert rows(keyboards.original_keyboard(1001, "7", origin)) == rows(former)


def test_what_is_left_to_decide_stays_above_the_way_to_the_list() -> None:
    assert rows(keyboards.left_keyboard(1001, ())) == rows(keyboards.settled_keyboard(1001))
    assert rows(keyboards.left_keyboard(1001, [("Call it off", "ar:1001:0")])) == [
        "[Call it off → ar:1001:0]",
        *rows(keyboards.settled_keyboard(1001)),
    ]


def test_a_list_whose_question_is_settled_leads_to_the_sessions() -> None:
    assert rows(keyboards.original_keyboard(1001, "7", Origin.LIST)) == rows(keyboards.settled_keyboard(1001))


@given(st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1)))  # noqa: DTZ001 - given its zone below
def test_a_question_knows_to_the_minute_when_it_was_put(at: datetime) -> None:
    now = at.replace(tzinfo=UTC)
    data = keyboards.confirm_keyboard(1001, "7", Origin.ALERT, now=now).inline_keyboard[0][0].callback_data
    asked = datetime.fromtimestamp(ConfirmEnd.unpack(data or "").asked * 60, UTC)
    assert timedelta() <= now - asked < timedelta(minutes=1)


def test_the_second_press_is_not_where_the_first_was() -> None:
    first = keyboards.alert_keyboard(1001, "7").inline_keyboard[0][0]
    second = keyboards.confirm_keyboard(1001, "7", Origin.ALERT, now=NOW).inline_keyboard[0][0]
    assert first.callback_data != second.callback_data
    assert first.text != second.text
