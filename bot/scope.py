"""Which accounts an owner's commands are about: the one that they chose, else all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """`known` are all that there are, in order; a choice of one that is gone is none."""

    known: tuple[int, ...]
    chosen: int | None = None

    @property
    def accounts(self) -> tuple[int, ...]:
        """What a command is about."""
        return (self.chosen,) if self.chosen in self.known else self.known

    def is_one_of_several(self, account: int) -> bool:
        """Whether commands are about this account alone, and there are others."""
        return self.accounts == (account,) != self.known
