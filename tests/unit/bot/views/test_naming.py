"""Asking for a session's name."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from bot.views.naming import QUESTION, REFUSED, Unfit, name_question, name_refused, question_over
from tests.domain_values import session
from tests.screens import fits_telegram, plain, shown


def test_the_question_shows_which_session_it_is() -> None:
    asked = name_question(session(), label="")
    assert asked.asks
    assert shown(asked) == snapshot("""\
<b>🏷 What do you call this session?</b>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>

Answer this message with a name of at most 40 characters. Six digits would be taken for a code.\
""")


def test_a_session_that_has_a_name_can_lose_it() -> None:
    assert plain(name_question(session(), label="my phone")).splitlines()[-3:] == snapshot(
        [
            "Its name now: 🏷 \u2068my phone\u2069",
            "",
            "Answer this message with a name of at most 40 characters. Six digits would be taken for a code. A dash (-) takes its name away.",
        ]
    )


@pytest.mark.parametrize("why", Unfit)
def test_what_can_be_no_name_is_said_to_be_none_and_another_is_waited_for(why: Unfit) -> None:
    refused = name_refused(why)
    assert refused.asks
    assert "Answer this message with a name of at most 40 characters" in plain(refused)
    fits_telegram(refused)


def test_each_reason_has_words_of_its_own() -> None:
    assert len({plain(name_refused(why)) for why in Unfit}) == len(Unfit)


def test_a_question_is_known_by_its_first_words() -> None:
    assert plain(name_question(session(), label="")).startswith(QUESTION)
    assert plain(name_refused(Unfit.BLANK)).startswith(REFUSED)


def test_an_old_question() -> None:
    assert plain(question_over()) == snapshot(
        "That question is an old one, so nothing was changed. Press “Name” on the card again."
    )
