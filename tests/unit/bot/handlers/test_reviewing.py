"""Looking through what nobody trusts, card by card."""

from __future__ import annotations

from aiogram.methods import AnswerCallbackQuery, EditMessageText

from bot.views.answers import NO_REPLY_TO_LOOK
from bot.views.buttons.sessions import Origin, ReviewNext, TrustReviewed
from core.bus import NoReplyError
from core.contract.commands import TrustSession
from core.contract.replies import RosterFetched
from core.domain.standing import Standings, Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import buttons, press

BEGIN = ReviewNext(account=ACCOUNT).pack()
HOUSE = roster(*(session(hash_, device_model=f"Device {hash_}") for hash_ in ("20", "-5", "3")))
TRUSTED = Standings(trusted=(Trust(hash="3", at=NOW, by=OWNER),))


async def test_skipping_leads_through_all_that_nobody_trusts_and_trusts_none(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [RosterFetched(roster=HOUSE, standings=TRUSTED)] * 3
    data = BEGIN
    for _ in range(3):
        await feed(press(data))
        data = next((each for each in buttons(telegram.of(EditMessageText)[-1]) if each.startswith("rn:")), "")
    first, second, over = telegram.texts()
    assert "Device -5" in first
    assert "(1 more after this one)" in first
    assert "Device 20" in second
    assert "2 sessions are not trusted" in over
    assert data == BEGIN  # to look again
    assert desk.carried == []


async def test_one_that_ended_meanwhile_breaks_no_turn(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RosterFetched(roster=roster(session("20", device_model="Device 20")))]
    await feed(press(ReviewNext(account=ACCOUNT, after="-5").pack()))
    assert "Device 20" in telegram.texts()[0]


async def test_trusting_in_a_review_is_a_press_of_that_review(feed: Feed, gateway: FakeGateway, desk: FakeDesk) -> None:
    gateway.last = HOUSE
    await feed(press(TrustReviewed(account=ACCOUNT, hash="3").pack()))
    [carried] = desk.carried
    assert (carried.command, carried.origin) == (TrustSession(hash="3"), Origin.REVIEW)


async def test_where_the_worker_cannot_look_it_is_said_beside_the_card(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(BEGIN))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (NO_REPLY_TO_LOOK, True)
