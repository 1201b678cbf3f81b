"""What a session is."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="session",
    title="What a session is",
    parts=(
        (
            "",
            (
                (
                    "A session is one app on one device that is logged in to your account. In Telegram it is a "
                    "row of Settings → Devices."
                ),
            ),
        ),
        (
            "The key",
            (
                (
                    "When an app logs in, it and Telegram agree on a secret: the auth key. The login code and the "
                    "2FA password are asked for once; after that the key is enough. Whoever holds it is that "
                    "device, wherever they are."
                ),
            ),
        ),
        (
            "What it can do",
            (
                (
                    "It reads and writes what you can: all cloud chats, contacts, settings. Secret chats are the "
                    "exception: they are only on the device where they were begun."
                ),
            ),
        ),
        (
            "Doorman's own",
            (
                (
                    "“Doorman (session guard)” is a session, too. It asks Telegram for the sessions and the "
                    "account's security settings, and notices that a login code came. It fetches no "
                    "chat but Telegram's own, and its key is kept encrypted."
                ),
            ),
        ),
    ),
)
