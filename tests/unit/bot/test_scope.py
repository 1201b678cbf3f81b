"""Which accounts a command is about, and whether others are left out by that."""

from __future__ import annotations

import pytest

from bot.scope import Scope


@pytest.mark.parametrize(
    ("known", "chosen", "about", "alone"),
    [
        ((), None, (), ()),
        ((), 1, (), ()),
        ((1,), None, (1,), ()),
        ((1,), 1, (1,), ()),
        ((1, 2), None, (1, 2), ()),
        ((1, 2), 2, (2,), (2,)),
        ((1, 2), 3, (1, 2), ()),
    ],
    ids=["none", "a choice of none", "one", "the only one", "all", "one of several", "a choice that is gone"],
)
def test_a_command_is_about_the_chosen_account_or_all(
    known: tuple[int, ...], chosen: int | None, about: tuple[int, ...], alone: tuple[int, ...]
) -> None:
    scope = Scope(known=known, chosen=chosen)
    assert scope.accounts == about
    assert tuple(each for each in (1, 2, 3) if scope.is_one_of_several(each)) == alone
