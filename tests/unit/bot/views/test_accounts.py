"""The list of accounts: each with its name and how it fares, and which of them commands are about."""

from __future__ import annotations

from datetime import timedelta

from inline_snapshot import snapshot

from bot.views.accounts import SHOWN_MOST, Watched, accounts_page
from core.contract.state import Condition, Pulse, WorkerStatus
from tests.domain_values import ACCOUNT, NOW
from tests.screens import data_of, fits_telegram, plain, shown


def pulse(name: str, condition: Condition = Condition.WATCHING, *, silent: timedelta = timedelta()) -> Pulse:
    status = WorkerStatus(account=ACCOUNT, account_name=name, condition=condition, watching_since=NOW)
    return Pulse(status=status, beat_at=NOW - silent, felt_at=NOW)


ADA = Watched(account=ACCOUNT, pulse=pulse("Ada"), sessions=4)
BOB = Watched(account=ACCOUNT + 1, pulse=pulse("Bob", silent=timedelta(hours=1)), sessions=1)
NEW = Watched(account=ACCOUNT + 2, pulse=None, sessions=None)


def test_before_the_first_login_it_says_what_to_do() -> None:
    assert "doorman login" in plain(accounts_page([], chosen=None))


def test_of_one_account_there_is_nothing_to_choose() -> None:
    assert shown(accounts_page([ADA], chosen=None)) == snapshot("""\
<b>Accounts</b>

<code>⟦Ada⟧</code> · 1001
4 sessions · ✅ Watching.

To add one: `doorman login`, where Doorman runs. To give one up: `doorman logout`.\
""")


def test_of_several_each_is_told_and_can_be_chosen() -> None:
    assert shown(accounts_page([ADA, BOB, NEW], chosen=None)) == snapshot("""\
<b>Accounts</b>

<code>⟦Ada⟧</code> · 1001
4 sessions · ✅ Watching.

<code>⟦Bob⟧</code> · 1002
1 session · ⚠️ Doorman's worker is silent since 14 Mar 2026, 14:09 UTC. Check that `userclient` runs.

<code>⟦1003⟧</code>
⚠️ Its worker has not reported yet.

Commands such as /sessions are about all of them.

To add one: `doorman login`, where Doorman runs. To give one up: `doorman logout`.
[✅ All accounts → pa:0]
[⟦Ada⟧ → pa:1001] [⟦Bob⟧ → pa:1002]
[⟦1003⟧ → pa:1003]\
""")


def test_the_chosen_one_is_marked_and_named() -> None:
    screen = accounts_page([ADA, BOB], chosen=BOB.account)
    assert "Commands such as /sessions are about \u2068Bob\u2069. Alerts come from all. /lock" in plain(screen)
    assert screen.keyboard
    marked = [button.text for row in screen.keyboard.inline_keyboard for button in row if "✅" in button.text]
    assert marked == ["✅ \u2068Bob\u2069"]


def test_a_lost_guard_is_told_with_the_way_to_what_to_do() -> None:
    lost = Watched(account=ACCOUNT, pulse=pulse("Ada", Condition.GUARD_LOST), sessions=4)
    assert "doorman login" in plain(accounts_page([lost, BOB], chosen=None))


def test_very_many_accounts_fit_a_message() -> None:
    many = [Watched(account=2**52 - n, pulse=pulse("携" * 200), sessions=100) for n in range(SHOWN_MOST + 5)]
    screen = accounts_page(many, chosen=None)
    fits_telegram(screen)
    assert "and 5 more" in plain(screen)
    assert len(data_of(screen)) == SHOWN_MOST + 1
