"""What is stored of the codes that are told: never more than the owners know, never less than was stored."""

from __future__ import annotations

import pytest

from core.contract import keys
from tests.domain_values import ACCOUNT, NOW
from userclient.inbox import Came, Inbox
from userclient.told_mark import mark, parse


def inbox(read_to: int | None, *taken: int, waiting: tuple[int, ...] = ()) -> Inbox:
    inbox = Inbox(read_to=read_to, is_recalled=True)
    inbox.taken.extend((*taken, *waiting))
    inbox.untold.extend(Came(at=NOW, message=id_) for id_ in waiting)
    return inbox


@pytest.mark.parametrize(
    ("known", "stored"),
    [
        (inbox(0), b"0"),
        (inbox(5, 4, 5), b"5"),
        (inbox(5, 5, 7), b"5 7"),  # something may have come in between
        (inbox(None, 7, 6), b"- 6 7"),
        (inbox(7, 5, 7, waiting=(6,)), b"5 7"),
        (inbox(7, 5, waiting=(6, 7)), b"5"),
        (inbox(7, 7, waiting=(0,)), b"7"),  # of none that is in the chat
    ],
)
def test_what_is_told_is_stored_and_read_again(known: Inbox, stored: bytes) -> None:
    assert mark(ACCOUNT, known) == {keys.service_chat(ACCOUNT): stored}
    read_to, told = parse(stored)
    assert read_to is None or read_to <= (known.read_to or 0)
    assert set(told) <= set(known.taken) - {came.message for came in known.untold}


def test_the_one_that_is_told_with_it_counts_as_told() -> None:
    known = inbox(7, 5, waiting=(6, 7))
    assert mark(ACCOUNT, known, but=known.untold[0]) == {keys.service_chat(ACCOUNT): b"6"}


@pytest.mark.parametrize("known", [Inbox(read_to=5), inbox(None), inbox(None, waiting=(6,))])
def test_where_nothing_is_known_nothing_is_stored(known: Inbox) -> None:
    assert mark(ACCOUNT, known) == {}


@pytest.mark.parametrize("forged", [b"", b"x", b"5 x", b"\xff", b"- -"])
def test_what_is_no_mark_is_refused(forged: bytes) -> None:
    with pytest.raises(ValueError, match=r"unpack|literal|decode"):
        parse(forged)
