"""Every method that this Telegram has; a method missing here is answered with INPUT_METHOD_INVALID."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.mtproto.api import account, auth, help_, langpack, messages, updates, users
from sandbox.mtproto.api.method import Method

METHODS: Final[Mapping[str, Method]] = {
    **account.METHODS,
    **auth.METHODS,
    **help_.METHODS,
    **langpack.METHODS,
    **messages.METHODS,
    **updates.METHODS,
    **users.METHODS,
}
