"""Why an alert matters, word for word."""

from __future__ import annotations

import re

import pytest
from aiogram.utils.formatting import Text
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.views.reasons import BENIGN, WORDS, headline, reasons
from bot.views.screen import Screen
from bot.views.wording import END_ISOLATE, ISOLATE, cleaned
from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Reason, Weight, weighed
from core.domain.risk.changes import ChangeReason
from core.domain.risk.guard import GuardReason
from core.domain.risk.logins import RULES, LoginReason
from core.domain.risk.moves import MoveReason
from tests.screens import MESSAGE_MOST, plain, shown, utf16_units

REASONS: list[Reason] = [*LoginReason, *ChangeReason, *MoveReason, *GuardReason]


def said(*findings: Finding) -> str:
    return shown(Screen(text=reasons(weighed(findings, floor=Level.QUIET))))


def finding(reason: Reason, **evidence: object) -> Finding:
    return Finding(reason=reason, weight=Weight.WEAK, **evidence)


def one_of_each(name: str) -> list[Finding]:
    return [finding(reason, before=name, after=name, count=12, minutes=12) for reason in REASONS]


def test_every_reason_of_a_login() -> None:
    assert said(
        finding(LoginReason.ELSEWHERE, before="Sweden", after="Nigeria", minutes=12, benign=Benign.VPN),
        finding(LoginReason.BORROWED_NAME, after="Telegram Desktop"),
        finding(LoginReason.NEW_COUNTRY, after="Nigeria", count=12, benign=Benign.VPN),
        finding(LoginReason.NEW_NETWORK, after="198.51.0.0/16", count=1, benign=Benign.MOBILE_NETWORK),
        finding(LoginReason.UNOFFICIAL, after="Nicegram"),
        finding(LoginReason.NEW_APP, after="4711 Nicegram", count=3),
        finding(LoginReason.NEW_PLATFORM, after="Windows", count=3),
        finding(LoginReason.ALL_IDLE, minutes=205),
        finding(LoginReason.CODE_ASKED, minutes=3),
        finding(LoginReason.SEVERAL, count=3),
        finding(LoginReason.PASSWORD_PENDING),
        finding(LoginReason.UNCONFIRMED),
        finding(LoginReason.KNOWN_NAME, after="Pixel 9", benign=Benign.SAME_DEVICE),
    ) == snapshot("""\
• Two countries at once: a device of yours was active in <code>⟦Sweden⟧</code> within 12 min of this login from <code>⟦Nigeria⟧</code>, estimated from the IP. A VPN, a mobile network or a border nearby can explain it.
• A borrowed name: its app is called <code>⟦Telegram Desktop⟧</code>, as one known here is, but has another app id, which is not an official one.
• New country: <code>⟦Nigeria⟧</code>, estimated from the IP (new to all 12 sessions known so far).
• New network: <code>⟦198.51.0.0/16⟧</code> (new to the one session known so far). Mobile networks, other Wi-Fi and VPNs do this on any day.
• Not an official app: <code>⟦Nicegram⟧</code> is somebody else's, or a script. (An official app's id would prove little: any program can use it.)
• New app id: <code>⟦4711 Nicegram⟧</code> (new to all 3 sessions known so far).
• New platform: <code>⟦Windows⟧</code> (new to all 3 sessions known so far).
• None of your devices was in use: the last one was 3 h 25 min before.
• A login code was asked for 3 min before: whoever logged in has probably read it.
• It is login number 3 within an hour.
• It can't read anything yet: the login code was entered, the 2FA password was not.
• Telegram waits for your word on it.
• A session on a device named <code>⟦Pixel 9⟧</code> was known before. The same device may have logged in again; but any device can take that name.\
""")


def test_every_reason_of_a_change() -> None:
    assert said(
        finding(ChangeReason.OTHER_DEVICE, before="Pixel 9", after="PC", benign=Benign.APP_UPDATE),
        finding(ChangeReason.OTHER_PLATFORM, before="Android", after=""),
        finding(
            ChangeReason.OTHER_APP,
            before="2496 Telegram Web",
            after="1025907 Telegram Web",
            benign=Benign.WEB_VERSION,
        ),
        finding(ChangeReason.RENAMED_APP, before="Telegram", after="Telegram X"),
        finding(ChangeReason.OFFICIAL_NO_MORE, after="Telegram X"),
        finding(ChangeReason.PASSWORD_ENTERED),
        finding(ChangeReason.CONFIRMED),
        finding(ChangeReason.DOUBTED_AGAIN),
        finding(ChangeReason.ACCEPTS_OTHERWISE),
        finding(MoveReason.MOVED_COUNTRY, before="Sweden", after="Norway", benign=Benign.VPN),
        finding(MoveReason.MOVED_TOO_FAST, before="Sweden", after="Norway", minutes=0, benign=Benign.VPN),
        finding(MoveReason.MOVED_NETWORK, before="192.0.0.0/16", after="198.51.0.0/16", benign=Benign.MOBILE_NETWORK),
    ) == snapshot("""\
• Another device in the same session: <code>⟦Pixel 9⟧</code> → <code>⟦PC⟧</code>. Somebody may be using a copy of its key. An update of the app can do this.
• Another platform in the same session: <code>⟦Android⟧</code> → none. Somebody may be using a copy of its key.
• Another app id in the same session: <code>⟦2496 Telegram Web⟧</code> → <code>⟦1025907 Telegram Web⟧</code>. Somebody may be using a copy of its key. Telegram's web versions hand a session on to each other, so a switch between them does this.
• The app has another name: <code>⟦Telegram⟧</code> → <code>⟦Telegram X⟧</code>.
• Telegram no longer lists <code>⟦Telegram X⟧</code> as an official app.
• The 2FA password was entered: from now on it can read messages.
• The login was confirmed at Telegram: by somebody who is logged in, or by Telegram after some days.
• Telegram asks for your word on it once more.
• Whether it takes calls or secret chats was changed.
• It moved from <code>⟦Sweden⟧</code> to <code>⟦Norway⟧</code>, estimated from the IP. A VPN, a mobile network or a border nearby can explain it.
• It moved fast: it was active in <code>⟦Sweden⟧</code> a minute before.
• A network that is new here: <code>⟦192.0.0.0/16⟧</code> → <code>⟦198.51.0.0/16⟧</code>. Mobile networks, other Wi-Fi and VPNs do this on any day.\
""")


def test_every_reason_of_doormans_own_session() -> None:
    assert said(
        finding(GuardReason.DEVICE, before="Doorman (session guard)", after="PC"),
        finding(GuardReason.PLATFORM, before="Linux", after="macOS", benign=Benign.HOST_MOVED),
        finding(GuardReason.APP, before="6 My app", after="2040 Telegram Desktop"),
        finding(GuardReason.COUNTRY, before="United States", after="Ireland"),
        finding(GuardReason.NETWORK, before="192.0.0.0/16", after="198.51.0.0/16"),
        finding(GuardReason.RENEWED),
    ) == snapshot("""\
• Doorman's own session names another device: <code>⟦Doorman (session guard)⟧</code> → <code>⟦PC⟧</code>. Somebody may be using a copy of Doorman's key.
• Doorman's own session runs on another platform: <code>⟦Linux⟧</code> → <code>⟦macOS⟧</code>. Somebody may be using a copy of Doorman's key. A new deploy or another host of Doorman's can do this.
• Doorman's own session has another app id: <code>⟦6 My app⟧</code> → <code>⟦2040 Telegram Desktop⟧</code>. Somebody may be using a copy of Doorman's key.
• Doorman's own session moved from <code>⟦United States⟧</code> to <code>⟦Ireland⟧</code>, estimated from the IP. Somebody may be using a copy of Doorman's key.
• Doorman's own session is in another network: <code>⟦192.0.0.0/16⟧</code> → <code>⟦198.51.0.0/16⟧</code>.
• Doorman logged in anew: if you did not run `doorman login`, somebody else did.\
""")


def test_each_level_has_a_headline_of_its_own() -> None:
    assert [headline(level) for level in Level] == snapshot(["For your notes", "Worth a look", "🚨 Look at this now"])


def test_every_reason_and_every_benign_explanation_has_words() -> None:
    assert set(WORDS) == set(REASONS)
    assert set(Reason.__subclasses__()) == {type(reason) for reason in REASONS}
    assert set(BENIGN) == set(Benign)
    for each in one_of_each("Pixel"):
        line = said(each)
        assert line.startswith("• ")
        assert line.endswith((".", ".)"))


def test_nothing_found_is_nothing_said() -> None:
    assert plain(Screen(text=reasons(Assessment(floor=Level.NOTICE)))) == ""


def test_the_weightiest_reason_is_said_first_and_a_benign_explanation_once() -> None:
    light = Finding(reason=LoginReason.NEW_COUNTRY, weight=Weight.WEAK, after="X", count=1, benign=Benign.VPN)
    heavy = Finding(
        reason=LoginReason.ELSEWHERE, weight=Weight.STRONG, before="Y", after="X", minutes=1, benign=Benign.VPN
    )
    first, second = said(light, heavy).splitlines()
    assert first.startswith("• Two countries at once")
    assert first.endswith(BENIGN[Benign.VPN])
    assert BENIGN[Benign.VPN] not in second


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "a minute"),
        (1, "a minute"),
        (2, "2 min"),
        (59, "59 min"),
        (60, "1 h"),
        (61, "1 h 1 min"),
        (48 * 60 - 1, "47 h 59 min"),
        (48 * 60, "2 days"),
        (300 * 24 * 60, "300 days"),
    ],
)
def test_how_long_it_lasted(minutes: int, words: str) -> None:
    assert f"was {words} before." in said(finding(LoginReason.ALL_IDLE, minutes=minutes))


def our_words(text: Text) -> str:
    """What is said outside of what a device says of itself."""
    return re.sub(f"{ISOLATE}[^{ISOLATE}{END_ISOLATE}\n]*{END_ISOLATE}", "⟨name⟩", text.render()[0])


@pytest.mark.parametrize(
    "name",
    [
        "\n\n✅ Ended by you",
        "<b>x</b> &amp;",
        "https://telegram.example @bot /sessions",
        "\u2069 Telegram waits \u2068",
        "\u202egnp.exe",
        "A" * 4096,
        "P" + "\u0316" * 300,
        "🚨 New country",
    ],
)
@pytest.mark.parametrize("reason", REASONS)
def test_what_a_device_says_of_itself_changes_no_word_of_ours(reason: Reason, name: str) -> None:
    def of(raw: str) -> Text:
        some = finding(reason, before=raw, after=raw, count=2, minutes=2)
        return reasons(Assessment(findings=(some,)))

    hostile = of(name)
    assert our_words(hostile) == our_words(of("Pixel"))
    text, entities = hostile.render()
    assert {entity.type for entity in entities} <= {"code"}
    shown_names = text.count(f"{ISOLATE}{cleaned(name)}{END_ISOLATE}")
    assert shown_names == of("Pixel").render()[0].count("Pixel") == len(entities)


@given(st.text(max_size=60))
def test_all_reasons_of_a_login_at_once_fit_a_message_with_room_to_spare(name: str) -> None:
    findings = [each for each in one_of_each(name) if isinstance(each.reason, LoginReason)]
    assert len(findings) == len(RULES)
    assert utf16_units(reasons(Assessment(findings=tuple(findings))).render()[0]) < MESSAGE_MOST * 2 / 3
