"""The switches on a session's card."""

from __future__ import annotations

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup, EditMessageText

from bot.press import Press
from bot.views.answers import STALE
from bot.views.buttons.ending import KeepSession
from bot.views.buttons.sessions import Accept, Origin, ShowCard, Switch
from core.contract.commands import SetAccepted
from core.contract.replies import RosterFetched
from tests.domain_values import ACCOUNT, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press

DEAF = session("7", calls_disabled=True)


@pytest.mark.parametrize("origin", [Origin.CARD, Origin.TRUSTED_CARD])
@pytest.mark.parametrize(
    ("switch", "command"),
    [
        (Switch.CALLS, SetAccepted(hash="7", calls=True, secret_chats=None)),
        (Switch.CHATS, SetAccepted(hash="7", calls=None, secret_chats=True)),
    ],
    ids=["calls", "secret chats"],
)
async def test_a_switch_changes_just_its_own_setting_however_old_its_card_is(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    desk: FakeDesk,
    origin: Origin,
    switch: Switch,
    command: SetAccepted,
) -> None:
    gateway.last = roster(DEAF)
    await feed(press(Accept(account=ACCOUNT, hash="7", origin=origin, switch=switch, is_on=True).pack()))
    assert desk.carried == [
        Press.of(
            command,
            account=ACCOUNT,
            owner=OWNER,
            message_id=PRESSED,
            origin=origin,
            sessions=(DEAF,),
        )
    ]
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_a_switch_that_says_both_is_of_an_older_version_and_changes_nothing(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(press(f"ca:{ACCOUNT}:7:c:1:0"))
    assert desk.carried == []
    [notice] = telegram.of(AnswerCallbackQuery)
    assert notice.text == STALE


async def test_whoever_keeps_a_session_gets_its_switches_back_too(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers, gateway.last = [RosterFetched(roster=roster(DEAF))], roster(DEAF)
    await feed(press(ShowCard(account=ACCOUNT, hash="7").pack()))
    await feed(press(KeepSession(account=ACCOUNT, hash="7", origin=Origin.CARD).pack()))
    [shown], [kept] = telegram.of(EditMessageText), telegram.of(EditMessageReplyMarkup)
    assert buttons(kept) == buttons(shown)
    assert any(data.startswith("ca:") for data in buttons(kept))
