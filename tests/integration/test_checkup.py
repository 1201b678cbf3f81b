"""The bot asks the worker for a checkup: over the link and back, whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.gateway import Gateway
from core.connection import Store
from core.contract.commands import GetCheckup
from core.contract.replies import CheckupFetched, NotCarried, Reply, Trouble
from core.domain.account_state import AccountState, BusinessBot, Passkey, Website
from core.domain.preferences import Preferences
from core.domain.standing import Standings, Trust
from tests.domain_values import ACCOUNT, NOW, OWNER, roster, session
from tests.fake_worker import FakeWorker
from tests.waiting import running

WEBSITE = Website(
    hash="-5",
    domain="example.org",
    bot="Example",
    browser="Firefox",
    platform="Linux",
    created_at=NOW,
    active_at=NOW,
    ip="192.0.2.7",
    region="Malmo",
)
FETCHED = CheckupFetched(
    roster=roster(session()),
    account=AccountState(
        taken_at=NOW,
        has_password=True,
        reset_at=NOW,
        websites=(WEBSITE,),
        bots=(BusinessBot(id=77, name="Helper", username="", can_reply=False),),
        passkeys=(Passkey(id="k", name="Yubi", created_at=NOW),),
    ),
    standings=Standings(trusted=(Trust(hash="7", at=NOW, by=OWNER),)),
    preferences=Preferences(is_locked=True),
)


@pytest.fixture
async def worker(redis: Store) -> AsyncIterator[FakeWorker]:
    worker = FakeWorker(redis)
    async with running(worker.run()):
        yield worker


@pytest.mark.parametrize(
    "reply", [FETCHED, NotCarried(trouble=Trouble.FLOOD_WAIT, seconds=30)], ids=["fetched", "not carried"]
)
async def test_what_the_worker_answers_comes_back_whole(redis: Store, worker: FakeWorker, reply: Reply) -> None:
    worker.answers.append(reply)
    assert await Gateway(redis=redis).checkup(ACCOUNT, owner=OWNER) == reply
    [asked] = worker.requests
    assert (asked.command, asked.owner) == (GetCheckup(), OWNER)
