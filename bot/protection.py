"""Which commands somebody who broke into the account may want too, so that a press alone is not enough for them."""

from __future__ import annotations

from core.contract.commands import Command, DeclineReset, GetCheckup, GetRoster, KillCodes, Prefer


def protected(command: Command) -> bool:
    """Whether it needs its owner's one-time code; ending a session only if that is no new one, which takes a look."""
    match command:
        case GetRoster() | GetCheckup():
            return False
        # They only keep somebody out. An intruder gains nothing by them but to hinder the owner's own next login; and
        # the owner has no time to lose.
        case KillCodes() | DeclineReset():
            return False
        case Prefer():
            return not _only_locks(command)
        case _:
            return True


def _only_locks(command: Prefer) -> bool:
    """Whether it does no more than to lock logins, for the same reason free; for as long as nobody unlocks them.

    With an end, it could cut a lock short that is on.
    """
    wanted, fields = command.preferences, frozenset(command.fields)
    return "is_locked" in fields <= {"is_locked", "lock_until"} and wanted.is_locked and wanted.lock_until is None
