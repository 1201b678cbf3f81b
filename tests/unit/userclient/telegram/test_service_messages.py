"""Login codes in what Telegram writes: found in any language, and in nothing else that it or anybody writes."""
# ruff: noqa: RUF001 - languages have their own letters

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import types

from userclient.telegram.allowed import TELEGRAM
from userclient.telegram.service_messages import code_in, code_of, number_of

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
SOMEBODY = 4242
CODE = "Login code: 12345. It is yours alone."


def message(text: str, *, chat: Any = None, sender: Any = None, out: bool | None = None) -> Any:
    """A new message, from Telegram unless told."""
    peer = chat or types.PeerUser(TELEGRAM)
    return types.UpdateNewMessage(
        types.Message(1, peer_id=peer, from_id=sender, date=NOW, message=text, out=out), pts=1, pts_count=1
    )


def short(text: str, user: int = TELEGRAM, *, out: bool | None = None) -> Any:
    return types.UpdateShortMessage(1, user, text, pts=1, pts_count=1, date=NOW, out=out)


def notification(text: str) -> Any:
    return types.UpdateServiceNotification("AUTHKEYDROP", text, types.MessageMediaEmpty(), [])


@pytest.mark.parametrize("bring", [message, short, notification])
def test_a_code_is_found_in_whatever_it_comes(bring: Any) -> None:
    assert code_in(bring(CODE)) == "12345"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Login code: 54321. It is yours alone, whoever asks for it!", "54321"),
        ("Код для входа: 54321. Он только ваш.", "54321"),
        ("Código de acceso: 54321. Es solo suyo.", "54321"),
        ("Code de connexion : 54321.\n\nIl est à vous seul.", "54321"),
        ("Anmeldecode: 54321. Er gehört nur dir.", "54321"),
        ("登录代码：54321。只属于您。", "54321"),
        ("您的代码是54321，只属于您", "54321"),
        ("로그인 코드는 54321입니다. 혼자만 아세요.", "54321"),
        ("ログインコード: 54321。あなただけのものです。", "54321"),
        ("کد ورود: 54321. فقط برای شما.", "54321"),
        ("رمز الدخول: 54321. لك وحدك.", "54321"),
        ("लॉगिन कोड: 54321। केवल आपका।", "54321"),
        ("54321 is your login code", "54321"),
        ("54321", "54321"),
        ("Login code:54321", "54321"),
        ("Login code: 54321! Hurry.", "54321"),
        ("Your code “54321”", "54321"),
        ("Code: 543210", "543210"),
        ("Code: 5432109", "5432109"),
        ("Code: 00000", "00000"),
        ("Login code: 54-321.", "54321"),
        ("Login code: 5-4-3-2-1.", "54321"),
        ("Login code: 543-210 is yours", "543210"),
        ("Login code: 54321.\nYou can also tap this link: https://t.me/login/54321", "54321"),
    ],
)
def test_the_code_is_found_in_any_language_without_its_dashes(text: str, code: str) -> None:
    assert code_in(message(text)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Welcome to Telegram!",
        "Code: 1234",
        "Code: 12345678",
        "Your number is now +46701234567.",
        "A new device logged in, 14/03/2026 15:09:26 UTC.\n\nDevice: Pixel 9, Android, 12.1.1 (58412)\nIP = 192.0.2.7",
        "Новый вход 2026-03-14 в 15:09:26 UTC: iOS 18.1, Telegram iOS 11.3 (29846), IP = 203.0.113.254",
        "New login from Telegram Desktop 5.13.1 x64, Windows 10.0.19045, IP 2001:db8:85a3::8a2e:370:7334",
        "New login from SM-G99812, Build/AP31.240617, 198.51.100.8:54321",
        "New login from Redmi 23049PCD8G, Linux 6.8.0-45-generic",
        "See https://t.me/login/54321",
        "On 2026-03-14 and 14-03-2026, between 10:15 and 12:45.",
        "That costs 12.34567, or 3.1415926",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert code_in(message(text)) is None


@pytest.mark.parametrize(
    "update",
    [
        message(CODE, chat=types.PeerUser(SOMEBODY)),
        message(CODE, chat=types.PeerUser(SOMEBODY), sender=types.PeerUser(TELEGRAM)),  # forwarded, or a forged sender
        message(CODE, sender=types.PeerUser(SOMEBODY)),
        message(CODE, sender=types.PeerChannel(TELEGRAM)),
        message(CODE, chat=types.PeerChat(TELEGRAM)),
        message(CODE, chat=types.PeerChannel(TELEGRAM)),
        message(CODE, out=True),
        short(CODE, SOMEBODY),
        short(CODE, out=True),
        types.UpdateShortChatMessage(1, TELEGRAM, 9, CODE, pts=1, pts_count=1, date=NOW),
        types.UpdateNewChannelMessage(
            types.Message(1, peer_id=types.PeerChannel(77), date=NOW, message=CODE), pts=1, pts_count=1
        ),
        types.UpdateEditMessage(
            types.Message(1, peer_id=types.PeerUser(TELEGRAM), date=NOW, message=CODE), pts=1, pts_count=1
        ),
        types.UpdateNewMessage(types.MessageEmpty(1, None), pts=1, pts_count=1),
        types.UpdateNewMessage(
            types.MessageService(
                1, peer_id=types.PeerUser(TELEGRAM), date=NOW, action=types.MessageActionContactSignUp()
            ),
            pts=1,
            pts_count=1,
        ),
        types.UpdatesTooLong(),
        None,
    ],
    ids=lambda update: type(update).__name__,
)
def test_what_others_write_groups_and_what_the_account_itself_wrote_bring_none(update: Any) -> None:
    assert code_in(update) is None


def test_telegrams_own_name_as_the_sender_is_no_hindrance() -> None:
    assert code_in(message(CODE, sender=types.PeerUser(TELEGRAM))) == "12345"


def test_a_text_that_is_none_brings_none() -> None:
    assert code_in(message(None)) is None  # type: ignore[arg-type]


@given(st.integers(5, 7).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)), st.data())
def test_every_code_is_found_wherever_it_stands_and_however_it_is_dashed(code: str, data: st.DataObject) -> None:
    dashed = "".join(digit + ("-" if data.draw(st.booleans()) else "") for digit in code[:-1]) + code[-1]
    assert code_in(message(f"Code: {dashed}. Keep it.")) == code


@given(st.text(max_size=60))
def test_whatever_is_written_what_is_found_is_five_to_seven_digits(text: str) -> None:
    found = code_in(message(text))
    assert found is None or (found.isdecimal() and 5 <= len(found) <= 7)


def test_the_message_is_named_where_it_is_kept_in_a_chat() -> None:
    assert (number_of(message(CODE)), number_of(short(CODE)), number_of(notification(CODE))) == (1, 1, 0)


def test_a_message_that_is_read_later_is_judged_as_one_that_is_pushed() -> None:
    assert code_of(message(CODE).message) == "12345"
    assert code_of(message(CODE, chat=types.PeerUser(SOMEBODY)).message) is None
    assert code_of(message(CODE, out=True).message) is None
    assert code_of(types.MessageEmpty(1, peer_id=types.PeerUser(TELEGRAM))) is None
