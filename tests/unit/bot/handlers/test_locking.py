"""The login lock by a typed command: as by its buttons, and through the same gate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiogram.methods import SendMessage

from bot.press import Press
from bot.views.locking import BAD_LOCK
from core.contract.commands import Prefer
from tests.domain_values import ACCOUNT, OWNER
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeCodes, FakeDesk, FakeGateway, Feed
from tests.updates import words


def locked_until(press: Press) -> datetime | None:
    command = press.command
    assert isinstance(command, Prefer)
    assert command.fields == ("is_locked", "lock_until")
    assert command.preferences.is_locked
    return command.preferences.lock_until


@pytest.mark.parametrize("typed", ["/lock on", "/LOCK On", "/lock  on "])
async def test_it_is_switched_on_until_it_is_switched_off(feed: Feed, desk: FakeDesk, typed: str) -> None:
    await feed(words(typed))
    assert [locked_until(press) for press in desk.carried] == [None]


@pytest.mark.parametrize("hours", [1, 8, 168])
async def test_it_is_switched_on_for_some_hours(feed: Feed, desk: FakeDesk, hours: int) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    await feed(words(f"/lock {hours}"))
    [press] = desk.carried
    until = locked_until(press)
    assert until
    assert timedelta() <= until - before - timedelta(hours=hours) < timedelta(minutes=1)


async def test_it_is_switched_off(feed: Feed, desk: FakeDesk) -> None:
    await feed(words("/lock off"))
    [press] = desk.carried
    assert isinstance(press.command, Prefer)
    assert not press.command.preferences.is_locked


@pytest.mark.parametrize("typed", ["0", "169", "-1", "8.5", "soon", "٨", "08", "on 8"])
async def test_what_is_none_of_these_changes_nothing_and_is_told_what_is(
    feed: Feed, telegram: FakeTelegram, desk: FakeDesk, typed: str
) -> None:
    await feed(words(f"/lock {typed}"))
    assert telegram.texts() == [BAD_LOCK]
    assert desk.carried == []


async def test_every_account_is_locked_whichever_is_chosen(feed: Feed, gateway: FakeGateway, desk: FakeDesk) -> None:
    gateway.watched, gateway.chosen = [ACCOUNT, ACCOUNT + 1], ACCOUNT
    await feed(words("/lock on"))
    assert [press.account for press in desk.carried] == gateway.watched


async def test_which_of_several_is_unlocked_the_owner_says_by_the_button(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway, desk: FakeDesk
) -> None:
    gateway.watched = [ACCOUNT, ACCOUNT + 1]
    await feed(words("/lock off"))
    assert [text.startswith("Login lock of") for text in telegram.texts()] == [True, True]
    assert desk.carried == []


@pytest.mark.parametrize(("typed", "is_free"), [("/lock on", True), ("/lock 8", False), ("/lock off", False)])
async def test_what_needs_a_one_time_code_by_a_button_needs_it_typed(
    feed: Feed,
    telegram: FakeTelegram,
    gateway: FakeGateway,
    codes: FakeCodes,
    desk: FakeDesk,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    *,
    is_free: bool,
) -> None:
    async def nobody(_owner: int) -> bool:
        return False

    gateway.watched = [OWNER]
    monkeypatch.setattr(codes, "is_enrolled", nobody, raising=False)
    await feed(words(typed))
    assert [press.account for press in desk.carried] == [OWNER] * is_free
    assert ["Not done" in sent.text for sent in telegram.of(SendMessage)] == [True] * (not is_free)
