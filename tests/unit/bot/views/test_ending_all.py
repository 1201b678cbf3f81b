"""Ending all other sessions: the question names each that would end, the report each that did."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from inline_snapshot import snapshot

from bot.views.buttons.ending import ConfirmEndOthers
from bot.views.ending_all import AT_ONCE, nothing_to_end, question, report, under_way
from core.contract.replies import Outcome, Result
from core.domain.sessions import Session
from tests.crowds import LARGEST_ACCOUNT, LONGEST, crowd
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, NOW, OWNER, session
from tests.screens import NOTICE_MOST, data_of, fits_telegram, plain, shown

LIST = "1773500966000-0"
LARGEST_LIST = f"{2**64 - 1}-{2**64 - 1}"
NOKIA = session("8", device_model="Nokia", country="", region="")


def result(session: Session, outcome: Outcome, **particulars: str) -> Result:
    ended_by = OWNER if outcome is Outcome.DONE else None
    return Result(hash=session.hash, outcome=outcome, at=NOW, ended_by=ended_by, session=session, **particulars)


def test_the_question_names_each_session() -> None:
    assert shown(question(ACCOUNT, [session(), NOKIA], list_name=LIST, more=0, account_name="Ada")) == snapshot("""\
<b>End 2 sessions? </b><code>⟦Ada⟧</code>

Each of these devices is logged out, your own phone and computer among them; Doorman's own session stays, and so does whoever logs in from now on.

1. <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · since 14 Mar 2026, 15:06 UTC
2. <code>⟦Nokia⟧</code> · unknown place · since 14 Mar 2026, 15:06 UTC
[Yes, end 2 sessions → X:1001:1773500966000-0]
[No, keep them → p:1001:0]\
""")


def test_the_trusted_ones_stand_apart_and_can_be_left_out() -> None:
    laptop = session("9", device_model="Laptop")
    asked = question(
        ACCOUNT,
        [NOKIA],
        list_name=LIST,
        more=0,
        account_name="Ada",
        trusted=[session(), laptop],
        untrusted_list="1773500966001-0",
        labels={"7": "my phone"},
    )
    assert shown(asked) == snapshot("""\
<b>End 3 sessions? </b><code>⟦Ada⟧</code>

Each of these devices is logged out, your own phone and computer among them; Doorman's own session stays, and so does whoever logs in from now on.

1. <code>⟦Nokia⟧</code> · unknown place · since 14 Mar 2026, 15:06 UTC

<b>🛡 2 of them are trusted:</b>
2. 🏷 <code>⟦my phone⟧</code> · <code>⟦Malmo, Sweden⟧</code> · since 14 Mar 2026, 15:06 UTC
3. <code>⟦Laptop⟧</code> · <code>⟦Malmo, Sweden⟧</code> · since 14 Mar 2026, 15:06 UTC
[End all but the trusted → X:1001:1773500966001-0]
[Yes, end 3 sessions → X:1001:1773500966000-0]
[No, keep them → p:1001:0]\
""")


@pytest.mark.parametrize(
    ("others", "trusted", "said"),
    [(1, 0, ""), (1, 1, "1 of them is trusted:"), (0, 2, "All are trusted:"), (0, 1, "It is trusted:")],
)
def test_how_many_are_trusted_is_said_where_any_is(others: int, trusted: int, said: str) -> None:
    some, trusted_ones = (
        [session(str(n)) for n in range(1, others + 1)],
        [session(str(-n)) for n in range(1, trusted + 1)],
    )
    screen = question(ACCOUNT, some, list_name=LIST, more=0, account_name="Ada", trusted=trusted_ones)
    assert said in plain(screen)
    assert ("trusted" in plain(screen)) is bool(said)
    assert len(data_of(screen)) == 2


def test_a_question_that_was_too_old_is_put_again() -> None:
    again = question(ACCOUNT, [session()], list_name=LIST, more=0, account_name="Ada", again=True)
    assert shown(again) == snapshot("""\
That question was too old, so here it is again.

<b>End 1 session? </b><code>⟦Ada⟧</code>

Each of these devices is logged out, your own phone and computer among them; Doorman's own session stays, and so does whoever logs in from now on.

1. <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · since 14 Mar 2026, 15:06 UTC
[Yes, end 1 session → X:1001:1773500966000-0]
[No, keep them → p:1001:0]\
""")


def test_a_question_of_a_guard_under_a_day_old_says_so() -> None:
    young = question(ACCOUNT, [session()], list_name=LIST, more=0, account_name="Ada", not_yet="⚠️ Not before noon.")
    assert plain(young).endswith("\n\n⚠️ Not before noon.")


def test_a_question_about_more_than_fit_says_how_many_are_left() -> None:
    crowded = question(ACCOUNT, [session(str(n)) for n in range(1, 21)], list_name=LIST, more=3, account_name="Ada")
    assert plain(crowded).splitlines()[-1] == snapshot(
        "3 more are not listed here: these are ended first, then ask again."
    )


@pytest.mark.parametrize("number", [1, AT_ONCE])
def test_the_longest_question_fits_a_message(number: int) -> None:
    sessions = [s for s in crowd(number + 1).sessions if not s.current]
    assert len(sessions) == number
    screen = question(LARGEST_ACCOUNT, sessions, list_name=LARGEST_LIST, more=10**6, account_name=LONGEST, again=True)
    fits_telegram(screen)
    half = number // 2
    called = {"labels": {s.hash: "ж" * 40 for s in sessions}, "untrusted_list": LARGEST_LIST}
    fits_telegram(
        question(
            LARGEST_ACCOUNT,
            sessions[:half],
            trusted=sessions[half:],
            list_name=LARGEST_LIST,
            more=10**6,
            account_name=LONGEST,
            again=True,
            **called,
        )
    )
    assert data_of(screen)[0] == ConfirmEndOthers(account=LARGEST_ACCOUNT, list=LARGEST_LIST).pack()


def test_nobody_else_is_there() -> None:
    assert shown(nothing_to_end(ACCOUNT)) == snapshot("""\
Nobody but Doorman is logged in.
[All sessions → p:1001:0]\
""")


def test_while_it_is_under_way() -> None:
    assert [under_way(count) for count in (1, 2)] == snapshot(["Ending 1 session…", "Ending 2 sessions…"])
    assert len(under_way(AT_ONCE)) <= NOTICE_MOST


def test_all_were_ended() -> None:
    done = [result(session(), Outcome.DONE), result(NOKIA, Outcome.ALREADY_GONE)]
    assert shown(report(ACCOUNT, done, [session(), NOKIA], account_name="Ada", viewer=OWNER)) == snapshot("""\
<b>2 sessions ended: </b><code>⟦Ada⟧</code>

1. <code>⟦Pixel 9⟧</code>: ended
2. <code>⟦Nokia⟧</code>: was gone already

If one of them was not yours, set or change your 2FA password now.
[All sessions → l:1001]\
""")


def test_what_came_of_each_is_said_by_the_name_that_its_owner_gave_it() -> None:
    done = [result(session(), Outcome.DONE), result(NOKIA, Outcome.DONE)]
    labels = {NOKIA.hash: "the old one"}
    said = plain(report(ACCOUNT, done, [session(), NOKIA], account_name="Ada", viewer=OWNER, labels=labels))
    assert "1. \u2068Pixel 9\u2069: ended\n2. 🏷 \u2068the old one\u2069: ended" in said


def test_some_were_not_ended_and_it_is_said_which_and_why() -> None:
    results = [result(session(), Outcome.DONE), result(NOKIA, Outcome.FAILED, error="INTERNAL")]
    assert shown(report(ACCOUNT, results, [session(), NOKIA], account_name="Ada", viewer=OWNER)) == snapshot("""\
<b>1 of 2 sessions ended: </b><code>⟦Ada⟧</code>

1. <code>⟦Pixel 9⟧</code>: ended
2. <code>⟦Nokia⟧</code>: ⚠️ not ended

⚠️ Not ended, as far as is known: Telegram answered INTERNAL. Look with /sessions. You can do it yourself in Telegram: Settings → Devices.
[All sessions → l:1001]\
""")


def test_none_was_ended_for_the_guard_is_too_young() -> None:
    results = [result(s, Outcome.NOT_ALLOWED_YET) for s in (session(), NOKIA)]
    assert shown(report(ACCOUNT, results, [session(), NOKIA], account_name="Ada", viewer=OWNER)) == snapshot("""\
<b>0 of 2 sessions ended: </b><code>⟦Ada⟧</code>

1. <code>⟦Pixel 9⟧</code>: ⚠️ not ended yet
2. <code>⟦Nokia⟧</code>: ⚠️ not ended yet

⚠️ Not ended. Telegram lets no session younger than 24 hours end others, and Doorman's own is. You can do it yourself in Telegram: Settings → Devices.
[All sessions → l:1001]\
""")


@pytest.mark.parametrize("outcome", Outcome)
def test_nothing_but_an_end_is_counted_as_one(outcome: Outcome) -> None:
    said = plain(report(ACCOUNT, [result(session(), outcome)], [session()], account_name="Ada", viewer=OWNER))
    ended = outcome in {Outcome.DONE, Outcome.ALREADY_GONE}
    assert said.startswith("1 session ended" if ended else "0 of 1 session ended")
    assert ("not ended" in said) is not ended


def test_a_session_that_nothing_is_known_of_has_its_line() -> None:
    unknown = Result(hash="7", outcome=Outcome.FAILED, at=NOW, error="X")
    assert "1. A session: ⚠️ not ended" in plain(report(ACCOUNT, [unknown], [], account_name="Ada", viewer=OWNER))


def test_the_longest_report_fits_a_message() -> None:
    sessions = [s for s in crowd(AT_ONCE + 1).sessions if not s.current]
    outcomes = islice(cycle(Outcome), AT_ONCE)
    results = [result(s, outcome, error="X" * 40) for s, outcome in zip(sessions, outcomes, strict=True)]
    fits_telegram(report(LARGEST_ACCOUNT, results, sessions, account_name=LONGEST, viewer=OWNER))


def test_two_sessions_that_look_alike_are_two_lines() -> None:
    pair = [session("7"), session(MOST_NEGATIVE)]
    assert plain(question(ACCOUNT, pair, list_name=LIST, more=0, account_name="Ada")).count("Pixel 9") == 2
