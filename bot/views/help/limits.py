"""What Doorman can't see."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="limits",
    title="What Doorman can't see",
    parts=(
        (
            "",
            ("Telegram tells one session about another only what is listed in Devices. So Doorman does not know:",),
        ),
        (
            "What a session does",
            ("What it reads, sends, searches or copies.",),
        ),
        (
            "Who it is",
            ("Who holds the device, what it really is, and where: names are the app's own, places are estimates.",),
        ),
        (
            "A copied key at rest",
            (
                (
                    "Whoever copied a key is the same row in the list. Doorman notices when device, app or place "
                    "change; not before the key is used."
                ),
            ),
        ),
        (
            "Tries that failed",
            (
                (
                    "Before the code is entered there is no session. Doorman tells you that a login code came, "
                    "never the code; of one that came within a day while it was cut off, once it is back. It hears of "
                    "those that Telegram sends into the chat with you, not by SMS, call or e-mail."
                ),
            ),
        ),
        (
            "The moment between two looks",
            (
                (
                    "A login is told by Telegram at once, and the list is fetched every half a minute or so. What "
                    "came and went while Doorman was cut off may never have been seen."
                ),
            ),
        ),
        (
            "When it is blind",
            ("Without its own session, its worker or its Redis it sees nothing, and says so.",),
        ),
    ),
)
