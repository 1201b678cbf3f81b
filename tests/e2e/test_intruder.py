"""Somebody is logged in to the watched account, which is an owner too: every button is theirs to press, for nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from bot.codes.enrolment import TOLERANCE, Enrolment, new_enrolment, step_at
from bot.one_time_codes import OneTimeCodes
from core.connection import connect
from tests.e2e.house import House, Message, Person, until
from userclient.settings import UserclientSettings

INTRUDER = "Intruder's phone"
OLD_PHONE = "Owner's old phone"
TYPED_WITHIN = timedelta(seconds=15)


class Codes:
    """The owner's authenticator app: the one thing that the intruder has not."""

    def __init__(self, enrolment: Enrolment, last_step: int) -> None:
        self._totp = pyotp.TOTP(enrolment.secret)
        self._last = last_step

    def fresh(self) -> str:
        """A code that was not typed yet, of this half minute, the one before or the next: those are taken too."""

        def step() -> int | None:
            now = datetime.now(UTC)
            oldest = step_at(now + TYPED_WITHIN) - TOLERANCE
            unused = max(self._last + 1, oldest)
            return unused if unused <= step_at(now) + TOLERANCE else None

        self._last = until("the next code", step, seconds=40)
        return self._totp.generate_otp(self._last)


@pytest.fixture
def home(house: House) -> Iterator[House]:
    """The account is the only owner; its old phone has been there for long."""
    house.settings["OWNER_IDS"] = str(house.account)
    house.owner = Person(house.api, house.account)
    old_phone = house.somebody_logs_in(OLD_PHONE)
    house.change(old_phone, date_created=int(time.time() - 90 * 86400), unconfirmed=False)
    house.log_guard_in()
    return house


def enrolled(house: House) -> Codes:
    """As `doorman enroll` leaves it, a minute later."""
    enrolment, _ = new_enrolment(datetime.now(UTC))
    last = step_at(datetime.now(UTC)) - 2
    codes = Codes(enrolment, last)

    async def keep() -> None:
        settings = UserclientSettings.model_validate({n.lower(): value for n, value in house.settings.items()})
        redis = connect(settings, name="test")
        await OneTimeCodes(redis, settings.keyring).keep(house.account, enrolment, last_step=last)
        await redis.aclose()

    asyncio.run(keep())
    return codes


def devices(house: House) -> set[str]:
    return {row["device_model"] for row in house.sessions().values()}


def hash_of(house: House, device: str) -> str:
    return next(hash_ for hash_, row in house.sessions().items() if row["device_model"] == device)


def card_of(chat: Person, device: str) -> Message:
    listed = chat.ask("/sessions", "sessions of")
    chat.press(listed, device)
    return chat.sees_on(listed, "Logged in:", device)


def ask_to_end(chat: Person, device: str) -> Message:
    """Press End and Yes on the device's card; the question for the code."""
    shown = card_of(chat, device)
    before = chat.bots()[-1].id
    chat.press(shown, "End session")
    chat.press(chat.sees_on(shown, "Yes, end"), "Yes, end")
    return chat.see("🔐", device, after=before)


def test_without_codes_nothing_that_an_intruder_wants_is_done(home: House) -> None:
    home.move_in()
    chat = home.owner
    home.somebody_logs_in(INTRUDER, unconfirmed=True)
    alert = chat.see("New login", INTRUDER)

    chat.press(alert, "It was me")
    chat.see("🔐 Not done", INTRUDER, "doorman enroll", after=alert.id)
    assert home.sessions()[hash_of(home, INTRUDER)]["unconfirmed"]

    chat.press(card_of(chat, INTRUDER), "Trust")
    chat.see("🔐 Not done: Trust this session", "doorman enroll")

    asked = ask_to_end(chat, OLD_PHONE)
    assert "Not done: End this session" in asked.text

    listed = chat.ask("/sessions", "sessions of")
    chat.press(listed, "End all others")
    before = chat.bots()[-1].id
    chat.press(chat.sees_on(listed, "Yes, end"), "Yes, end")
    chat.see("🔐 Not done", "sessions", after=before)
    assert {OLD_PHONE, INTRUDER} <= devices(home)


def test_with_codes_the_owner_can_do_all_and_the_intruder_nothing(home: House) -> None:
    codes = enrolled(home)
    home.move_in()
    chat = home.owner
    home.somebody_logs_in(INTRUDER, unconfirmed=True)
    alert = chat.see("New login", INTRUDER)

    # The intruder confirms himself, guesses, and gives up.
    chat.press(alert, "It was me")
    question = chat.see("🔐", INTRUDER, "answer this message", after=alert.id)
    assert question.asks_for_reply
    typed = chat.send("123456", reply_to=question)
    chat.see("🚨 A wrong one-time code was typed", after=question.id)
    chat.see("That code is wrong", after=question.id)
    until("the code to be taken out of the chat", lambda: typed not in {m.id for m in chat.messages()})
    assert home.sessions()[hash_of(home, INTRUDER)]["unconfirmed"]

    # He presses another while one waits: that is not put in its place.
    shown = card_of(chat, OLD_PHONE)
    chat.press(shown, "End session")
    pressed = chat.press(chat.sees_on(shown, "Yes, end"), "Yes, end")
    until("an answer to the press", lambda: chat.was_answered(pressed))
    # The owner's code, sent by itself, answers nothing and is worth nothing any more.
    code = codes.fresh()
    chat.ask(code, "answers no question")
    chat.send(code, reply_to=question)
    chat.see("used already", after=question.id)
    assert OLD_PHONE in devices(home)

    # He drops it and asks for what he wants: the owner's answer to the former question does not carry that.
    chat.ask("/cancel", "Dropped")
    wanted = ask_to_end(chat, OLD_PHONE)
    chat.send(codes.fresh(), reply_to=question)
    chat.see("answers no question", after=wanted.id)
    assert OLD_PHONE in devices(home)
    chat.ask("/cancel", "Dropped")

    # A new session is ended without a code: the intruder's.
    chat.press(chat.now(alert), "End session")
    chat.press(chat.sees_on(alert, "Yes, end"), "Yes, end")
    chat.sees_on(alert, "Ended by you")
    assert INTRUDER not in devices(home)

    # The owner, who has the app, ends the old phone.
    question = ask_to_end(chat, OLD_PHONE)
    chat.send(codes.fresh(), reply_to=question)
    until("the old phone to be gone", lambda: OLD_PHONE not in devices(home))


def test_an_owner_who_is_not_the_account_is_asked_for_no_code(house: House) -> None:
    old_phone = house.somebody_logs_in(OLD_PHONE)
    house.change(old_phone, date_created=int(time.time() - 90 * 86400), unconfirmed=False)
    house.log_guard_in()
    house.move_in()
    shown = card_of(house.owner, OLD_PHONE)
    house.owner.press(shown, "End session")
    house.owner.press(house.owner.sees_on(shown, "Yes, end"), "Yes, end")
    house.owner.sees_on(shown, "Ended by you")
    assert OLD_PHONE not in devices(house)


def test_deleting_the_alert_does_not_settle_it(home: House) -> None:
    """What is deleted in the chat is deleted for both; the list still shows the login, and its end is told."""
    home.move_in()
    chat = home.owner
    login = home.somebody_logs_in(INTRUDER)
    chat.delete(chat.see("New login", INTRUDER))
    chat.press(card_of(chat, INTRUDER), "Refresh")
    before = chat.bots()[-1].id
    home.end_elsewhere(login)
    chat.see("A session ended", INTRUDER, after=before)
