"""What Telegram tells of a session, and what each of it is worth."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="contents",
    title="What it holds",
    parts=(
        (
            "The auth key",
            ("The secret itself. Telegram shows it to nobody, and Doorman has no other session's.",),
        ),
        (
            "Device, system, app",
            ("What the app says of itself. A program can call itself “iPhone 17”: a name proves nothing.",),
        ),
        (
            "IP",
            ("The last one that Telegram saw it at, not the one that it logged in from.",),
        ),
        (
            "Place",
            ("Telegram's estimate from that IP. A wrong city is usual; behind a VPN, so is a wrong country.",),
        ),
        (
            "Official or not",
            (
                (
                    "Whose app id it uses. Not official: another app or a script, perhaps one of yours. Official "
                    "is no proof: anybody can use such an id."
                ),
            ),
        ),
        (
            "Times",
            ("When it logged in, and when it was last active; Telegram notes the latter with some delay.",),
        ),
        (
            "Its settings",
            ("Whether it takes calls and secret chats.",),
        ),
    ),
)
