"""Hands one message to one service of Apprise's, in whatever thread that is; why it failed is told in words of ours."""

from __future__ import annotations

import logging
import re
import threading
from typing import TYPE_CHECKING, Self

from bot.views.letter import Letter

if TYPE_CHECKING:
    from apprise import NotifyBase

STATUS = re.compile(r"\berror=(\d{3})\b|\bstatus(?: code)?[ =:]+(\d{3})\b")
UNREACHABLE = "it can't be reached, or ends the connection"
REFUSED = "it refuses the message, or the login"


def post(service: NotifyBase, letter: Letter) -> str:
    """Why it failed, "" if it did not. It blocks for as long as the service likes, and raises nothing."""
    from apprise import NotifyFormat, NotifyType, OverflowMode  # noqa: PLC0415

    # Where the address asks for no other, a long message becomes several: services refuse what is too long.
    cut = service.overflow_mode
    heard = Heard()
    try:
        with heard:
            taken = service.notify(
                title=letter.title,
                body=letter.body,
                body_format=NotifyFormat.TEXT,
                notify_type=NotifyType.WARNING if letter.is_alarm else NotifyType.INFO,
                overflow=OverflowMode.SPLIT if cut is OverflowMode.UPSTREAM else cut,
            )
    except BaseException as error:  # noqa: BLE001 - a hundred services' code: SystemExit, whatever; it is a thread's
        return f"sending fails ({type(error).__name__})"
    return "" if taken else heard.why()


class Heard(logging.Handler):
    """What Apprise logs in this thread. Addresses are in that, so nothing but a status is told of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of this thread's."""
        if record.thread == self._thread:
            self._lines.append(record.getMessage())

    def __enter__(self) -> Self:
        logging.getLogger("apprise").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def why(self) -> str:
        """In words of ours."""
        said = " ".join(self._lines)
        if status := STATUS.search(said):
            number = int(status[1] or status[2])
            refusal = "refuses the password or token" if number in {401, 403} else "refuses the message"
            return f"it {refusal} (HTTP status {number})"
        return UNREACHABLE if "onnection" in said else REFUSED
