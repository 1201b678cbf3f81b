"""What the app config says of when Telegram confirms a login by itself, and what is made of one that says nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import types

from core.domain.sessions import AUTOCONFIRM_SECONDS
from userclient.telegram.app_config import AUTOCONFIRM, autoconfirm_in


def config(*values: tuple[str, Any]) -> Any:
    return types.JsonObject([types.JsonObjectValue(key, value) for key, value in values])


@pytest.mark.parametrize("seconds", [60, 86_400, 604_800.0, 366 * 86_400])
def test_the_period_is_what_telegram_says(seconds: float) -> None:
    said = config(("reactions_default", types.JsonString("x")), (AUTOCONFIRM, types.JsonNumber(seconds)))
    assert autoconfirm_in(said) == seconds


@pytest.mark.parametrize(
    "said",
    [
        config(),
        config(("another", types.JsonNumber(5))),
        *[config((AUTOCONFIRM, types.JsonNumber(n))) for n in (0, -1, 59, 1e12, float("nan"), float("inf"))],
        config((AUTOCONFIRM, types.JsonString("604800"))),
        config((AUTOCONFIRM, types.JsonNull())),
        types.JsonArray([]),
        types.JsonNull(),
    ],
    ids=str,
)
def test_without_a_sensible_one_it_is_as_clients_take_it(said: Any) -> None:
    assert autoconfirm_in(said) == AUTOCONFIRM_SECONDS == 604_800
