"""The checkup's pages: worst first, the good ones in a row, and buttons that fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from aiogram.filters.callback_data import CallbackData
from inline_snapshot import snapshot

from bot.button_seal import SEAL_LENGTH
from bot.views import checkup_words
from bot.views.buttons import checkup as checkup_buttons
from bot.views.buttons.basics import minutes_of
from bot.views.buttons.checkup import (
    AskBot,
    AskWebsite,
    AskWebsites,
    CallOff,
    ConfirmBot,
    ConfirmWebsite,
    ConfirmWebsites,
    KillLateCodes,
    Lock,
    Review,
    ShowBots,
    ShowCheckup,
    ShowLock,
    ShowPasskeys,
    ShowWebsites,
    Unlock,
)
from bot.views.checkup import checkup_page, nothing_known
from bot.views.point import REVIEWED_MOST, review
from core.domain.account_state import AccountState, BusinessBot, Passkey, Website
from core.domain.checkup import RULES, advice
from core.domain.points import Grade, Point, Topic
from core.domain.preferences import Preferences
from core.domain.standing import Standings, Trust, Unanswered
from tests.domain_values import ACCOUNT, MOST_NEGATIVE, NOW, OWNER, roster, session
from tests.screens import CALLBACK_MOST, data_of, fits_telegram, plain, shown

WELL = AccountState(
    taken_at=NOW,
    has_password=True,
    has_recovery=True,
    login_email="a***@example.org",
    account_ttl_days=365,
    websites=(),
    bots=(),
    passkeys=(),
)
TRUSTED = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))
LARGEST = 2**52
LAST_MINUTE = minutes_of(datetime(9999, 12, 31, tzinfo=UTC))


def page(points: tuple[Point, ...], *, why: str = "") -> str:
    screen = checkup_page(ACCOUNT, points, account_name="Ada", taken_at=NOW, now=NOW, why=why)
    fits_telegram(screen)
    return shown(screen)


def all_amiss() -> tuple[Point, ...]:
    website = Website(
        hash="5",
        domain="example.org",
        bot="Example",
        browser="Firefox",
        platform="Linux",
        created_at=NOW,
        active_at=NOW - timedelta(days=100),
        ip="192.0.2.7",
        region="Malmo",
    )
    state = replace(
        WELL,
        has_password=False,
        has_recovery=False,
        unconfirmed_email="x***@example.net",
        login_email="",
        reset_at=NOW + timedelta(days=3),
        account_ttl_days=30,
        websites=(website, replace(website, hash="6", active_at=NOW)),
        bots=(BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=True),),
        passkeys=(Passkey(id="k", name="Yubi", created_at=NOW),),
    )
    listed = roster(
        session("7"),
        session("8", password_pending=True, device_model="Somebody"),
        session("9", device_model="Old phone", active_at=NOW - timedelta(days=100)),
        ttl_days=365,
    )
    known = Standings(unanswered=(Unanswered(hash="7", since=NOW),))
    return advice(state, listed, known, Preferences(), now=NOW)


def test_all_is_well() -> None:
    assert page(advice(WELL, roster(session(official_app=True)), TRUSTED, Preferences(), now=NOW)) == snapshot("""\
<b>Checkup of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

Nothing to see to.

✅ In order: no 2FA reset under way; every login answered for; no incomplete login; 2FA on; recovery e-mail set; login e-mail <code>⟦a***@example.org⟧</code>; no business bot; apps official or trusted; no session idle for 90 days; every session trusted; no connected website; no passkey; idle sessions end after 180 days; the account outlasts 365 days of absence.
[🔄 Refresh → cu:1001] [Login lock → kl:1001]\
""")


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(seconds=20), "As of 14 Mar 2026, 15:09 UTC\n"),
        (timedelta(minutes=5), "As of 14 Mar 2026, 15:09 UTC; its sessions as of 14 Mar 2026, 15:14 UTC\n"),
    ],
)
def test_where_the_sessions_are_of_another_time_both_are_told(later: timedelta, said: str) -> None:
    known = {"account_name": "Ada", "taken_at": NOW, "listed_at": NOW + later, "now": NOW + later}
    assert said in plain(checkup_page(ACCOUNT, (), **known))
    assert said.strip().replace("As", "Last known, as") in plain(checkup_page(ACCOUNT, (), why="No.", **known))


def test_nothing_is_well() -> None:
    assert page(all_amiss()) == snapshot("""\
<b>Checkup of </b><code>⟦Ada⟧</code>
As of 14 Mar 2026, 15:09 UTC

4 to see to now, 10 to look at.

🚨 Somebody asked for a reset of the 2FA password: from 17 Mar 2026, 15:09 UTC on, whoever it was can take it away. If that was not you, call it off now.

🚨 1 login has no answer yet: <code>⟦Pixel 9⟧</code>. Say whether it was you, or end it.

🚨 1 login lacks only the 2FA password: <code>⟦Somebody⟧</code>. Whoever that is has had a login code. If it is not you, end it.

🚨 2FA is off: a login code is all that anybody needs to get in. Set a password. In Telegram: Settings → Privacy and Security → Two-Step Verification.

⚠️ A recovery e-mail waits to be confirmed: <code>⟦x***@example.net⟧</code>. If it is not yours, take it away and change the 2FA password. In Telegram: Settings → Privacy and Security → Two-Step Verification.

⚠️ Login codes may come by text message, which others can read on the way. In Telegram: Settings → Privacy and Security → Login Email.

⚠️ 1 business bot reads this account's chats. Is it wanted still?

⚠️ 2 sessions have no official app id: <code>⟦Pixel 9⟧</code>, <code>⟦Old phone⟧</code>. That is another app, or a script. Are they yours?

⚠️ 1 session was not used for 90 days or more: <code>⟦Old phone⟧</code>. End what you use no more.

⚠️ 2 of 3 sessions are not trusted: <code>⟦Pixel 9⟧</code>, <code>⟦Old phone⟧</code>. Trust what is yours: you then see at once what is not.

⚠️ 1 of 2 connected websites was not used for 90 days. Log out what you don't need.

⚠️ 1 passkey was made within the last 7 days. Whoever holds one logs in without a code. Is it yours? In Telegram: Settings → Privacy and Security → Passkeys.

⚠️ A session may lie unused for 365 days before Telegram ends it. Sooner is safer.

⚠️ After 30 days of absence, Telegram deletes this account. In Telegram: Settings → Privacy and Security → If Away For.
[🚫 Call off the reset → cr:1001]
[Unanswered logins: 1 → cv:1001:unanswered]
[Incomplete logins: 1 → cv:1001:incomplete]
[Business bots → bl:1001] [Unofficial apps: 2 → cv:1001:unofficial]
[Idle sessions: 1 → cv:1001:idle] [Untrusted sessions: 2 → cv:1001:untrusted]
[Websites → wl:1001:0] [Passkeys → pl:1001]
[When idle sessions end → ds:1001]
[🔄 Refresh → cu:1001] [Login lock → kl:1001]\
""")


def test_what_telegram_did_not_tell_and_what_is_not_fresh() -> None:
    points = advice(AccountState(taken_at=NOW), roster(), Standings(), Preferences(), now=NOW)
    assert page(points, why="⚠️ Doorman has no connection.") == snapshot("""\
<b>Checkup of </b><code>⟦Ada⟧</code>
⚠️ Doorman has no connection.

<b>Last known, as of 14 Mar 2026, 15:09 UTC:</b>

Nothing to see to, as far as is known.

Telegram did not tell: a reset of the 2FA password, 2FA, the recovery e-mail, the login e-mail, business bots, websites, passkeys, when the account is deleted.

✅ In order: every login answered for; no incomplete login; apps official or trusted; no session idle for 90 days; no other session; idle sessions end after 180 days.
[🔄 Refresh → cu:1001] [Login lock → kl:1001]\
""")


def test_what_was_never_fetched() -> None:
    assert shown(nothing_known("Ada", why="⚠️ Doorman has no connection.")) == snapshot("""\
<b>This can't be fetched now: </b><code>⟦Ada⟧</code>
⚠️ Doorman has no connection.\
""")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW + timedelta(seconds=1), "from 14 Mar 2026, 15:09 UTC on"),
        (NOW, "since 14 Mar 2026, 15:09 UTC, whoever it was can take it away at any time"),
    ],
)
def test_a_reset_that_can_be_completed_already_is_told_as_that(at: datetime, words: str) -> None:
    state = replace(WELL, reset_at=at)
    assert words in page(advice(state, roster(), Standings(), Preferences(), now=NOW))


def test_the_lock_is_told_with_its_end() -> None:
    on = Preferences(is_locked=True, lock_until=NOW + timedelta(hours=1))
    assert "login lock on until 14 Mar 2026, 16:09 UTC" in page(advice(WELL, roster(), Standings(), on, now=NOW))


def test_every_point_that_a_rule_can_make_has_its_words() -> None:
    never_good, never_amiss = {Topic.UNCONFIRMED_EMAIL}, {Topic.LOCK}
    assert set(checkup_words.SAID) == set(Topic) - never_amiss
    assert set(checkup_words.IN_ORDER) == set(Topic) - never_good
    assert set(checkup_words.TOPICS) == set(Topic)
    assert len(RULES) == len(Topic)


def test_more_sessions_than_a_review_holds_are_counted() -> None:
    sessions = [session(str(number)) for number in range(1, REVIEWED_MOST + 4)]
    screen = review(ACCOUNT, Topic.IDLE, sessions, account_name="Ada", now=NOW)
    fits_telegram(screen)
    assert "And 3 more" in plain(screen)
    assert len([data for data in data_of(screen) if data.startswith("c:")]) == REVIEWED_MOST


def test_many_sessions_in_a_point_are_named_three_and_counted() -> None:
    sessions = tuple(session(str(number), device_model=f"Phone {number}") for number in range(1, 6))
    point = Point(topic=Topic.IDLE, grade=Grade.LOOK, count=5, among=5, days=90, sessions=sessions)
    text = checkup_words.pressing(point, now=NOW).render()[0]
    assert "Phone 3\u2069 and 2 more. " in text
    assert "Phone 4" not in text


def test_sessions_go_by_the_owners_names_in_a_point_and_in_its_review() -> None:
    point = Point(topic=Topic.IDLE, grade=Grade.LOOK, count=1, among=1, days=90, sessions=(session("7"),))
    labels = {"7": "my tablet"}
    assert "🏷 \u2068my tablet\u2069" in checkup_words.pressing(point, now=NOW, labels=labels).render()[0]
    screen = review(ACCOUNT, Topic.IDLE, point.sessions, account_name="Ada", now=NOW, labels=labels)
    assert "1. 🤖 🏷 \u2068my tablet\u2069 · \u2068Pixel 9\u2069" in plain(screen)
    assert screen.keyboard
    assert screen.keyboard.inline_keyboard[0][0].text == "1 · 🏷 \u2068my tablet\u2069"


BUTTONS: list[CallbackData] = [
    ShowCheckup(account=LARGEST),
    *[Review(account=LARGEST, topic=topic) for topic in Topic],
    CallOff(account=LARGEST),
    ShowWebsites(account=LARGEST, page=9999),
    AskWebsite(account=LARGEST, hash=MOST_NEGATIVE),
    ConfirmWebsite(account=LARGEST, hash=MOST_NEGATIVE, asked=LAST_MINUTE),
    AskWebsites(account=LARGEST),
    ConfirmWebsites(account=LARGEST, asked=LAST_MINUTE),
    ShowBots(account=LARGEST),
    AskBot(account=LARGEST, bot=LARGEST),
    ConfirmBot(account=LARGEST, bot=LARGEST, asked=LAST_MINUTE),
    ShowPasskeys(account=LARGEST),
    ShowLock(account=LARGEST),
    Lock(account=LARGEST, hours=checkup_buttons.HOURS_MOST),
    Unlock(account=LARGEST),
    KillLateCodes(account=LARGEST),
]


@pytest.mark.parametrize("data", BUTTONS, ids=lambda data: data.pack())
def test_the_longest_data_fits_a_sealed_button_and_is_read_as_it_was_meant(data: CallbackData) -> None:
    assert len(data.pack().encode()) + SEAL_LENGTH <= CALLBACK_MOST
    assert type(data).unpack(data.pack()) == data


def test_no_two_kinds_of_buttons_are_told_by_one_prefix() -> None:
    kinds = [kind for kind in CallbackData.__subclasses__() if kind.__module__.startswith("bot.")]
    prefixes = [kind.__prefix__ for kind in kinds]
    assert len(set(prefixes)) == len(prefixes)
