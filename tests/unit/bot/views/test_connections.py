"""Websites, bots, passkeys and the login lock: what there is, what it can do, and what a press would mean."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from bot.views.connections import LISTED_MOST, bot_question, bots_page, passkeys_page
from bot.views.locking import lock_line, lock_page
from bot.views.screen import Screen
from bot.views.websites import NAMED_MOST, PER_PAGE, website_question, websites_page, websites_question
from core.domain.account_state import BusinessBot, Passkey, Website
from core.domain.preferences import Preferences
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, NOW
from tests.screens import data_of, fits_telegram, plain, shown

SITE = Website(
    hash="-5",
    domain="example.org",
    bot="Example bot",
    browser="Firefox 140",
    platform="Linux",
    created_at=NOW - timedelta(days=400),
    active_at=NOW - timedelta(days=100),
    ip="192.0.2.7",
    region="Malmo, Sweden",
)
BOT = BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=True)
LONG = "\U0001d400" * 80


def websites(*listed: Website, page: int = 0) -> Screen:
    return websites_page(ACCOUNT, listed, account_name="Ada", taken_at=NOW, page=page, now=NOW)


def test_the_list_of_websites() -> None:
    other = replace(SITE, hash="6", domain="shop.example", active_at=NOW)
    assert shown(websites(SITE, other)) == snapshot("""\
<b>2 connected websites of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC
Logged in to with Telegram.

1. <code>⟦shop.example⟧</code> · bot <code>⟦Example bot⟧</code>
    <code>⟦Firefox 140⟧</code> · <code>⟦Linux⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · <code>192.0.2.7</code>
    Logged in: 7 Feb 2025, 15:09 UTC
    Last active: 14 Mar 2026, 15:09 UTC (just now)

2. <code>⟦example.org⟧</code> · bot <code>⟦Example bot⟧</code>
    <code>⟦Firefox 140⟧</code> · <code>⟦Linux⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · <code>192.0.2.7</code>
    Logged in: 7 Feb 2025, 15:09 UTC
    Last active: 4 Dec 2025, 15:09 UTC (100 d ago)
[🚫 1 · ⟦shop.example⟧ → wa:1001:6]
[🚫 2 · ⟦example.org⟧ → wa:1001:-5]
[🚫 Log out all → wA:1001]
[🔄 Refresh → wl:1001:0] [Checkup → cu:1001]\
""")


def test_the_longest_websites_fit_their_pages() -> None:
    longest = replace(
        SITE, domain=LONG, bot=LONG, browser=LONG, platform=LONG, region=LONG, ip=LONG, hash=MOST_NEGATIVE
    )
    many = tuple(replace(longest, hash=str(-number)) for number in range(1, 100))
    pages = -(-len(many) // PER_PAGE)
    for page in (0, 1, pages - 1, pages):
        fits_telegram(websites(*many, page=page))
    asked = [data for page in range(pages) for data in data_of(websites(*many, page=page)) if data.startswith("wa:")]
    assert len(asked) == len(set(asked)) == len(many)
    question = websites_question(ACCOUNT, many, account_name=LONG, now=NOW)
    fits_telegram(question)
    assert f"and {len(many) - NAMED_MOST} more" in plain(question)


@pytest.mark.parametrize(
    "screen",
    [
        websites_page(ACCOUNT, None, account_name="Ada", taken_at=NOW, page=0, now=NOW),
        bots_page(ACCOUNT, None, account_name="Ada", taken_at=NOW),
        passkeys_page(ACCOUNT, None, account_name="Ada", taken_at=NOW, now=NOW),
    ],
    ids=["websites", "bots", "passkeys"],
)
def test_what_telegram_did_not_tell_is_not_told_as_none(screen: Screen) -> None:
    assert "Telegram does not tell them to Doorman. In Telegram: Settings" in plain(screen)
    assert "0 " not in plain(screen)
    assert "No " not in plain(screen)


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ({"ip": "", "region": ""}, "    unknown place\n"),
        ({"ip": "192.0.2.7", "region": ""}, "    192.0.2.7\n"),
        ({"ip": "", "region": "Malmo"}, "    \u2068Malmo\u2069\n"),
        ({"ip": "192.0.2.7", "region": "Malmo"}, "    \u2068Malmo\u2069 · 192.0.2.7\n"),
    ],
)
def test_where_a_website_is_used_from_is_told_as_far_as_it_is_known(where: dict, said: str) -> None:
    assert said in plain(websites(replace(SITE, **where)))


def test_the_question_before_a_website_is_logged_out() -> None:
    assert shown(website_question(ACCOUNT, SITE, account_name="Ada", now=NOW)) == snapshot("""\
<b>Log this website out? </b><code>⟦Ada⟧</code>

<code>⟦example.org⟧</code> · bot <code>⟦Example bot⟧</code>
    <code>⟦Firefox 140⟧</code> · <code>⟦Linux⟧</code>
    <code>⟦Malmo, Sweden⟧</code> · <code>192.0.2.7</code>
    Logged in: 7 Feb 2025, 15:09 UTC
    Last active: 4 Dec 2025, 15:09 UTC (100 d ago)

The login that it has from Telegram ends. Its bot is not blocked by that: do so in its chat.
[Yes, log it out → wx:1001:-5:29558349]
[No, leave it → wl:1001:0]\
""")


def test_the_question_before_all_are() -> None:
    other = replace(SITE, hash="6", domain="shop.example", active_at=NOW)
    assert shown(websites_question(ACCOUNT, (SITE, other), account_name="Ada", now=NOW)) == snapshot("""\
<b>Log out 2 connected websites? </b><code>⟦Ada⟧</code>

<code>⟦shop.example⟧</code>
<code>⟦example.org⟧</code>

This takes whatever is logged in by then, and can't be undone.
[Yes, log all out → wX:1001:29558349]
[No, leave it → wl:1001:0]\
""")


def test_the_list_of_bots_says_what_each_can_do() -> None:
    silent = BusinessBot(id=78, name="Counter", username="", can_reply=False)
    assert shown(bots_page(ACCOUNT, (BOT, silent), account_name="Ada", taken_at=NOW)) == snapshot("""\
<b>2 business bots of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

1. <code>⟦Helper⟧</code> · <code>⟦@helper_bot⟧</code>
    Reads your chats, and can reply in your name.

2. <code>⟦Counter⟧</code>
    Reads your chats, and can't reply.
[🚫 1 · ⟦Helper⟧ → ba:1001:77]
[🚫 2 · ⟦Counter⟧ → ba:1001:78]
[🔄 Refresh → bl:1001] [Checkup → cu:1001]\
""")


def test_the_question_before_a_bot_is_disconnected() -> None:
    assert shown(bot_question(ACCOUNT, BOT, account_name="Ada", now=NOW)) == snapshot("""\
<b>Disconnect this bot? </b><code>⟦Ada⟧</code>

<code>⟦Helper⟧</code> · <code>⟦@helper_bot⟧</code>
    Reads your chats, and can reply in your name.

It then reads this account's chats no more; what it has read, it keeps.
[Yes, disconnect it → bx:1001:77:29558349]
[No, leave it → bl:1001]\
""")


def test_the_list_of_passkeys_says_where_one_is_removed() -> None:
    used = Passkey(id="a", name="Yubi", created_at=NOW - timedelta(days=100), used_at=NOW - timedelta(hours=2))
    new = Passkey(id="b", name="Phone", created_at=NOW)
    assert shown(passkeys_page(ACCOUNT, (used, new), account_name="Ada", taken_at=NOW, now=NOW)) == snapshot("""\
<b>2 passkeys of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

1. <code>⟦Phone⟧</code>
    Made: 14 Mar 2026, 15:09 UTC
    Last used: never

2. <code>⟦Yubi⟧</code>
    Made: 4 Dec 2025, 15:09 UTC
    Last used: 14 Mar 2026, 13:09 UTC (2 h ago)

Whoever holds a passkey logs in without a code. Doorman can't remove one: do it in Telegram → Settings → Privacy and Security → Passkeys.
[🔄 Refresh → pl:1001] [Checkup → cu:1001]\
""")


def test_more_than_telegram_allows_are_counted() -> None:
    many = tuple(Passkey(id=str(n), name=LONG, created_at=NOW) for n in range(LISTED_MOST + 2))
    screen = passkeys_page(ACCOUNT, many, account_name=LONG, taken_at=NOW, now=NOW)
    fits_telegram(screen)
    assert "and 2 more" in plain(screen)


def lock(preferences: Preferences) -> str:
    return shown(lock_page(ACCOUNT, preferences, account_name="Ada", now=NOW))


def test_the_lock_off_says_what_it_would_mean() -> None:
    assert lock(Preferences()) == snapshot("""\
<b>Login lock of </b><code>⟦Ada⟧</code>

It is off: a login code works for whoever has it.

While it is on, Doorman kills every login code as it comes: nobody can log in by a code, and neither can you. Whoever is logged in stays. A QR code and a passkey still let somebody in, and so does a code that comes while Doorman is stopped.

“Kill codes” makes those that came lately worthless, once.

Any other time: /lock and a number of hours, as in /lock 12.
[Lock 1 h → ko:1001:1] [Lock 8 h → ko:1001:8] [Until switched off → ko:1001:0]
[Kill codes → kk:1001] [🔄 Refresh → kl:1001]\
""")


def test_the_lock_on_has_its_end_and_a_way_to_switch_it_off() -> None:
    assert lock(Preferences(is_locked=True, lock_until=NOW + timedelta(hours=8))) == snapshot("""\
<b>Login lock of </b><code>⟦Ada⟧</code>

🔐 It is on until 14 Mar 2026, 23:09 UTC.

While it is on, Doorman kills every login code as it comes: nobody can log in by a code, and neither can you. Whoever is logged in stays. A QR code and a passkey still let somebody in, and so does a code that comes while Doorman is stopped.

“Kill codes” makes those that came lately worthless, once.

Any other time: /lock and a number of hours, as in /lock 12.
[Switch it off → ku:1001]
[Lock 1 h → ko:1001:1] [Lock 8 h → ko:1001:8] [Until switched off → ko:1001:0]
[Kill codes → kk:1001] [🔄 Refresh → kl:1001]\
""")


def test_a_lock_without_an_end_offers_none_of_its_kind() -> None:
    text = lock(Preferences(is_locked=True))
    assert "on until it is switched off" in text
    assert "Until switched off" not in text


def test_a_lock_that_is_over_is_off() -> None:
    over = Preferences(is_locked=True, lock_until=NOW)
    assert lock_line(over, now=NOW) == ""
    assert "It is off" in lock(over)
