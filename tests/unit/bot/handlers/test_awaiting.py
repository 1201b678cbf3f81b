"""Having a session ended as soon as Telegram allows it: one press while the offer is fresh, and one to call it off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, SendMessage

from bot.views.answers import OLD_QUESTION
from bot.views.buttons.ending import DontEnd, EndLater
from bot.views.buttons.sessions import Origin
from core.contract.commands import CallOffEnding, EndWhenAllowed
from core.domain.awaited import Wanted
from core.domain.standing import Standings
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press, words


def later(*, ago: timedelta = timedelta()) -> str:
    """The button, its offer made so long ago."""
    asked = int((datetime.now(UTC) - ago).timestamp()) // 60
    return EndLater(account=ACCOUNT, hash="7", asked=asked).pack()


async def test_a_press_has_it_noted(feed: Feed, gateway: FakeGateway, desk: FakeDesk) -> None:
    gateway.last = roster(session("7"))
    await feed(press(later()))
    [carried] = desk.carried
    assert carried.command == EndWhenAllowed(hash="7")
    assert (carried.owner, carried.message_id, carried.sessions) == (OWNER, PRESSED, (session("7"),))


async def test_an_old_offer_is_made_once_more_and_nothing_is_noted(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(press(later(ago=timedelta(hours=1))))
    assert desk.carried == []
    assert telegram.of(AnswerCallbackQuery)[0].text == OLD_QUESTION
    [edit] = telegram.of(EditMessageReplyMarkup)
    [again] = [EndLater.unpack(data) for data in buttons(edit) if data.startswith("el:")]
    assert datetime.now(UTC).timestamp() // 60 - again.asked <= 1


async def test_a_press_calls_it_off_at_any_time(feed: Feed, desk: FakeDesk) -> None:
    await feed(press(DontEnd(account=ACCOUNT, hash="7", origin=Origin.CARD).pack()))
    [carried] = desk.carried
    assert (carried.command, carried.origin) == (CallOffEnding(hash="7"), Origin.CARD)


async def test_status_says_how_many_wait(feed: Feed, gateway: FakeGateway, telegram: FakeTelegram) -> None:
    gateway.last = roster(session("7"))
    at = datetime.now(UTC)
    wanted = Wanted(hash="7", by=OWNER, asked_at=at, allowed_from=at + timedelta(hours=3))
    gateway.standings = Standings(wanted=(wanted,))
    await feed(words("/status"))
    [sent] = telegram.of(SendMessage)
    assert "1 session is to be ended from" in sent.text
