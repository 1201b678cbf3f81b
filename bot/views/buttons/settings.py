"""The data of the buttons on Doorman's own settings, and of those that choose an account."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from bot.views.buttons.basics import Account
from core.domain.automation import Rule


class Topic(StrEnum):
    """What of Doorman's own settings a page is about."""

    ALL = "a"
    QUIET = "q"
    WEEKLY = "w"
    UNANSWERED = "u"
    COUNTRIES = "c"
    IDLE = "i"
    ADDING = "d"
    TRAVEL = "t"


class ShowSettings(CallbackData, prefix="ss"):
    """Show that page of the settings, in this message's place."""

    account: Account
    topic: Topic


class AskSwitchOn(CallbackData, prefix="sa"):
    """Say what a rule would end now, and ask whether to switch it on."""

    account: Account
    rule: Rule


class Choose(CallbackData, prefix="sc"):
    """Set what the page is about to this value."""

    account: Account
    topic: Topic
    value: Annotated[str, Field(max_length=10)]


class ChooseAccount(CallbackData, prefix="pa"):
    """Let commands be about this account; about all of them where it is 0."""

    account: Annotated[int, Field(ge=0, le=2**52)]
