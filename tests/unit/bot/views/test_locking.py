"""What came of a press on the lock: its own page says it, and nothing beside that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.press import Press
from bot.views.buttons.sessions import Origin
from bot.views.locking import LOCK_FIELDS, lock_page
from bot.views.outcomes import outcome_screen
from core.contract.commands import Prefer
from core.contract.replies import Outcome, Result
from core.domain.preferences import Preferences
from tests.domain_values import ACCOUNT, NOW, OWNER
from tests.screens import plain, shown


def pressed(preferences: Preferences) -> Press:
    command = Prefer(fields=LOCK_FIELDS, preferences=preferences)
    return Press.of(command, account=ACCOUNT, owner=OWNER, message_id=9, origin=Origin.LIST)


@pytest.mark.parametrize(
    "wanted",
    [
        Preferences(is_locked=True),
        Preferences(is_locked=True, lock_until=NOW + timedelta(hours=8)),
        Preferences(is_locked=False),
    ],
    ids=["on", "for some hours", "off"],
)
def test_the_page_says_how_it_stands_now(wanted: Preferences) -> None:
    done = Result(hash="", outcome=Outcome.DONE, at=NOW)
    screen = outcome_screen(pressed(wanted), [done], account_name="Ada")
    assert screen
    assert shown(screen) == shown(lock_page(ACCOUNT, wanted, account_name="Ada", now=NOW))
    assert "settings were changed" not in plain(screen)


def test_what_was_not_done_is_told_in_a_line() -> None:
    failed = Result(hash="", outcome=Outcome.FAILED, at=NOW, error="INTERNAL")
    assert outcome_screen(pressed(Preferences(is_locked=True)), [failed], account_name="Ada") is None
