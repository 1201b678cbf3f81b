"""What Doorman does by itself, and what the owners have set: a rule that would end, a setting that is another."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text, as_list

from bot.views.buttons.keyboards import rule_keyboard, settled_keyboard
from bot.views.card import particulars
from bot.views.deeds.preferring import FIELDS
from bot.views.doers import ANOTHER, did_that
from bot.views.screen import Screen
from bot.views.whys import RULES
from bot.views.wording import moment, named
from core.contract.account_events import PreferencesChanged
from core.contract.session_events import RuleWouldEnd
from core.domain.automation import CAP


def rule_would_end(event: RuleWouldEnd, *, account_name: str) -> Screen:
    """A dry run says what it would do; a rule that is on and could not, or may not yet, why."""
    why = RULES[event.rule]
    if event.error:
        head, said = (
            "⚠️ Doorman could not end a session by itself: ",
            f"It was due because {why}, but Telegram answered: ",
        )
        rest = Text(said, named(event.error), ". Doorman goes on trying; you can end it now.")
    elif event.not_before:
        head = "⚠️ Not ended: "
        rest = Text(
            f"It is due because {why}, but {CAP} were ended within the hour, the most that rules may; "
            f"from {moment(event.not_before)} on Doorman ends it by itself. You can end it now."
        )
    else:
        head = "Dry run: Doorman would end this session now: "
        rest = Text(f"Because {why}. Nothing was done: that rule only says what it would do.")
    text = Text(Bold(head), named(account_name), "\n\n", particulars(event.session), rest)
    return Screen(text=text, keyboard=rule_keyboard(event.account, event.session.hash))


def preferences_changed(event: PreferencesChanged, *, account_name: str, doer: str = ANOTHER) -> Screen:
    """For those who did not do it."""
    lines = [
        Text(f"{title}: ", show(event.preferences)) for name, (title, show) in FIELDS.items() if name in event.fields
    ]
    text = Text(
        Bold("⚠️ Doorman's settings were changed: "),
        named(account_name),
        "\n\n",
        as_list(*lines) if lines else "",
        f"\n\n{did_that(doer, event.at)}",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))
