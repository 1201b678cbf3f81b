"""Which commands a press alone is enough for: those that only look, and those that only keep somebody out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.protection import protected
from core.contract.commands import Command, DeclineReset, GetCheckup, GetRoster, KillCodes, Prefer
from core.domain.preferences import FIELDS, Preferences
from tests.deeds import DEEDS, named
from tests.domain_values import NOW

LOCKED = Preferences(is_locked=True)


@pytest.mark.parametrize("command", [GetRoster(), GetCheckup(), KillCodes(), DeclineReset()], ids=named)
def test_to_look_and_to_keep_somebody_out_is_free(command: Command) -> None:
    assert not protected(command)


@pytest.mark.parametrize("command", [d for d in DEEDS if not isinstance(d, KillCodes | DeclineReset)], ids=named)
def test_everything_else_is_protected(command: Command) -> None:
    assert protected(command)


@pytest.mark.parametrize("fields", [("is_locked",), ("is_locked", "lock_until"), ("lock_until", "is_locked")])
def test_to_lock_logins_until_somebody_unlocks_them_is_free(fields: tuple[str, ...]) -> None:
    assert not protected(Prefer(fields=fields, preferences=LOCKED))


@pytest.mark.parametrize(
    ("fields", "preferences"),
    [
        (("is_locked",), Preferences()),
        (("is_locked", "lock_until"), Preferences()),
        (("is_locked", "lock_until"), replace(LOCKED, lock_until=NOW)),
        (("lock_until",), LOCKED),
        (("lock_until",), replace(LOCKED, lock_until=NOW)),
        ((), LOCKED),
        *((("is_locked", field), LOCKED) for field in sorted(FIELDS - {"is_locked", "lock_until"})),
    ],
)
def test_what_could_end_a_lock_or_changes_more_is_not(fields: tuple[str, ...], preferences: Preferences) -> None:
    assert protected(Prefer(fields=fields, preferences=preferences))
