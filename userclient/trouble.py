"""What can go wrong between the guard and Telegram, in our words."""

from __future__ import annotations

from core.contract.mishaps import GuardLoss


class TelegramTrouble(Exception):  # noqa: N818 - the family's name; each member ends in Error
    """Anything that Telegram, or the way to it, answered instead of a result."""


class GuardLostError(TelegramTrouble):
    """The guard session is gone for good."""

    def __init__(self, reason: GuardLoss) -> None:
        super().__init__(reason.value)
        self.reason = reason


class FloodWaitError(TelegramTrouble):
    """Telegram wants `seconds` of quiet."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"FLOOD_WAIT_{seconds}")
        self.seconds = seconds


class NotAllowedYetError(TelegramTrouble):
    """The guard session is under 24 hours old and may not end others yet."""


class UnknownHashError(TelegramTrouble):
    """Telegram knows no such session (any more)."""


class UnreachableError(TelegramTrouble):
    """No answer: the network, or Telegram, is down. `was_sent` is False only where the request certainly never left."""

    def __init__(self, why: str = "", *, was_sent: bool = True) -> None:
        super().__init__(why)
        self.was_sent = was_sent


class RefusedError(TelegramTrouble):
    """Any other error; `name` is Telegram's own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class TooLateError(TelegramTrouble):
    """The deadline passed before Telegram was asked; nothing was done."""

    def __init__(self) -> None:
        super().__init__("nothing, for the deadline had passed")
