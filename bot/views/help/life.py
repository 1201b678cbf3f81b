"""A session's life, from the login to its end."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="life",
    title="Its life",
    parts=(
        (
            "1. Incomplete",
            ("The login code was entered, the 2FA password not yet. It has no access to messages.",),
        ),
        (
            "2. Unconfirmed",
            (
                (
                    "It is logged in, and Telegram asks your other devices whether it was you. Yes confirms it, "
                    "No ends it. Without an answer Telegram confirms it by itself, as a rule after a week."
                ),
            ),
        ),
        (
            "3. Active",
            (
                (
                    "It is used. In its first 24 hours Telegram doesn't let it end other sessions: a thief who "
                    "has just come in can't throw you out, and you can throw out the thief."
                ),
            ),
        ),
        (
            "4. Inactive",
            ("Not used for a week, as Doorman counts. It still works, and comes back the moment it is used.",),
        ),
        (
            "5. Ended",
            (
                (
                    "Logged out, ended from another device, or unused for longer than the account allows (/ttl). "
                    "An ended session never comes back; logging in makes a new one."
                ),
            ),
        ),
    ),
)
