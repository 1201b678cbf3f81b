"""What to do if a session drops."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="dropped",
    title="If a session drops",
    parts=(
        (
            "Was it you?",
            (
                (
                    "Then there is nothing to do. Doorman's message says why it ended, as far as Telegram lets "
                    "that be known."
                ),
            ),
        ),
        (
            "If not",
            (
                "1. /sessions: end what you don't know.",
                (
                    "2. Telegram → Settings → Privacy and Security → Two-Step Verification: set a new password, "
                    "and check the recovery e-mail."
                ),
                "3. Look at the device that it was on: who had it, and what runs there?",
            ),
        ),
        (
            "You are logged out everywhere",
            (
                (
                    "Log in on your phone, and set a new 2FA password at once. For 24 hours Telegram doesn't let the "
                    "new session end others. Doorman can, if its own is still there and older than that."
                ),
            ),
        ),
        (
            "What is lost",
            ("Secret chats of that device. Everything else is in Telegram's cloud.",),
        ),
        (
            "Doorman's own session dropped",
            (
                (
                    "It says so at once, with what to do. Until it is logged in again with `doorman login`, new "
                    "logins are not told."
                ),
            ),
        ),
        (
            "A login code",
            ("Give it to nobody, and send it into no chat. One that you did not ask for: /killcodes.",),
        ),
    ),
)
