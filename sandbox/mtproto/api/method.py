"""What a method is to the server: a function of the one who asks and of the request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.mtproto.ask import Ask


@dataclass(frozen=True, slots=True)
class Method:
    """`run` gives a TL object, a list of them or a Bool, and raises RpcError."""

    run: Callable[[Ask, Any], Any]
    needs_login: bool = True


def for_anyone(run: Callable[[Ask, Any], Any]) -> Method:
    """A method that may be called before signing in."""
    return Method(run, needs_login=False)
