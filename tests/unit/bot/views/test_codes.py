"""What is said around a one-time code: all that it is for, what became of it, and nothing that was not done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.codes.judging import Kind, Verdict
from bot.views import codes
from bot.views.buttons.sessions import Origin
from bot.views.deeds import WORDS
from bot.views.ending_all import AT_ONCE
from core.contract.commands import (
    Command,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    EndSession,
    EndSessions,
    KillCodes,
    LabelSession,
    Prefer,
    SetAccepted,
    SetTtl,
    TrustSession,
)
from core.domain.labels import LABEL_MOST
from core.domain.preferences import FIELDS, Preferences
from tests.crowds import crowd
from tests.deeds import DEEDS, PREFERENCES, named, pressed
from tests.domain_values import NOW, OWNER, commands, session, sessions
from tests.screens import NOTICE_MOST, fits_telegram, plain, shown

UNTIL = NOW + timedelta(minutes=15)
WRONG = Verdict(kind=Kind.WRONG, left=4)
LOCKED = Verdict(kind=Kind.LOCKED, until=UNTIL)


END, TRUST = pressed(EndSession(hash="7")), pressed(TrustSession(hash="7"))
OTHERS = pressed(
    EndSessions(hashes=("7", "8")), session("7"), session("8", device_model="Nokia", country="", region="")
)


def test_the_question_shows_all_that_tells_the_session_from_another_of_its_name() -> None:
    assert shown(codes.question(END, is_another=False)) == snapshot("""\
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
    titles = {named(deed): plain(codes.question(pressed(deed), is_another=False)).splitlines()[0] for deed in DEEDS}
    assert titles == snapshot(
        {
            "EndSession": "🔐 End this session?",
            "EndWhenAllowed": "🔐 End this session as soon as Telegram allows it?",
            "CallOffEnding": "🔐 Don't end this session after all?",
            "ConfirmLogin": "🔐 Say that this login was yours?",
            "TrustSession": "🔐 Trust this session?",
            "DistrustSession": "🔐 Trust this session no more?",
            "EndSessions": "🔐 End this session?",
            "RemindLater": "🔐 Be reminded of this login in an hour?",
            "LabelSession": "🔐 Name this session?",
            "SetAccepted": "🔐 Change what this session accepts?",
            "SetTtl": "🔐 End idle sessions after 30 days?",
            "DisconnectWebsite": "🔐 Log this website out?",
            "DisconnectWebsites": "🔐 Log all websites out?",
            "DisconnectBot": "🔐 Disconnect this bot?",
            "DeclineReset": "🔐 Call off the reset of the 2FA password?",
            "KillCodes": "🔐 Kill the login codes?",
            "Prefer": "🔐 Change Doorman's settings?",
        }
    )


def test_a_question_of_something_else_than_the_one_before_says_so_first() -> None:
    said = plain(codes.question(TRUST, is_another=True))
    assert said.splitlines()[0] == snapshot(
        "⚠️ This is about something else than the question before it, which was not done."
    )
    assert said.endswith(plain(codes.question(TRUST, is_another=False)))


def test_a_question_is_sent_to_be_answered_with_a_code_and_has_no_button() -> None:
    screen = codes.question(END, is_another=False)
    assert screen.keyboard is None
    assert screen.as_kwargs()["reply_markup"].force_reply
    assert screen.as_kwargs()["reply_markup"].input_field_placeholder == "123456"


def test_who_is_not_enrolled_hears_why_and_what_to_do() -> None:
    assert shown(codes.not_enrolled(END)) == snapshot("""\
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
    unknown = replace(END, sessions=())
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


def asked_about(command: Command, name: str = "") -> str:
    """The middle of the question: what the code is for."""
    said = shown(codes.question(pressed(command, name=name), is_another=False))
    return said.partition("</b>\n\n")[2].partition("\n\nTo have it done")[0]


@pytest.mark.parametrize("command", [LabelSession(hash="7", label="my <phone>"), LabelSession(hash="7", label="")])
def test_the_question_of_a_name_shows_the_session_and_the_name(command: LabelSession) -> None:
    about = asked_about(command)
    assert about.startswith(asked_about(TRUST.command))
    assert about.endswith("Its name: 🏷 <code>⟦my &lt;phone&gt;⟧</code>") is bool(command.label)
    title = codes.question(pressed(command), is_another=False)
    assert ("Take this session's name away?" in plain(title)) is not bool(command.label)


@pytest.mark.parametrize(
    ("calls", "secret_chats", "said"),
    [
        (True, True, "calls and secret chats"),
        (True, False, "calls, but no secret chats"),
        (False, True, "secret chats, but no calls"),
        (False, False, "neither calls nor secret chats"),
        (True, None, "calls"),
        (False, None, "no calls"),
        (None, True, "secret chats"),
        (None, False, "no secret chats"),
    ],
)
def test_the_question_of_what_a_session_accepts_says_what_it_then_does(
    calls: bool | None, secret_chats: bool | None, said: str
) -> None:
    about = asked_about(SetAccepted(hash="7", calls=calls, secret_chats=secret_chats))
    assert about.startswith(asked_about(TRUST.command))
    assert about.endswith(f"\nIt then accepts: {said}")


def test_the_question_of_what_is_about_no_session_says_what_the_code_is_for() -> None:
    asked: list[tuple[Command, str]] = [
        (SetTtl(days=1), ""),
        (DisconnectWebsite(website="5"), "shop.example"),
        (DisconnectWebsite(website="5"), ""),
        (DisconnectWebsites(), ""),
        (DisconnectBot(bot=77), "<Helper>"),
        (DisconnectBot(bot=77), ""),
        (DeclineReset(), ""),
        (KillCodes(), ""),
    ]
    assert [asked_about(command, name) for command, name in asked] == snapshot(
        [
            "Telegram then ends by itself every session that is not used for so long, whoever's it is.",
            "Website: <code>⟦shop.example⟧</code>",
            "⚠️ Doorman can't tell which website this is.",
            "Each website that this account has logged in to by Telegram is logged out.",
            """\
Bot: <code>⟦&lt;Helper&gt;⟧</code>
Its number: 77

It then reads this account's chats no more.\
""",
            """\
Bot: ⚠️ Doorman can't tell its name.
Its number: 77

It then reads this account's chats no more.\
""",
            "The password then stays as it is.",
            "Nobody can log in with those that came lately then, and neither can you.",
        ]
    )


def test_the_question_of_settings_names_each_that_changes_and_no_other() -> None:
    assert asked_about(Prefer(fields=tuple(FIELDS), preferences=PREFERENCES)) == snapshot("""\
Quiet hours: 22:00 to 07:30, Europe/Stockholm
Weekly digest: on
Login lock: on
Login lock lasts: until 14 Mar 2026, 15:09 UTC
A new device is expected: no
Travel is expected: until 14 Mar 2026, 15:09 UTC
End logins that nobody answers for: on
An answer is due within: 60 minutes
End idle sessions: dry run: only say what would have ended
Idle means unused for: 90 days
End logins from countries that are not listed: off
Listed countries: <code>⟦Sweden⟧</code>, <code>⟦Finland⟧</code>\
""")
    assert asked_about(Prefer(fields=tuple(FIELDS), preferences=Preferences())) == snapshot("""\
Quiet hours: none
Weekly digest: on
Login lock: off
Login lock lasts: until it is switched off
A new device is expected: no
Travel is expected: no
End logins that nobody answers for: off
An answer is due within: 60 minutes
End idle sessions: off
Idle means unused for: 90 days
End logins from countries that are not listed: off
Listed countries: none\
""")
    assert asked_about(Prefer(fields=("end_idle",), preferences=PREFERENCES)) == snapshot(
        "End idle sessions: dry run: only say what would have ended"
    )


@given(sessions(), commands.filter(lambda command: type(command) in WORDS), st.booleans())
def test_any_question_can_be_sent(any_session: object, command: Command, is_another: bool) -> None:
    if command == EndSessions(hashes=()):
        return
    asked = replace(pressed(command), sessions=(any_session,))  # type: ignore[arg-type]
    fits_telegram(codes.question(asked, is_another=is_another))
    fits_telegram(codes.not_enrolled(asked))


def test_the_longest_question_fits_a_message() -> None:
    others = tuple(s for s in crowd(AT_ONCE + 1).sessions if not s.current)
    worst = "\U0001d400" * 400
    countries = replace(PREFERENCES, countries=(worst,) * 200)
    for asked in (
        pressed(EndSessions(hashes=tuple(s.hash for s in others)), *others, origin=Origin.LIST),
        pressed(LabelSession(hash="7", label=worst[:LABEL_MOST])),
        pressed(DisconnectWebsite(website="5"), name=worst),
        pressed(Prefer(fields=tuple(FIELDS), preferences=countries)),
    ):
        fits_telegram(codes.question(asked, is_another=True))
        fits_telegram(codes.not_enrolled(asked))


@pytest.mark.parametrize("notice", [codes.CODE_NEEDED, codes.REFUSED, codes.ANOTHER_WAITS])
def test_a_notice_fits_a_button(notice: str) -> None:
    assert len(notice) <= NOTICE_MOST
