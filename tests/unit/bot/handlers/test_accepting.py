"""The switches on a session's card."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText

from bot.press import Press
from bot.views.buttons import Accept, KeepSession, Origin, ShowCard
from core.contract.commands import RosterFetched, SetAccepted
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press

DEAF = session("7", calls_disabled=True)


@pytest.mark.parametrize("origin", [Origin.CARD, Origin.TRUSTED_CARD])
async def test_a_switch_changes_just_its_own_setting(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, origin: Origin
) -> None:
    gateway.last = roster(DEAF)
    await feed(press(Accept(account=ACCOUNT, hash="7", origin=origin, calls=True, secret_chats=True).pack()))
    assert desk.carried == [
        Press.of(
            SetAccepted(hash="7", calls=True, secret_chats=True),
            account=ACCOUNT,
            owner=OWNER,
            message_id=PRESSED,
            origin=origin,
            sessions=(DEAF,),
        )
    ]
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_whoever_keeps_a_session_gets_its_switches_back_too(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers, gateway.last = [RosterFetched(roster=roster(DEAF))], roster(DEAF)
    await feed(press(ShowCard(account=ACCOUNT, hash="7").pack()))
    await feed(press(KeepSession(account=ACCOUNT, hash="7", origin=Origin.CARD).pack()))
    [shown], [kept] = telegram.of(EditMessageText), telegram.of(EditMessageReplyMarkup)
    assert buttons(kept) == buttons(shown)
    assert any(data.startswith("ca:") for data in buttons(kept))
