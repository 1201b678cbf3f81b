"""What it means to have several sessions at once."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="several",
    title="Several sessions at once",
    parts=(
        (
            "",
            ("Usual: a phone, a computer, a browser. Each has a key of its own and all cloud chats.",),
        ),
        (
            "One device, several rows",
            (
                (
                    "Two apps on it are two sessions. One that was removed and logged in anew is, too; the older "
                    "can be ended."
                ),
            ),
        ),
        (
            "Ending one",
            ("Leaves the others alone. Its secret chats are lost for good, all other chats are not.",),
        ),
        (
            "Ending all others",
            (
                (
                    "In a Telegram app this leaves that app alone, and ends Doorman's session as well. “End all "
                    "others” here leaves Doorman's alone: you log in anew everywhere."
                ),
            ),
        ),
        (
            "Who may end whom",
            ("Any session that is older than 24 hours can end any other.",),
        ),
        (
            "Several accounts",
            ("Doorman watches each by itself, and names it in lists and alerts. /accounts shows them.",),
        ),
    ),
)
