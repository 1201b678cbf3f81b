"""What the owner sends and presses: parse, one call, render, send."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import (
    accepting,
    accounts,
    alerted,
    awaiting,
    checkup,
    codes,
    connections,
    digest,
    ending,
    ending_all,
    expecting,
    exporting,
    failing,
    history,
    lifetime,
    locking,
    looking,
    naming,
    preferences,
    reviewing,
    timeline,
    together,
    trusting,
    websites,
    words,
)


def routers(owners: frozenset[int]) -> list[Router]:
    """All routers, in the order in which they are tried."""
    return [
        failing.router(),
        codes.router(),
        words.router(owners),
        looking.router(),
        accounts.router(),
        history.router(),
        exporting.router(),
        timeline.router(),
        ending.router(),
        ending_all.router(),
        awaiting.router(),
        trusting.router(),
        alerted.router(),
        together.router(),
        naming.router(),
        accepting.router(),
        lifetime.router(),
        reviewing.router(),
        checkup.router(),
        websites.router(),
        connections.router(),
        locking.router(),
        preferences.router(),
        expecting.router(),
        digest.router(),
        words.anything_else(),
        looking.anything_else(),
    ]
