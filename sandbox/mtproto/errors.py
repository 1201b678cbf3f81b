"""The two ways in which a server says no: to a request, and to a connection."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class RpcError(Exception):
    """A request's answer is an error, as Telegram words it, such as 400 HASH_INVALID."""

    code: int
    message: str


class ConnectionRefusedByServerError(Exception):
    """The connection ends, after `code` was said on it [core.telegram.org/mtproto/mtproto-transports]."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code


KEY_NOT_FOUND = -404  # also what a broken message is answered with
FLOOD = -429
WRONG_DC = -444
