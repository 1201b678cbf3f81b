"""What is said around a one-time code: all that it is for, what became of it, and nothing that was not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.codes.judging import Kind, Verdict
from bot.press import Press
from bot.views import codes
from bot.views.buttons import Origin
from bot.views.ending_all import AT_ONCE
from core.domain.standing import Deed
from tests.crowds import LARGEST_ACCOUNT, crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, session, sessions
from tests.screens import NOTICE_MOST, fits_telegram, plain, shown

UNTIL = NOW + timedelta(minutes=15)
WRONG = Verdict(kind=Kind.WRONG, left=4)
LOCKED = Verdict(kind=Kind.LOCKED, until=UNTIL)


def press(deed: Deed) -> Press:
    return Press(
        account=ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=Origin.CARD,
        hashes=("7",),
        sessions=(session("7"),),
        deed=deed,
    )


OTHERS = replace(
    press(Deed.END_OTHERS),
    hashes=("7", "8"),
    sessions=(session("7"), session("8", device_model="Nokia", country="", region="")),
)


def test_the_question_shows_all_that_tells_the_session_from_another_of_its_name() -> None:
    assert shown(codes.question(press(Deed.END), is_another=False)) == snapshot("""\
<b>🔐 End this session?</b>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC

To have it done, answer this message within 2 minutes with the six digits that your authenticator app shows now, or with a recovery code.

If it was not you who pressed, send /cancel: somebody else is in this account.\
""")


def test_the_question_of_all_others_names_each() -> None:
    assert shown(codes.question(OTHERS, is_another=False)) == snapshot("""\
<b>🔐 End these 2 sessions?</b>

Each of these devices is logged out:

1. <code>⟦Pixel 9⟧</code> · <code>⟦Malmo, Sweden⟧</code> · since 14 Mar 2026, 15:06 UTC
2. <code>⟦Nokia⟧</code> · unknown place · since 14 Mar 2026, 15:06 UTC

To have it done, answer this message within 2 minutes with the six digits that your authenticator app shows now, or with a recovery code.

If it was not you who pressed, send /cancel: somebody else is in this account.\
""")


def test_what_each_deed_is_called() -> None:
    titles = {deed.name: plain(codes.question(press(deed), is_another=False)).splitlines()[0] for deed in Deed}
    assert titles == snapshot(
        {
            "END": "🔐 End this session?",
            "END_OTHERS": "🔐 End this session?",
            "CONFIRM": "🔐 Say that this login was yours?",
            "TRUST": "🔐 Trust this session?",
            "DISTRUST": "🔐 Trust this session no more?",
        }
    )


def test_a_question_of_something_else_than_the_one_before_says_so_first() -> None:
    said = plain(codes.question(press(Deed.TRUST), is_another=True))
    assert said.splitlines()[0] == snapshot(
        "⚠️ This is about something else than the question before it, which was not done."
    )
    assert said.endswith(plain(codes.question(press(Deed.TRUST), is_another=False)))


def test_a_question_is_sent_to_be_answered_with_a_code_and_has_no_button() -> None:
    screen = codes.question(press(Deed.END), is_another=False)
    assert screen.keyboard is None
    assert screen.as_kwargs()["reply_markup"].force_reply
    assert screen.as_kwargs()["reply_markup"].input_field_placeholder == "123456"


def test_who_is_not_enrolled_hears_why_and_what_to_do() -> None:
    assert shown(codes.not_enrolled(press(Deed.END))) == snapshot("""\
<b>🔐 Not done: End this session</b>

<code>⟦Pixel 9⟧</code> · <code>⟦Android 16⟧</code>
App: <code>⟦Telegram Android 12.1.1⟧</code> (not an official app id)
Where: <code>⟦Malmo, Sweden⟧</code>, estimated from the IP
IP: <code>192.0.2.7</code>
Logged in: 14 Mar 2026, 15:06 UTC

This needs a one-time code, and you have none yet. Whoever broke into this account sees this chat too and could press the same button; the code is what they don't have.

<b>Now: </b>run `doorman enroll` where Doorman runs, and scan what it shows with an authenticator app on another device. Until then, end sessions in Telegram: Settings → Devices.\
""")


def test_a_session_that_is_not_known_is_not_given_a_name() -> None:
    unknown = replace(press(Deed.END), sessions=())
    assert plain(codes.question(unknown, is_another=False)).splitlines()[2] == snapshot(
        "⚠️ Doorman can't tell which session this is: look with /sessions."
    )


def test_what_became_of_a_code() -> None:
    verdicts = [
        WRONG,
        replace(WRONG, left=1),
        Verdict(kind=Kind.USED),
        Verdict(kind=Kind.USED, of_recovery=True),
        LOCKED,
        replace(LOCKED, of_recovery=True),
        Verdict(kind=Kind.UNREADABLE),
        Verdict(kind=Kind.NOT_ENROLLED),
    ]
    assert [plain(codes.refused(verdict)) for verdict in verdicts] == snapshot(
        [
            "⚠️ That code is wrong; 4 tries left. Nothing was done. Answer the question with another.",
            "⚠️ That code is wrong; 1 try left. Nothing was done. Answer the question with another.",
            "That code was used already. Nothing was done. Answer the question with the next one.",
            "That recovery code was used already. Nothing was done. Answer the question with another.",
            "⚠️ Too many wrong codes: no code of your app is taken until 14 Mar 2026, 15:24 UTC. Nothing was done. A recovery code may still work.",
            "⚠️ Too many wrong codes: no recovery code is taken until 14 Mar 2026, 15:24 UTC. Nothing was done. A code of your app may still work.",
            "⚠️ Your codes can't be checked: what Doorman keeps of them is under another SECRET_KEY, or was changed. Nothing was done. Put SECRET_KEY back, or run `doorman enroll` where Doorman runs.",
            "You have no one-time codes yet, so nothing was done. Now: run `doorman enroll` where Doorman runs, and scan what it shows with an authenticator app on another device.",
        ]
    )


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.GOOD, Kind.RECOVERY}))
def test_a_refusal_leaves_no_doubt_that_nothing_was_done(kind: Kind) -> None:
    assert "othing was done" in plain(codes.refused(Verdict(kind=kind)))


def test_what_is_said_of_codes_that_nobody_asked_for_and_of_a_question_that_is_dropped() -> None:
    said = [codes.unasked(waits=False), codes.unasked(waits=True)]
    said += [codes.dropped(anything=True), codes.dropped(anything=False)]
    assert [plain(screen) for screen in said] == snapshot(
        [
            "That code answers no question, so it is used up and nothing was done. Press the button first.",
            "That code answers no question, so it is used up and nothing was done. If the question that waits is yours, wait for the next code and answer that very message with it.",
            "Dropped. Nothing was changed.",
            "There is nothing to cancel.",
        ]
    )


def test_a_good_code_is_not_commented_on_and_a_recovery_code_by_what_is_left() -> None:
    assert codes.admitted(Verdict(kind=Kind.GOOD)) is None
    lefts = [codes.admitted(Verdict(kind=Kind.RECOVERY, left=left, of_recovery=True)) for left in (7, 1, 0)]
    assert [plain(screen) for screen in lefts if screen] == snapshot(
        [
            "7 recovery codes are left; `doorman enroll` makes a new set.",
            "1 recovery code is left; `doorman enroll` makes a new set.",
            "No recovery codes are left; `doorman enroll` makes a new set.",
        ]
    )


def test_all_owners_are_warned_of_a_wrong_code() -> None:
    warned = codes.warning(OWNER, WRONG)
    assert warned
    assert shown(warned) == snapshot("""\
<b>🚨 A wrong one-time code was typed</b>

In the chat of owner 2002. If it was not that owner, somebody else is in their account: look at who is logged in, end whoever does not belong there, and change the account's 2FA password.\
""")


def test_a_lock_is_told_when_it_begins_with_what_it_is_of() -> None:
    began = [replace(LOCKED, lock_began=True), replace(LOCKED, lock_began=True, of_recovery=True)]
    said = [plain(screen) for screen in (codes.warning(OWNER, verdict) for verdict in began) if screen]
    assert [" ".join(text.splitlines()[2].split(". ")[1:2]) for text in said] == snapshot(
        [
            "That was one too many: no code of your app is taken there until 14 Mar 2026, 15:24 UTC",
            "That was one too many: no recovery code is taken there until 14 Mar 2026, 15:24 UTC",
        ]
    )


@pytest.mark.parametrize("kind", sorted(set(Kind) - {Kind.WRONG}))
def test_of_anything_else_nobody_is_warned(kind: Kind) -> None:
    assert codes.warning(OWNER, Verdict(kind=kind, until=UNTIL)) is None


@given(sessions(), st.sampled_from(Deed), st.booleans())
def test_any_question_can_be_sent(any_session: object, deed: Deed, is_another: bool) -> None:
    asked = replace(press(deed), sessions=(any_session,))  # type: ignore[arg-type]
    fits_telegram(codes.question(asked, is_another=is_another))
    fits_telegram(codes.not_enrolled(asked))


def test_the_longest_question_fits_a_message() -> None:
    others = tuple(s for s in crowd(AT_ONCE + 1).sessions if not s.current)
    asked = Press(
        account=LARGEST_ACCOUNT,
        owner=OWNER,
        message_id=5,
        origin=Origin.LIST,
        hashes=tuple(s.hash for s in others),
        sessions=others,
        deed=Deed.END_OTHERS,
    )
    fits_telegram(codes.question(asked, is_another=True))
    fits_telegram(codes.not_enrolled(asked))


@pytest.mark.parametrize("notice", [codes.CODE_NEEDED, codes.REFUSED, codes.ANOTHER_WAITS])
def test_a_notice_fits_a_button(notice: str) -> None:
    assert len(notice) <= NOTICE_MOST
