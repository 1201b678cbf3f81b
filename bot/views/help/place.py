"""How a session's IP and region affect it."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="place",
    title="IP and region",
    parts=(
        (
            "Where they come from",
            (
                (
                    "Telegram sees the address that an app connects from, and estimates country and region from "
                    "it. It is no GPS: a mobile network, a VPN or a company's network can show another city or "
                    "country."
                ),
            ),
        ),
        (
            "A new IP",
            (
                (
                    "Is nothing by itself: a phone changes it between Wi-Fi and mobile network all day, and the "
                    "session goes on."
                ),
            ),
        ),
        (
            "A new country",
            (
                (
                    "Is a journey, a VPN, or somebody else. Doorman says so where the account was never there "
                    "before, and where no traveller is that fast."
                ),
            ),
        ),
        (
            "Two addresses at once",
            (
                (
                    "One key used from two addresses at the same time is destroyed by Telegram. So never run one "
                    "session in two programs."
                ),
            ),
        ),
        (
            "What to do",
            (
                (
                    "Do you know the move? Nothing. If not, end the session: if it was yours after all, you only "
                    "have to log in again."
                ),
            ),
        ),
    ),
)
