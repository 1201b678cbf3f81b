"""The buttons of alerts that end no session: each asks for one thing, on the right message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aiogram.filters.callback_data import CallbackData
from aiogram.methods import AnswerCallbackQuery, SendMessage
from aiogram.types import InlineKeyboardButton

from bot.handlers.alerted import former_label
from bot.press import NO_MESSAGE
from bot.views.answers import STALE
from bot.views.buttons.alerts import CallOffReset, CutBot, CutWebsite, GiveFormerLabel, RemindMe, StopCodes
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.ending import AskEndOthersApart
from bot.views.buttons.keyboards import list_apart
from bot.views.buttons.sessions import Origin
from core.contract.commands import (
    Command,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    KillCodes,
    LabelSession,
    RemindLater,
)
from core.contract.replies import RosterFetched
from core.contract.state import Snapshot
from core.domain.account_state import AccountState, BusinessBot
from core.domain.labels import Former, Labels
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, SEAL, press

OLD = session("3", created_at=NOW - timedelta(days=9), active_at=NOW - timedelta(days=1))
KNOWN = Snapshot(
    roster=roster(session("7")),
    labels=Labels(former=(Former(session=OLD, text="my phone"),)),
    account_state=AccountState(
        taken_at=NOW, bots=(BusinessBot(id=77, name="Helper", username="helper_bot", can_reply=True),)
    ),
)


@pytest.fixture(autouse=True)
def _known(gateway: FakeGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    async def snapshot(account: int) -> Snapshot:
        assert account == ACCOUNT
        return KNOWN

    monkeypatch.setattr(gateway, "snapshot", snapshot, raising=False)
    gateway.last = KNOWN.roster


@pytest.mark.parametrize(
    ("data", "command"),
    [
        (RemindMe(account=ACCOUNT, hash="7"), RemindLater(hash="7")),
        (GiveFormerLabel(account=ACCOUNT, hash="7"), LabelSession(hash="7", label="my phone")),
        (StopCodes(account=ACCOUNT, guide=False), KillCodes()),
        (CallOffReset(account=ACCOUNT, guide=False), DeclineReset()),
        (CutBot(account=ACCOUNT, bot=77, guide=False), DisconnectBot(bot=77)),
        (CutWebsite(account=ACCOUNT, website="-5", guide=False), DisconnectWebsite(website="-5")),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_each_button_asks_for_one_thing(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, data: CallbackData, command: Command
) -> None:
    await feed(press(data.pack()))
    [carried] = desk.carried
    assert carried.command == command
    assert carried.message_id == PRESSED
    assert carried.name == ("Helper" if isinstance(command, DisconnectBot) else "")
    assert len(telegram.of(AnswerCallbackQuery)) == 1


async def test_what_else_can_be_decided_on_the_alert_is_kept_beside_what_was_pressed(
    feed: Feed, desk: FakeDesk
) -> None:
    cut, call_off = CutBot(account=ACCOUNT, bot=77, guide=False), CallOffReset(account=ACCOUNT, guide=False)
    below = keyboard([button("Cut", cut)], [button("Call off", call_off)], [list_apart(ACCOUNT)])
    forged = InlineKeyboardButton(text="Made up", callback_data=StopCodes(account=ACCOUNT, guide=False).pack())
    markup = SEAL.on(below, OWNER)
    markup.inline_keyboard.append([forged])
    await feed(press(cut.pack(), keyboard=markup))
    [carried] = desk.carried
    assert carried.origin is Origin.NEWS
    assert carried.beside == (("Call off", call_off.pack()),)


async def test_a_guide_keeps_its_buttons(feed: Feed, desk: FakeDesk) -> None:
    await feed(press(StopCodes(account=ACCOUNT, guide=True).pack()))
    assert [carried.message_id for carried in desk.carried] == [NO_MESSAGE]


async def test_a_name_that_is_not_known_any_more_is_not_given(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk
) -> None:
    await feed(press(GiveFormerLabel(account=ACCOUNT, hash="8").pack()))
    assert desk.carried == []
    assert [call.text for call in telegram.of(AnswerCallbackQuery)] == [STALE]


def test_a_former_name_is_only_a_recognised_devices() -> None:
    assert former_label(KNOWN, "7") == "my phone"
    assert former_label(replace(KNOWN, roster=roster(session("7", device_model="iPhone"))), "7") == ""
    assert former_label(None, "7") == ""


async def test_the_end_of_all_others_is_asked_for_beside_the_guide(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.answers = [RosterFetched(roster=roster(session("7")))]
    await feed(press(AskEndOthersApart(account=ACCOUNT).pack()))
    [question] = telegram.of(SendMessage)
    assert "End 1 session?" in question.text
