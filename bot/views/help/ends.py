"""Why sessions end: each reason, with what to do."""

from __future__ import annotations

from bot.views.help.page import Page

PAGE = Page(
    name="ends",
    title="Why sessions end",
    parts=(
        (
            "Ended here",
            ("An owner pressed End, or an automatic rule did. Nothing to do.",),
        ),
        (
            "Logged out, or ended from another device",
            (
                (
                    "Telegram doesn't tell which. If it was not you: look through /sessions, end what you don't "
                    "know, then change the 2FA password."
                ),
            ),
        ),
        (
            "All others at once",
            (
                (
                    "“Terminate all other sessions” in a Telegram app ends all but that app's, Doorman's too. If "
                    "it was not you, whoever chose it is still inside: see “If a session drops”."
                ),
            ),
        ),
        (
            "It ran out",
            (
                (
                    "Unused for longer than the account allows. Log in again; a longer time is set by /ttl, or in "
                    "Telegram → Settings → Devices."
                ),
            ),
        ),
        (
            "The 2FA password never came",
            ("Nobody got in, but somebody had a login code. Keep 2FA on.",),
        ),
        (
            "One key in two places",
            (
                (
                    "Telegram destroys a key that is used from two addresses at once. Either one session runs in "
                    "two programs, or it was copied: then change the 2FA password, and look after that device."
                ),
            ),
        ),
        (
            "The account was banned or deleted",
            ("All sessions are gone. Write to recover@telegram.org.",),
        ),
        (
            "What ends nothing",
            (("Removing an app without logging out: its session stays listed until it runs out. End it here."),),
        ),
    ),
)
