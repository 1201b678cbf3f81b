"""Trusting a session and trusting it no more, from the buttons on its card."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerCallbackQuery

from bot.press import Press
from bot.views.buttons.sessions import JudgeTrust, Origin, ShowCard
from core.contract.commands import Command, DistrustSession, TrustSession
from core.contract.replies import RosterFetched
from core.domain.standing import Standings, Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, press, words

CARD = ShowCard(account=ACCOUNT, hash="7").pack()
TRUSTED = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))


@pytest.mark.parametrize(
    ("trusts", "origin", "command"),
    [
        (True, Origin.CARD, TrustSession(hash="7")),
        (False, Origin.TRUSTED_CARD, DistrustSession(hash="7")),
    ],
)
async def test_a_judgement_is_carried_as_what_it_is(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    desk: FakeDesk,
    trusts: bool,
    origin: Origin,
    command: Command,
) -> None:
    gateway.last = roster(session("7"))
    await feed(press(JudgeTrust(account=ACCOUNT, hash="7", trusted=trusts).pack()))
    [carried] = desk.carried
    assert carried == Press.of(
        command,
        account=ACCOUNT,
        owner=OWNER,
        message_id=PRESSED,
        origin=origin,
        sessions=(session("7"),),
    )
    assert carried.command == command
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_a_card_offers_what_would_change_something(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [
        RosterFetched(roster=roster(session("7")), standings=standings) for standings in (Standings(), TRUSTED)
    ]
    await feed(press(CARD))
    await feed(press(CARD))
    untrusted, trusted = [
        [b.text for row in call.reply_markup.inline_keyboard for b in row]
        for call in telegram.calls
        if hasattr(call, "reply_markup")
    ]
    assert "🛡 Trust" in untrusted
    assert "Trust no more" in trusted
    assert "Trusted by you" in telegram.texts()[1]


async def test_the_list_shows_which_are_trusted(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.answers = [RosterFetched(roster=roster(session("7"), session("8")), standings=TRUSTED)]
    await feed(words("/sessions"))
    assert telegram.texts()[0].count("🛡 trusted") == 1
