"""The websites that an account is logged in to by Telegram: the list in pages, and the questions before logging out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text

from bot.views.buttons.basics import button, keyboard, minutes_of
from bot.views.buttons.checkup import (
    AskWebsite,
    AskWebsites,
    ConfirmWebsite,
    ConfirmWebsites,
    ShowCheckup,
    ShowWebsites,
)
from bot.views.checkup import as_of
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, IP, ISOLATE, ago, cleaned, moment, named
from core.domain.account_state import Website

PER_PAGE = 5  # five of the longest entries stay well below 4096 characters
LABEL_MOST = 28
#: What a question lists by name; of more, their number is told.
NAMED_MOST = 15
TELEGRAM_SILENT = "Telegram does not tell them to Doorman. In Telegram: Settings → Privacy and Security."
WEBSITE_GONE = "This website is not logged in any more."


def websites_page(
    account: int,
    websites: tuple[Website, ...] | None,
    *,
    account_name: str,
    taken_at: datetime,
    page: int,
    now: datetime,
    why: str = "",
) -> Screen:
    """One page of them, last used first; None is what Telegram did not tell. `why` they could not be fetched anew."""
    ordered = in_order(websites or ())
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = min(max(page, 0), pages - 1)
    shown = list(enumerate(ordered[page * PER_PAGE :][:PER_PAGE], start=page * PER_PAGE + 1))
    text = Text(
        Bold(f"{_count(len(ordered))} of " if ordered else "Websites of "),
        named(account_name),
        as_of(taken_at, why),
        "\nLogged in to with Telegram." if ordered else "",
        f"\n\n{TELEGRAM_SILENT}" if websites is None else "",
        "\n\nNo website is logged in." if websites == () else "",
        *[_entry(number, website, now=now) for number, website in shown],
    )
    rows = [[button(_label(n, website), AskWebsite(account=account, hash=website.hash))] for n, website in shown]
    all_ = [button("🚫 Log out all", AskWebsites(account=account))] if len(ordered) > 1 else []
    return Screen(text=text, keyboard=keyboard(*rows, all_, _turning(account, page, pages)))


def website_question(
    account: int, website: Website, *, account_name: str, now: datetime, again: bool = False
) -> Screen:
    """Log this one out? `again` is whether it was asked before, too long ago."""
    text = Text(
        _asked_again(again),
        Bold("Log this website out? "),
        named(account_name),
        "\n",
        _entry(None, website, now=now),
        "\n\nThe login that it has from Telegram ends. Its bot is not blocked by that: do so in its chat.",
    )
    confirm = ConfirmWebsite(account=account, hash=website.hash, asked=minutes_of(now))
    return Screen(text=text, keyboard=keyboard([button("Yes, log it out", confirm)], [_no(account)]))


def websites_question(
    account: int, websites: Sequence[Website], *, account_name: str, now: datetime, again: bool = False
) -> Screen:
    """Log all of them out?"""
    more = len(websites) - NAMED_MOST
    text = Text(
        _asked_again(again),
        Bold(f"Log out {_count(len(websites))}? "),
        named(account_name),
        "\n",
        *[Text("\n", named(website.domain)) for website in in_order(websites)[:NAMED_MOST]],
        f"\nand {more} more" if more > 0 else "",
        "\n\nThis takes whatever is logged in by then, and can't be undone.",
    )
    confirm = ConfirmWebsites(account=account, asked=minutes_of(now))
    return Screen(text=text, keyboard=keyboard([button("Yes, log all out", confirm)], [_no(account)]))


def in_order(websites: Sequence[Website]) -> list[Website]:
    """Last used first; ties by hash, so that pages never shuffle."""
    return sorted(websites, key=lambda website: (-website.active_at.timestamp(), website.hash))


def _asked_again(again: bool) -> str:
    return "That question was too old, so here it is again.\n\n" if again else ""


def _entry(number: int | None, website: Website, *, now: datetime) -> Text:
    return Text(
        f"\n\n{number}. " if number else "\n",
        named(website.domain, unknown="Unknown website"),
        " · bot ",
        named(website.bot),
        "\n    ",
        named(website.browser, unknown="unknown browser"),
        " · ",
        named(website.platform, unknown="unknown system"),
        "\n    ",
        _where(website),
        f"\n    Logged in: {moment(website.created_at)}",
        f"\n    Last active: {moment(website.active_at)} ({ago(website.active_at, now=now)})",
    )


def _where(website: Website) -> Text:
    """Its place and its IP, as far as they are known."""
    if not cleaned(website.ip):
        return named(website.region, unknown="unknown place")
    ip = Code(website.ip) if IP.fullmatch(website.ip) else named(website.ip)
    return Text(named(website.region), " · ", ip) if cleaned(website.region) else Text(ip)


def _label(number: int, website: Website) -> str:
    name = cleaned(website.domain, most=LABEL_MOST) or "Unknown website"
    return f"🚫 {number} · {ISOLATE}{name}{END_ISOLATE}"


def _no(account: int) -> InlineKeyboardButton:
    return button("No, leave it", ShowWebsites(account=account))


def _turning(account: int, page: int, pages: int) -> list[InlineKeyboardButton]:
    row = [button("🔄 Refresh", ShowWebsites(account=account, page=page))]
    if page > 0:
        row.insert(0, button(f"◀ {page}/{pages}", ShowWebsites(account=account, page=page - 1)))
    if page < pages - 1:
        row.append(button(f"{page + 2}/{pages} ▶", ShowWebsites(account=account, page=page + 1)))
    return [*row, button("Checkup", ShowCheckup(account=account))]


def _count(number: int) -> str:
    return f"{number} connected {'website' if number == 1 else 'websites'}"
