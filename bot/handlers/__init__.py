"""What the owner sends and presses: parse, one call, render, send."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import codes, ending, ending_all, failing, looking, trusting, words


def routers(owners: frozenset[int]) -> list[Router]:
    """All routers, in the order in which they are tried."""
    return [
        failing.router(),
        codes.router(),
        words.router(owners),
        looking.router(),
        ending.router(),
        ending_all.router(),
        trusting.router(),
        words.anything_else(),
        looking.anything_else(),
    ]
