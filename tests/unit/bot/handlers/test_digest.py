"""The week when an owner asks for it: by the names that they gave, and said to be of one account where it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.domain.history import Entry, Kind
from core.domain.labels import Label, Labels
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_telegram import FakeTelegram
from tests.unit.bot.handlers.conftest import FakeGateway, Feed
from tests.updates import words


async def test_a_session_is_called_as_its_owner_called_it(
    feed: Feed, telegram: FakeTelegram, gateway: FakeGateway
) -> None:
    gateway.last = roster(session("7", device_model="Nokia"))
    gateway.labels = Labels(given=(Label(hash="7", text="my phone", by=OWNER, at=NOW),))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    gateway.entries = (Entry(at=yesterday, kind=Kind.LOGIN, session=session("7", device_model="Nokia")),)
    await feed(words("/digest"))
    [text] = telegram.texts()
    assert "🏷 \u2068my phone\u2069" in text
    assert "Nokia" not in text


async def test_of_one_of_several_accounts_it_says_so(feed: Feed, telegram: FakeTelegram, gateway: FakeGateway) -> None:
    gateway.watched, gateway.chosen, gateway.last = [ACCOUNT, ACCOUNT + 1], ACCOUNT, roster()
    await feed(words("/digest"))
    [text] = telegram.texts()
    assert text.endswith("Only \u2068Ada\u2069 is shown: /accounts")
