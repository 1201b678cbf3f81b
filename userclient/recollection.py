"""What the worker knows of the account's past: the history as it was found, and kept up with what is added."""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.history import Entry, Kind
from core.domain.moves import FAMILIAR_FOR
from core.domain.risk.memory import recalled, remembered
from core.domain.sessions import Roster


class Recollection:
    """Of one account; it outlives what Redis forgets. `moves` are the entries of that kind, of the last week."""

    def __init__(self, history: Iterable[Entry]) -> None:
        history = tuple(history)
        self.past = recalled(history)
        self.moves: tuple[Entry, ...] = ()
        self._keep_moves(history)

    def add(self, history: Iterable[Entry], *, roster: Roster | None) -> None:
        """What was written just now, and the roster that it follows from."""
        history = tuple(history)
        for entry in history:
            self.past = remembered(self.past, entry)
        if roster:
            self.past = self.past.with_roster(roster)
        self._keep_moves(history)

    def _keep_moves(self, history: Iterable[Entry]) -> None:
        moves = (*self.moves, *(entry for entry in history if entry.kind is Kind.MOVED))
        self.moves = tuple(move for move in moves if moves[-1].at - move.at < FAMILIAR_FOR)
