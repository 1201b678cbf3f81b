"""Why a session ended, with the evidence, word for word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.views.afar import from_afar
from bot.views.alerts import login_alert
from bot.views.whys import RULES, WORDS, ended_by_our_key, ended_line, is_by_our_key
from core.contract.session_events import SessionAppeared, SessionEnded
from core.domain.automation import Rule
from core.domain.endings import Ending, Why
from core.domain.tombstones import DOORMAN
from tests.domain_values import ACCOUNT, NOW, OWNER, session
from tests.screens import fits_telegram, plain, shown


def ending(why: Why, **evidence: Any) -> Ending:
    usual: dict[str, Any] = {
        "last_active": NOW - timedelta(days=3),
        "idle": timedelta(days=3),
        "ttl_days": 180,
        "went": 1,
        "stayed": 2,
        "survivor": None,
        "youngest_stayed": False,
        "guard_stayed": True,
        "apart": timedelta(seconds=30),
    }
    return Ending(why=why, **(usual | evidence))


def ended(**fields: Any) -> SessionEnded:
    return SessionEnded(account=ACCOUNT, at=NOW, session=session(), **fields)


def said(why: Why, **evidence: Any) -> str:
    return ended_line(ended(ending=ending(why, **evidence)), viewer=OWNER)


OUR_KEY = ended(ending=ending(Why.RESET_OF_OTHERS, went=3, stayed=0))


def test_every_why_has_words_with_its_evidence() -> None:
    assert set(WORDS) == set(Why)
    assert {why.value: said(why) for why in Why} == snapshot(
        {
            "by doorman": "It was ended by Doorman, seen at 14 Mar 2026, 15:09 UTC. For whom is not known.",
            "reset of others": "All other sessions were ended in one go, seen at 14 Mar 2026, 15:09 UTC. 1 session went at once, only Doorman's own stayed.",
            "ran out": "It ran out, seen at 14 Mar 2026, 15:09 UTC. It was last active at 11 Mar 2026, 15:09 UTC, 3 days before, and idle sessions end after 180 days.",
            "never completed": "The login was never completed, seen at 14 Mar 2026, 15:09 UTC. Its 2FA password was not entered, so it could read nothing.",
            "elsewhere": "It ended elsewhere, seen at 14 Mar 2026, 15:09 UTC. It was logged out there, or ended from another device: Telegram doesn't say which. Last active: 11 Mar 2026, 15:09 UTC.",
            "account trouble": "It went with the account, seen at 14 Mar 2026, 15:09 UTC. Telegram had deleted or banned that in between.",
            "unknown": "Why it ended is not known, seen at 14 Mar 2026, 15:09 UTC.",
        }
    )


def test_evidence_that_only_some_have() -> None:
    assert [
        said(Why.RAN_OUT, idle=timedelta(days=180), last_active=NOW - timedelta(days=180)),
        said(Why.RESET_OF_OTHERS, went=5, stayed=1, guard_stayed=False),
        said(Why.UNKNOWN, apart=timedelta(hours=7), went=3),
        said(Why.UNKNOWN, apart=timedelta(days=2)),
    ] == snapshot(
        [
            "It ran out, seen at 14 Mar 2026, 15:09 UTC. It was last active at 15 Sep 2025, 15:09 UTC, 180 days before, and idle sessions end after 180 days.",
            "All other sessions were ended in one go, seen at 14 Mar 2026, 15:09 UTC. 5 sessions went at once, Doorman's too; the one that stayed did it.",
            "Why it ended is not known, seen at 14 Mar 2026, 15:09 UTC. Doorman had not looked for 7 h before. 3 sessions went together.",
            "Why it ended is not known, seen at 14 Mar 2026, 15:09 UTC. Doorman had not looked for 2 days before.",
        ]
    )


@pytest.mark.parametrize("rule", Rule)
def test_an_end_by_a_rule_is_nobody_elses(rule: Rule) -> None:
    line = ended_line(ended(ended_by=DOORMAN, rule=rule, ending=ending(Why.BY_DOORMAN, by=DOORMAN)), viewer=OWNER)
    used = "; last used 14 Mar 2026, 15:08 UTC" * (rule is Rule.IDLE)
    assert line == f"Doorman ended it by itself: {RULES[rule]}{used}. 14 Mar 2026, 15:09 UTC."


def test_an_end_by_doorman_is_never_another_owners_even_where_the_rule_is_not_known() -> None:
    assert "owner" not in ended_line(ended(ended_by=DOORMAN), viewer=OWNER)
    letter = from_afar(ended(ended_by=DOORMAN, rule=Rule.IDLE), account_name="Ada")
    assert letter
    assert "Doorman ended it by itself" in letter.body


def test_a_settled_alert_says_why_too() -> None:
    appeared = SessionAppeared(account=ACCOUNT, at=NOW, session=session())
    outcome = ended_line(ended(ending=ending(Why.RAN_OUT)), viewer=OWNER)
    assert plain(login_alert(appeared, account_name="Ada", outcome=outcome)).endswith(outcome)


def test_a_reset_that_spared_only_doorman_is_an_alarm() -> None:
    assert is_by_our_key(OUR_KEY)
    assert not is_by_our_key(ended(ending=ending(Why.RESET_OF_OTHERS, guard_stayed=False)))
    screen = ended_by_our_key(OUR_KEY, account_name="Ada")
    fits_telegram(screen)
    assert shown(screen) == snapshot("""\
<b>🚨 All sessions but Doorman's were ended: </b><code>⟦Ada⟧</code>

Among them:
<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
All other sessions were ended in one go, seen at 14 Mar 2026, 15:09 UTC. 3 sessions went at once, only Doorman's own stayed.

Nobody asked Doorman to do this, and only Doorman's own key could: somebody may have copied it.

At once: end Doorman's session in Telegram → Settings → Devices, change your 2FA password, SECRET_KEY and the passwords of the server that Doorman runs on. Then run `doorman login` there.
[All sessions → l:1001]\
""")
    letter = from_afar(OUR_KEY, account_name="Ada")
    assert letter
    assert letter.is_alarm
