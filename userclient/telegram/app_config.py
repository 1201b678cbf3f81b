"""What Telegram has its clients go by (`help.getAppConfig`): of that, when it confirms a login by itself."""

from __future__ import annotations

from typing import Any, Final

from telethon.tl import functions, types

from core.domain.sessions import AUTOCONFIRM_SECONDS
from userclient.telegram.line import Line

AUTOCONFIRM: Final = "authorization_autoconfirm_period"
#: A minute to a year: no other period could be meant.
SENSIBLE = range(60, 366 * 86_400 + 1)


class AppConfig:
    """By the guard's line; until it was read, as clients take it where Telegram says nothing."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._hash = 0
        self.autoconfirm_seconds = AUTOCONFIRM_SECONDS

    async def refresh(self) -> None:
        """Read it, unless it is as it was. Raises the errors of `trouble`."""
        answer = await self._line.ask(functions.help.GetAppConfigRequest(hash=self._hash))
        if isinstance(answer, types.help.AppConfig):  # the other is `appConfigNotModified`
            self._hash = answer.hash
            self.autoconfirm_seconds = autoconfirm_in(answer.config)


def autoconfirm_in(config: Any) -> int:
    """The period in seconds; as clients take it where there is none, or none that makes sense."""
    values = config.value if isinstance(config, types.JsonObject) else []
    for each in values:
        if each.key == AUTOCONFIRM and isinstance(each.value, types.JsonNumber) and _is_sensible(each.value.value):
            return int(each.value.value)
    return AUTOCONFIRM_SECONDS


def _is_sensible(seconds: float) -> bool:
    return SENSIBLE[0] <= seconds <= SENSIBLE[-1]  # of what is no number, neither
