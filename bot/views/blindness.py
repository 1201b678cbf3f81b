"""That Doorman does not see, why, and that it sees again."""

from __future__ import annotations

from aiogram.utils.formatting import Bold, Text

from bot.views.buttons.keyboards import settled_keyboard
from bot.views.screen import Screen
from bot.views.status import REDIS_FULL, condition_of, detail_of
from bot.views.wording import moment, named
from core.contract.state import Condition, Pulse

BLIND = "⚠️ Doorman is blind: "
UNTIL_THEN = "\n\nUntil Doorman sees again you may not be told of new logins; that it does is told here."


def blind(pulse: Pulse | None, *, account_name: str, redis_is_full: bool) -> Screen:
    """Nobody watches this account; None is a worker that never reported."""
    if redis_is_full:
        why = REDIS_FULL
    elif pulse is None:
        why = (
            "Nobody has reported of it. Check that `userclient` runs; if its log says that it waits for a login, its "
            "session was lost with Redis's data: run `doorman login` where Doorman runs."
        )
    elif pulse.status.condition is Condition.WATCHING or (pulse.is_silent and not pulse.has_ended):
        why = f"The worker is silent since {moment(pulse.beat_at)}. Check that `userclient` runs, and its log."
    else:
        why = condition_of(pulse.status)
        why += f"\n{detail_of(pulse.status)}" if pulse.status.detail else ""
        why += f"\nUntil {moment(pulse.status.until)}" if pulse.status.until else ""
    why = why.removeprefix("⚠️ ")  # the heading has it
    return Screen(text=Text(Bold(BLIND), named(account_name), "\n\n", why, UNTIL_THEN))


def sees_again(account: int, *, account_name: str) -> Screen:
    """The worker is back."""
    text = Text(
        Bold("✅ Doorman watches again: "), named(account_name), "\n\nWhat happened meanwhile is told here as well."
    )
    return Screen(text=text, keyboard=settled_keyboard(account))


def redis_gone() -> Screen:
    """Bot and worker can't speak to each other."""
    text = Text(
        Bold(BLIND),
        "its Redis can't be reached",
        "\n\nCheck that it runs, and REDIS_URL.",
        UNTIL_THEN,
    )
    return Screen(text=text)


def redis_back() -> Screen:
    """They can again."""
    text = Text(Bold("✅ Doorman's Redis is back."), "\n\nWhat happened meanwhile is told here as well.")
    return Screen(text=text)


def rival() -> Screen:
    """Another program takes this bot's updates."""
    text = Text(
        Bold("⚠️ Another program uses this bot's token"),
        "\n\nIt may get your presses in Doorman's place. If no second Doorman of yours is running, somebody else has "
        "the token: send /revoke to @BotFather and give Doorman the new one as BOT_TOKEN.",
    )
    return Screen(text=text)


def rival_gone() -> Screen:
    """The token is ours alone again."""
    return Screen(text=Text(Bold("✅ No other program uses this bot's token any more.")))
