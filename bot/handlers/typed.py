"""What an owner types to have something done: it passes the same gate as a press on a button."""

from __future__ import annotations

from datetime import UTC, datetime

from aiogram.utils.formatting import Text

from bot.delivery.courier import Courier
from bot.gate import Gate
from bot.press import Press
from bot.views.codes import ANOTHER_WAITS, CODE_NEEDED
from bot.views.screen import Screen


async def carry_typed(gate: Gate, courier: Courier, press: Press) -> bool:
    """Have it done; what the gate waits for, it asks for itself, but where another press is in its way.

    Whether it is done by then, or will be when its code is typed.
    """
    waits = await gate.hold(press, now=datetime.now(UTC))
    if waits == ANOTHER_WAITS:
        await courier.send(press.owner, Screen(text=Text(waits)))
    elif not waits:
        await gate.carry(press)
    return waits in {"", CODE_NEEDED}
