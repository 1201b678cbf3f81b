"""What a method is to the server: a function of the one who asks and of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.mtproto.ask import Ask


@dataclass(frozen=True, slots=True)
class Method:
    """`run` gives a TL object, a list of them or a Bool, and raises RpcError.

    `open_to_frozen`: whether a frozen account may call it all the same. Which methods Telegram leaves such an account
    is not published: it stays signed in and knows itself, as people report, and ends nobody. That the list of sessions
    and `updates.getState` are closed to it is a guess, the worse case for whoever watches the account
    [core.telegram.org/api/auth#frozen-accounts]. `open_to_pending`: whether one may who has yet to enter the password.
    """

    run: Callable[[Ask, Any], Any]
    needs_login: bool = True
    open_to_frozen: bool = False
    open_to_pending: bool = False


def for_anyone(run: Callable[[Ask, Any], Any]) -> Method:
    """A method that may be called before signing in."""
    return Method(run, needs_login=False)
