"""The owner's names for sessions: one each, and kept for when the device comes back."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.domain.labels import FORMER_MOST, LABEL_MOST, Former, Label, Labels, check_label
from tests.domain_values import NOW, OWNER, labels, session

PHONE, TABLET = session("1"), session("2")


def label(hash_: str = "1", text: str = "my phone") -> Label:
    return Label(hash=hash_, text=text, by=OWNER, at=NOW)


BOTH = Labels().giving(label()).giving(label("2", "tablet"))


@pytest.mark.parametrize("text", ["", "x", "x" * LABEL_MOST, "Mamás Telefon 📱", "מחשב", "<b>&\"'"])
def test_one_short_line_is_a_label(text: str) -> None:
    assert check_label(text) == text
    assert label(text=text).text == text


@pytest.mark.parametrize("text", ["x" * (LABEL_MOST + 1), "a\nb", "a\tb", "a\x00b", "a\u202eb", "a\u2028b"])
def test_what_is_too_long_or_has_lines_or_hidden_signs_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not one line"):
        check_label(text)
    with pytest.raises(ValueError, match="not one line"):
        label(text=text)


def test_a_session_is_called_by_its_label_and_else_by_nothing() -> None:
    assert (BOTH.of("1"), BOTH.of("2"), BOTH.of("3")) == ("my phone", "tablet", "")
    assert BOTH.by_hash() == {"1": "my phone", "2": "tablet"}


def test_a_new_label_takes_the_place_of_the_old_one() -> None:
    assert BOTH.giving(label(text="my old phone")).by_hash() == {"1": "my old phone", "2": "tablet"}


def test_an_empty_one_takes_it_away_and_is_not_kept() -> None:
    without = BOTH.giving(label(text=""))
    assert without.by_hash() == {"2": "tablet"}
    assert without.after(gone=(PHONE,)).former == ()


def test_what_a_session_was_called_is_kept_when_it_is_gone() -> None:
    after = BOTH.after(gone=(PHONE, session("3")))
    assert after.by_hash() == {"2": "tablet"}
    assert after.former == (Former(session=PHONE, text="my phone"),)
    assert after.after(gone=(TABLET,)).former[-1] == Former(session=TABLET, text="tablet")


def test_only_the_latest_are_kept() -> None:
    all_ = Labels()
    for number in range(1, FORMER_MOST + 11):
        all_ = all_.giving(label(str(number), f"no. {number}")).after(gone=(session(str(number)),))
    assert [former.text for former in all_.former] == [f"no. {number}" for number in range(11, FORMER_MOST + 11)]


@given(labels)
def test_when_nobody_is_gone_nothing_changes(some: Labels) -> None:
    assert some.after(gone=()) == some
