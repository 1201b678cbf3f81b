"""Ending all other sessions: what is ended is what was listed, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.press import Press
from bot.views.answers import NO_REPLY_TO_LOOK, REDIS_AWAY
from bot.views.buttons.ending import AskEndOthers, ConfirmEndOthers
from bot.views.buttons.sessions import Origin
from bot.views.ending_all import under_way
from core.bus import NoReplyError
from core.contract.commands import EndSessions
from core.contract.replies import RosterFetched
from core.domain.sessions import Roster, in_order
from core.domain.standing import Standings, Trust
from tests.crowds import crowd
from tests.domain_values import ACCOUNT, NOW, OWNER, guard_session, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeDesk, FakeGateway, Feed
from tests.updates import PRESSED, buttons, press

ASK = AskEndOthers(account=ACCOUNT).pack()
OTHERS = (session("7", device_model="Pixel"), session("-8", device_model="Nokia", active_at=NOW - timedelta(days=1)))


def confirm(name: str = "1-0") -> str:
    return ConfirmEndOthers(account=ACCOUNT, list=name).pack()


async def test_the_question_lists_what_its_confirmation_ends(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [RosterFetched(roster=roster(*OTHERS))]
    await feed(press(ASK))
    assert desk.carried == []
    [question] = telegram.of(EditMessageText)
    assert "1. \u2068Pixel\u2069" in question.text
    assert "2. \u2068Nokia\u2069" in question.text
    assert buttons(question)[0] == confirm()
    await feed(press(buttons(question)[0]))
    assert desk.carried == [
        Press.of(
            EndSessions(hashes=("7", "-8")),
            account=ACCOUNT,
            owner=OWNER,
            message_id=PRESSED,
            origin=Origin.LIST,
            sessions=OTHERS,
        )
    ]
    assert desk.carried[0].command == EndSessions(hashes=("7", "-8"))
    assert telegram.of(AnswerCallbackQuery)[-1].text == under_way(2)
    assert len(telegram.texts()) == 1  # what came of it is for the desk to tell


async def test_all_but_the_trusted_can_be_ended(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    standings = Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),))
    gateway.answers = [RosterFetched(roster=roster(*OTHERS), standings=standings)]
    await feed(press(ASK))
    [asked] = telegram.of(EditMessageText)
    assert "1 of them is trusted:\n2. \u2068Pixel\u2069" in asked.text
    spare, everything, _ = buttons(asked)
    await feed(press(spare))
    await feed(press(everything))
    assert [carried.hashes for carried in desk.carried] == [("-8",), ("-8", "7")]


async def test_where_all_are_trusted_there_is_no_button_that_ends_none(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    standings = Standings(trusted=tuple(Trust(hash=each.hash, at=NOW, by=OWNER) for each in OTHERS))
    gateway.answers = [RosterFetched(roster=roster(*OTHERS), standings=standings)]
    await feed(press(ASK))
    [asked] = telegram.of(EditMessageText)
    assert len(buttons(asked)) == 2


async def test_a_login_after_the_question_is_not_ended_by_its_confirmation(
    feed: Feed, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.answers = [RosterFetched(roster=roster(*OTHERS))]
    await feed(press(ASK))
    gateway.last = roster(*OTHERS, session("9"))
    await feed(press(confirm()))
    assert desk.carried[0].hashes == ("7", "-8")


async def test_more_than_a_message_holds_are_ended_in_turns_each_as_listed(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    listed = crowd(1 + 33, account=ACCOUNT)
    gateway.answers = [RosterFetched(roster=listed)]
    await feed(press(ASK))
    [text] = telegram.texts()
    assert "End 15 sessions?" in text
    assert "18 more" in text
    assert text.count("\n15. ") == 1
    assert "\n16. " not in text
    await feed(press(confirm()))
    assert desk.carried[0].sessions == tuple(s for s in in_order(listed.sessions) if not s.current)[:15]


@pytest.mark.parametrize(("age", "warned"), [(timedelta(hours=23), True), (timedelta(hours=25), False)])
async def test_the_question_says_from_when_a_guard_under_a_day_old_may_end_others(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, age: timedelta, warned: bool
) -> None:
    guard = guard_session(created_at=datetime.now(UTC) - age)
    listed = Roster(account=ACCOUNT, sessions=(guard, *OTHERS), ttl_days=180, taken_at=NOW)
    gateway.answers = [RosterFetched(roster=listed)]
    await feed(press(ASK))
    assert ("Doorman may end sessions from" in telegram.texts()[0]) is warned


@pytest.mark.parametrize("name", ["2-0", "1-1", "gone", "0"])
async def test_a_list_that_is_kept_no_more_is_asked_about_anew(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, name: str
) -> None:
    gateway.lists["1-0"] = (session("5"),)
    gateway.answers = [RosterFetched(roster=roster(*OTHERS))]
    await feed(press(confirm(name)))
    assert desk.carried == []
    [question] = telegram.of(EditMessageText)
    assert question.text.startswith("That question was too old")
    [kept] = gateway.lists.keys() - {"1-0"}
    assert buttons(question)[0] == confirm(kept)
    assert gateway.lists[kept] == OTHERS


@pytest.mark.parametrize("data", [ASK, confirm("9-0")])
async def test_where_nobody_else_is_logged_in_there_is_nothing_to_confirm(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, data: str
) -> None:
    gateway.answers = [RosterFetched(roster=roster())]
    await feed(press(data))
    [edit] = telegram.of(EditMessageText)
    assert edit.text == "Nobody but Doorman is logged in."
    assert not any(each.startswith("X:") for each in buttons(edit))
    assert gateway.lists == {}


@pytest.mark.parametrize("data", [ASK, confirm("9-0")])
async def test_where_the_worker_cannot_look_nothing_is_asked(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk, data: str
) -> None:
    gateway.answers = [NoReplyError()]
    await feed(press(data))
    [answer] = telegram.of(AnswerCallbackQuery)
    assert (answer.text, answer.show_alert) == (NO_REPLY_TO_LOOK, True)
    assert telegram.texts() == []
    assert desk.carried == []


async def test_a_list_that_redis_did_not_take_leaves_the_question_as_it_is(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.lists["1-0"] = OTHERS
    desk.trouble = RedisConnectionError("gone")
    await feed(press(confirm()))
    assert telegram.of(EditMessageText) == []
    assert telegram.texts() == [REDIS_AWAY]
