"""What is typed passes the gate as a press does."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pytest

from bot.gate import Gate
from bot.handlers.typed import carry_typed
from bot.press import Press
from bot.views.codes import ANOTHER_WAITS, CODE_NEEDED, REFUSED
from core.contract.commands import SetTtl
from tests.deeds import pressed
from tests.fake_telegram import FakeTelegram


class Porter:
    """A gate that says this."""

    def __init__(self, waits: str) -> None:
        self._waits = waits
        self.carried: list[Press] = []

    async def hold(self, press: Press, *, now: datetime) -> str:
        assert press
        assert now
        return self._waits

    async def carry(self, press: Press) -> None:
        self.carried.append(press)


@pytest.mark.parametrize(
    ("waits", "is_carried", "said"),
    [("", True, []), (CODE_NEEDED, False, []), (REFUSED, False, []), (ANOTHER_WAITS, False, [ANOTHER_WAITS])],
)
async def test_what_the_gate_has_not_asked_for_itself_is_said(
    telegram: FakeTelegram, waits: str, is_carried: bool, said: list[str]
) -> None:
    porter = Porter(waits)
    await carry_typed(cast("Gate", porter), telegram.courier(), pressed(SetTtl(days=30)))
    assert bool(porter.carried) is is_carried
    assert telegram.texts() == said
