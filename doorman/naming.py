"""How the `doorman` command calls an account in the terminal: by its name, as far as a worker told it, and its id."""

from __future__ import annotations

from collections.abc import Iterable

from core.connection import Store
from core.pulse import feel


async def called(redis: Store, account: int) -> str:
    """Such as "Ada (700000001)"; the number alone where no worker has told the name. Raises RedisError."""
    pulse = await feel(redis, account)
    name = " ".join(pulse.status.account_name.split()) if pulse else ""
    shown = "".join(char for char in name if char.isprintable())
    return f"{shown} ({account})" if shown else str(account)


async def listed(redis: Store, accounts: Iterable[int]) -> str:
    """Several, with commas between them. Raises RedisError."""
    return ", ".join([await called(redis, account) for account in accounts])
