"""What the one-time codes are for."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="codes",
    title="One-time codes",
    parts=(
        (
            "What for",
            (
                (
                    "Whoever broke into a watched account that is an owner sees this chat, too. What they would "
                    "want done here asks for a code that they don't have."
                ),
            ),
        ),
        (
            "When",
            (
                (
                    "If the watched account itself is an owner: ending an old or trusted session, ending all "
                    "others, trusting or confirming one, and changing settings. Looking is free, and so is ending "
                    "a new login."
                ),
            ),
        ),
        (
            "How",
            (
                (
                    "`doorman enroll`, where Doorman runs, makes the codes for an authenticator app. Asked for "
                    "one, answer that message with it; /cancel drops what waits for it."
                ),
            ),
        ),
        (
            "Not Telegram's",
            ("These are not login codes. Never send one of those into a chat.",),
        ),
    ),
)
