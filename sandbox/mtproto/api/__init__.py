"""Every method that this Telegram has; a method missing here is answered with INPUT_METHOD_INVALID."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sandbox.mtproto.api import (
    account,
    auth,
    business_bots,
    help_,
    langpack,
    lifetimes,
    messages,
    passkeys,
    password_resets,
    updates,
    users,
    websites,
)
from sandbox.mtproto.api.method import Method

METHODS: Final[Mapping[str, Method]] = {
    **account.METHODS,
    **auth.METHODS,
    **business_bots.METHODS,
    **help_.METHODS,
    **langpack.METHODS,
    **lifetimes.METHODS,
    **messages.METHODS,
    **passkeys.METHODS,
    **password_resets.METHODS,
    **updates.METHODS,
    **users.METHODS,
    **websites.METHODS,
}
