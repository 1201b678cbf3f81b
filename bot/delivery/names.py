"""The accounts' names as they are said in alerts, looked up beforehand: an alert does not wait for that."""

from __future__ import annotations

from dataclasses import dataclass

from bot.gateway import Gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """A number stands in for a name that no worker has told yet."""

    gateway: Gateway
    known: dict[int, str]

    async def learn(self, account: int) -> None:
        """Look it up, to have it at hand. Raises RedisError."""
        name = await self.gateway.account_name(account)
        if name != str(account):
            self.known[account] = name

    async def of(self, account: int) -> str:
        """Looked up only where it is not at hand. Raises RedisError then."""
        return self.known.get(account) or await self.gateway.account_name(account)

    def at_hand(self, account: int) -> str:
        """Without a look."""
        return self.known.get(account, str(account))
