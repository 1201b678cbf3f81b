"""A card once more after it was pressed: as the worker says that it stands, with what came of the press."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.views.buttons.sessions import Origin
from bot.views.outcomes import outcome_screen
from bot.views.screen import Screen
from core.contract.commands import Command, EndSession, LabelSession, SetAccepted, SetTtl, TrustSession
from core.contract.replies import Outcome, Result
from core.contract.state import Snapshot
from core.domain.awaited import Wanted
from core.domain.labels import Former, Label, Labels
from core.domain.standing import Standings, Trust
from tests.deeds import pressed
from tests.domain_values import NOW, OWNER, roster, session
from tests.screens import data_of, plain

SESSION = session()
NAMED = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
TRUSTED = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))
KNOWN = Snapshot(roster=roster(SESSION), labels=NAMED)
NAME = LabelSession(hash="7", label="my phone")


def after(
    command: Command, known: Snapshot | None = KNOWN, *, origin: Origin = Origin.CARD, outcome: Outcome = Outcome.DONE
) -> Screen | None:
    ended_by = OWNER if isinstance(command, EndSession) else None
    session_wide = "" if isinstance(command, SetTtl) else "7"
    result = Result(hash=session_wide, outcome=outcome, at=NOW, session=SESSION, ended_by=ended_by)
    return outcome_screen(pressed(command, SESSION, origin=origin), [result], account_name="Ada", snapshot=known)


def said(screen: Screen | None) -> str:
    assert screen
    return plain(screen)


def test_a_named_session_shows_its_name_and_is_offered_trust() -> None:
    screen = after(NAME)
    assert "🏷 \u2068my phone\u2069" in said(screen)
    assert said(screen).endswith(
        "It has that name now: 14 Mar 2026, 15:09 UTC. If this session is yours and is to stay, trust it too."
    )
    assert screen
    assert "t:1001:7:1" in data_of(screen)


def test_one_that_is_trusted_already_is_not() -> None:
    screen = after(NAME, replace(KNOWN, standings=TRUSTED), origin=Origin.TRUSTED_CARD)
    assert "trust it too" not in said(screen)
    assert "Trusted by you" in said(screen)


def test_a_name_that_was_taken_away_is_shown_no_more() -> None:
    screen = after(LabelSession(hash="7", label=""), replace(KNOWN, labels=Labels()))
    assert "🏷" not in said(screen)
    assert "It has no name of yours any more" in said(screen)


def test_a_review_goes_on_after_a_name_a_trust_and_an_end() -> None:
    for command in (NAME, TrustSession(hash="7"), EndSession(hash="7")):
        screen = after(command, origin=Origin.REVIEW)
        assert screen
        assert "rn:1001:7" in data_of(screen)


def test_what_a_session_accepts_is_shown_as_it_is_now() -> None:
    screen = after(SetAccepted(hash="7", calls=True, secret_chats=True))
    assert said(screen).endswith("It now accepts calls and secret chats: 14 Mar 2026, 15:09 UTC.")
    assert "Ends by itself on" in said(screen)


def test_trusting_and_ending_keep_the_name_in_sight() -> None:
    assert "my phone" in said(after(TrustSession(hash="7")))
    gone = Labels(former=(Former(session=SESSION, text="my phone"),))
    assert "my phone" in said(after(EndSession(hash="7"), replace(KNOWN, labels=gone)))


def test_a_trusted_card_says_as_well_that_it_is_still_to_be_ended() -> None:
    wanted = Wanted(hash="7", by=OWNER, asked_at=NOW, allowed_from=NOW + timedelta(hours=9))
    screen = after(TrustSession(hash="7"), replace(KNOWN, standings=replace(TRUSTED, wanted=(wanted,))))
    assert "Trusted by you" in said(screen)
    assert "⏳ To be ended on" in said(screen)


def test_a_new_limit_is_on_the_page_at_once() -> None:
    used = replace(KNOWN, roster=roster(session(active_at=NOW - timedelta(days=5)), ttl_days=180))
    page = said(after(SetTtl(days=30), used))
    assert "They end after 30 days." in page
    assert "in 25 days" in page
    assert page.endswith("Unused sessions end after 30 days now: 14 Mar 2026, 15:09 UTC.")


CHANGES = [NAME, SetAccepted(hash="7", calls=True, secret_chats=True), SetTtl(days=30)]


@pytest.mark.parametrize("command", CHANGES)
def test_where_nothing_is_known_a_line_must_do(command: Command) -> None:
    assert after(command, None) is None
    assert after(command, outcome=Outcome.FAILED) is None


@pytest.mark.parametrize("command", CHANGES[:2])
def test_an_alert_stays_an_alert(command: Command) -> None:
    assert after(command, origin=Origin.ALERT) is None
