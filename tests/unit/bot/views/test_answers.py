"""What came of a command, in words that leave no doubt whether it was done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views import answers
from bot.views.answers import confirm_result, end_result, not_carried
from bot.views.status import why_unwatched
from core.contract.commands import NotCarried, Outcome, Result, Trouble
from core.contract.state import Condition, Pulse, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.screens import NOTICE_MOST, utf16_units


def result(outcome: Outcome) -> Result:
    ended_by = OWNER if outcome is Outcome.DONE else None
    return Result(hash="7", outcome=outcome, at=NOW, error="SOMETHING_INVALID", ended_by=ended_by)


def test_what_came_of_ending() -> None:
    assert {outcome.name: end_result(result(outcome), viewer=OWNER) for outcome in Outcome} == snapshot(
        {
            "DONE": "Ended by you: 14 Mar 2026, 15:09 UTC.",
            "ALREADY_GONE": "It is gone already: there was nothing left to end.",
            "NOT_ALLOWED_YET": "⚠️ Not ended. Telegram lets no session younger than 24 hours end others, and Doorman's own is. You can do it yourself in Telegram: Settings → Devices.",
            "IS_GUARD": "This is Doorman's own session; it is not ended by a button.",
            "NOT_PENDING": "⚠️ Not ended, as far as is known: Telegram answered SOMETHING_INVALID. Look with /sessions. You can do it yourself in Telegram: Settings → Devices.",
            "NOT_DONE": "⚠️ Not ended: Doorman could not get to it, and Telegram lists it still. Press again, or do it yourself in Telegram: Settings → Devices.",
            "FAILED": "⚠️ Not ended, as far as is known: Telegram answered SOMETHING_INVALID. Look with /sessions. You can do it yourself in Telegram: Settings → Devices.",
        }
    )


def test_from_when_ending_is_allowed() -> None:
    young = Result(hash="7", outcome=Outcome.NOT_ALLOWED_YET, at=NOW, allowed_from=NOW + timedelta(hours=5))
    assert end_result(young, viewer=OWNER) == snapshot(
        "⚠️ Not ended. Telegram lets no session younger than 24 hours end others, and Doorman's own is. It may from 14 Mar 2026, 20:09 UTC. You can do it yourself in Telegram: Settings → Devices."
    )


def test_a_session_ended_at_an_earlier_press_is_said_to_be_ended_by_whoever_pressed() -> None:
    gone = Result(hash="7", outcome=Outcome.ALREADY_GONE, at=NOW, ended_by=OWNER)
    assert end_result(gone, viewer=OWNER) == "Ended by you: 14 Mar 2026, 15:09 UTC."
    assert end_result(gone, viewer=OWNER + 1) == "Ended by another owner: 14 Mar 2026, 15:09 UTC."


def test_what_came_of_confirming() -> None:
    assert {outcome.name: confirm_result(result(outcome), viewer=OWNER) for outcome in Outcome} == snapshot(
        {
            "DONE": "You said that it was you: 14 Mar 2026, 15:09 UTC. Telegram was told.",
            "ALREADY_GONE": "This session is gone already.",
            "NOT_ALLOWED_YET": "⚠️ Telegram could not be told: it answered SOMETHING_INVALID. Try again later.",
            "IS_GUARD": "⚠️ Telegram could not be told: it answered SOMETHING_INVALID. Try again later.",
            "NOT_PENDING": "You said that it was you: 14 Mar 2026, 15:09 UTC.",
            "NOT_DONE": "⚠️ Telegram was not told: Doorman could not get to it. Press again.",
            "FAILED": "⚠️ Telegram could not be told: it answered SOMETHING_INVALID. Try again later.",
        }
    )


def test_why_nothing_was_done() -> None:
    said = {trouble.name: not_carried(NotCarried(trouble=trouble, seconds=30, error="X_Y")) for trouble in Trouble}
    assert said == snapshot(
        {
            "FLOOD_WAIT": "⚠️ Telegram asks Doorman to wait 30 s before the next request. Try again then.",
            "GUARD_LOST": "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            "UNREACHABLE": "⚠️ Doorman has no connection to Telegram's servers just now. Nothing was done; try again soon.",
            "INCOMPLETE": "⚠️ Telegram's list of sessions is incomplete just now. Nothing was done; try again soon.",
            "REFUSED": "⚠️ Telegram refused: X_Y. Nothing was done.",
        }
    )


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.IS_GUARD, Outcome.NOT_ALLOWED_YET, Outcome.NOT_DONE])
def test_nothing_that_failed_sounds_like_done(outcome: Outcome) -> None:
    for said in (end_result(result(outcome), viewer=OWNER), confirm_result(result(outcome), viewer=OWNER)):
        assert "Ended by you" not in said
        assert "Telegram was told" not in said


def test_words_that_are_the_same_whoever_reads_them() -> None:
    said = [answers.NO_REPLY, answers.NEVER_FOUND_OUT, answers.NO_REPLY_TO_LOOK, answers.REDIS_AWAY, answers.FAILED]
    assert said == snapshot(
        [
            "⚠️ Doorman's worker did not answer in time. Whether it was done is not known yet: Doorman finds out and tells you here. It will not be done later.",
            "⚠️ For a day Doorman could not find out what came of your press. Look in Telegram: Settings → Devices.",
            "Doorman's worker does not answer; /status says since when.",
            "⚠️ Doorman can't reach its Redis just now, so it can't ask its worker. Try again in a minute.",
            "⚠️ That failed because of a fault in Doorman; its log says which. Nothing more will be done.",
        ]
    )


def test_every_passing_notice_fits_the_little_room_there_is_for_one() -> None:
    silent, *ended = [
        Pulse(
            status=WorkerStatus(account=ACCOUNT, account_name="Ada", condition=condition, watching_since=NOW),
            beat_at=NOW - timedelta(days=1),
            felt_at=NOW,
        )
        for condition in Condition
    ]
    notices = [answers.CONFIRM_HINT, answers.KEPT, answers.STALE, answers.OLD_QUESTION, answers.NO_REPLY_TO_LOOK]
    notices += [why_unwatched(pulse) for pulse in (silent, *ended)]
    notices += [not_carried(NotCarried(trouble=t, seconds=10**6, error="X" * 40)) for t in Trouble]
    assert all(0 < utf16_units(notice) <= NOTICE_MOST for notice in notices)
