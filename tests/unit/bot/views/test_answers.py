"""What came of a command, in words that leave no doubt whether it was done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views import answers
from bot.views.answers import (
    FROZEN,
    NOT_TOLD,
    NOTHING_ENDED,
    confirm_result,
    end_result,
    not_asked,
    not_carried,
    not_yet,
    trust_result,
)
from bot.views.status import why_unwatched
from core.contract.mishaps import GuardLoss
from core.contract.replies import NotCarried, Outcome, Result, Trouble
from core.contract.state import Condition, Pulse, WorkerStatus
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, session
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


def test_what_came_of_judging() -> None:
    assert {
        (outcome.name, trusted): trust_result(result(outcome), trusted=trusted)
        for outcome in (Outcome.DONE, Outcome.ALREADY_GONE, Outcome.NOT_PENDING, Outcome.NOT_DONE, Outcome.FAILED)
        for trusted in (True, False)
    } == snapshot(
        {
            ("DONE", True): "You trust this session now: 14 Mar 2026, 15:09 UTC.",
            ("DONE", False): "You trust this session no more: 14 Mar 2026, 15:09 UTC.",
            ("ALREADY_GONE", True): "This session is gone already.",
            ("ALREADY_GONE", False): "This session is gone already.",
            ("NOT_PENDING", True): "This session is trusted already.",
            ("NOT_PENDING", False): "This session is not trusted.",
            ("NOT_DONE", True): "⚠️ Not done: this session is not trusted. Press again.",
            ("NOT_DONE", False): "⚠️ Not done: this session is still trusted. Press again.",
            ("FAILED", True): "⚠️ Nothing was changed: Telegram answered SOMETHING_INVALID.",
            ("FAILED", False): "⚠️ Nothing was changed: Telegram answered SOMETHING_INVALID.",
        }
    )


def test_what_came_of_confirming() -> None:
    pending = session(unconfirmed=True)
    assert {
        outcome.name: confirm_result(replace(result(outcome), session=pending), viewer=OWNER) for outcome in Outcome
    } == snapshot(
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


def why_not(trouble: Trouble, undone: str = "", *, error: str = "X_Y", briefly: bool = False) -> str:
    return not_carried(NotCarried(trouble=trouble, seconds=30, error=error), at=NOW, undone=undone, briefly=briefly)


def test_why_a_look_failed() -> None:
    assert {trouble.name: why_not(trouble) for trouble in Trouble} == snapshot(
        {
            "FLOOD_WAIT": "⚠️ Telegram asks Doorman to wait until 14 Mar 2026, 15:10 UTC. Try again then.",
            "GUARD_LOST": "⚠️ Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            "UNREACHABLE": "⚠️ Doorman has no connection to Telegram's servers just now. Try again soon.",
            "INCOMPLETE": "⚠️ Telegram's list of sessions is incomplete just now. Try again soon.",
            "REFUSED": "⚠️ Telegram refused: X_Y.",
        }
    )


def test_why_no_login_was_confirmed() -> None:
    assert {trouble.name: why_not(trouble, NOT_TOLD) for trouble in Trouble} == snapshot(
        {
            "FLOOD_WAIT": "⚠️ Telegram was not told that it was you. Telegram asks Doorman to wait until 14 Mar 2026, 15:10 UTC. Try again then.",
            "GUARD_LOST": "⚠️ Telegram was not told that it was you. Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            "UNREACHABLE": "⚠️ Telegram was not told that it was you. Doorman has no connection to Telegram's servers just now. Try again soon.",
            "INCOMPLETE": "⚠️ Telegram was not told that it was you. Telegram's list of sessions is incomplete just now. Try again soon.",
            "REFUSED": "⚠️ Telegram was not told that it was you. Telegram refused: X_Y.",
        }
    )


def test_why_a_frozen_account_is_not_looked_at_and_nothing_of_it_ended() -> None:
    assert [why_not(Trouble.REFUSED, undone, error=FROZEN) for undone in ("", NOTHING_ENDED, NOT_TOLD)] == snapshot(
        [
            "⚠️ Telegram has frozen this account and refuses what Doorman asks. Open Telegram on your phone: it says why, and how to appeal.",
            "⚠️ Nothing was ended. Telegram has frozen this account and refuses what Doorman asks. Open Telegram on your phone: it says why, and how to appeal.",
            "⚠️ Telegram was not told that it was you. Telegram has frozen this account and refuses what Doorman asks. Open Telegram on your phone: it says why, and how to appeal.",
        ]
    )


def test_why_nothing_is_done_for_a_guard_that_is_gone_and_what_to_do_now() -> None:
    lost = GuardLoss.USER_DEACTIVATED_BAN
    assert [why_not(Trouble.GUARD_LOST, undone, error=lost) for undone in ("", NOTHING_ENDED)] == snapshot(
        [
            """\
⚠️ Telegram has banned the account.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""",
            """\
⚠️ Nothing was ended. Telegram has banned the account.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""",
        ]
    )
    assert why_not(Trouble.GUARD_LOST, error=lost, briefly=True) == snapshot(
        "⚠️ Telegram has banned the account. /status says what to do now."
    )


@pytest.mark.parametrize(("error", "said"), [("FLOOD_WAIT_77", "until 14 Mar 2026, 15:11 UTC"), (FROZEN, "frozen")])
def test_a_refusal_that_is_known_is_told_in_words(error: str, said: str) -> None:
    refused = replace(result(Outcome.FAILED), error=error)
    for line in (end_result(refused, viewer=OWNER), confirm_result(refused, viewer=OWNER)):
        assert said in line
        assert error not in line
        assert "as far as is known" not in line
    assert end_result(refused, viewer=OWNER).startswith("⚠️ Not ended.")


@pytest.mark.parametrize(
    ("seconds", "minute"), [(0, "15:10"), (34, "15:10"), (35, "15:11"), (60, "15:11"), (10**30, "")]
)
def test_a_wait_is_never_said_to_end_too_early(seconds: int, minute: str) -> None:
    said = not_carried(NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=seconds), at=NOW)
    assert minute in said


def test_a_guard_under_a_day_old_says_from_when_it_may_end_others_and_an_older_one_nothing() -> None:
    assert not_yet(guard_session(created_at=NOW - timedelta(hours=23)), now=NOW) == snapshot(
        "⚠️ Doorman may end sessions from 14 Mar 2026, 16:09 UTC: Telegram makes new sessions wait 24 hours. Until then, end what you don't know in Telegram → Settings → Devices."
    )
    assert not_yet(guard_session(created_at=NOW - timedelta(hours=24)), now=NOW) == ""
    assert not_yet(None, now=NOW) == ""


def ended_worker(condition: Condition, detail: str = "") -> WorkerStatus:
    return WorkerStatus(account=ACCOUNT, account_name="Ada", condition=condition, watching_since=NOW, detail=detail)


def test_why_nobody_was_asked() -> None:
    last_words = (
        ended_worker(Condition.STOPPED),
        ended_worker(Condition.GUARD_LOST),
        ended_worker(Condition.GUARD_LOST, "USER_DEACTIVATED_BAN"),
    )
    assert [not_asked(each, undone=undone) for each in last_words for undone in (NOTHING_ENDED, NOT_TOLD)] == snapshot(
        [
            "⚠️ Nothing was ended. The worker was stopped: new logins are not seen until it runs again. You can do it yourself in Telegram: Settings → Devices.",
            "⚠️ Telegram was not told that it was you. The worker was stopped: new logins are not seen until it runs again.",
            "⚠️ Nothing was ended. Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            "⚠️ Telegram was not told that it was you. Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            """\
⚠️ Nothing was ended. Telegram has banned the account.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""",
            """\
⚠️ Telegram was not told that it was you. Telegram has banned the account.
Now: write to recover@telegram.org to appeal. Once it is back, run `doorman login` where Doorman runs.\
""",
        ]
    )


def test_why_nothing_was_done() -> None:
    assert {trouble.name: why_not(trouble, NOTHING_ENDED) for trouble in Trouble} == snapshot(
        {
            "FLOOD_WAIT": "⚠️ Nothing was ended. Telegram asks Doorman to wait until 14 Mar 2026, 15:10 UTC. Try again then. You can do it yourself in Telegram: Settings → Devices.",
            "GUARD_LOST": "⚠️ Nothing was ended. Doorman's own session is gone. Run `doorman login` where Doorman runs.",
            "UNREACHABLE": "⚠️ Nothing was ended. Doorman has no connection to Telegram's servers just now. Try again soon. You can do it yourself in Telegram: Settings → Devices.",
            "INCOMPLETE": "⚠️ Nothing was ended. Telegram's list of sessions is incomplete just now. Try again soon. You can do it yourself in Telegram: Settings → Devices.",
            "REFUSED": "⚠️ Nothing was ended. Telegram refused: X_Y. You can do it yourself in Telegram: Settings → Devices.",
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
            "Doorman's worker did not answer just now. Try again in a minute; if it goes on, /status says since when.",
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
    notices += [why_unwatched(pulse, briefly=True) for pulse in (silent, *ended)]
    notices += [why_not(t, error=error, briefly=True) for t in Trouble for error in ("X" * 40, FROZEN, *GuardLoss)]
    assert all(0 < utf16_units(notice) <= NOTICE_MOST for notice in notices)
