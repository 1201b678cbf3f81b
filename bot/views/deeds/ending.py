"""What is said of ending one session, and of ending several."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views.anew import called
from bot.views.answers import NOTHING_ENDED, end_result
from bot.views.deeds.words import DeedWords
from bot.views.ending_all import listed, report
from bot.views.screen import Screen
from core.contract.commands import EndSession, EndSessions
from core.contract.replies import Result
from core.contract.state import Snapshot


def _title(command: EndSessions) -> str:
    count = len(command.hashes)
    return f"End {'this session' if count == 1 else f'these {count} sessions'}?"


def _all_of_them(press: Press) -> Text:
    return Text("Each of these devices is logged out:\n", listed(press.sessions))


def _report(press: Press, results: Sequence[Result], account_name: str, snapshot: Snapshot | None) -> Screen:
    labels = {hash_: called(snapshot, hash_) for hash_ in press.hashes}
    return report(press.account, results, press.sessions, account_name=account_name, viewer=press.owner, labels=labels)


ONE: DeedWords[EndSession] = DeedWords(
    title=lambda _: "End this session?",
    line=lambda _, result, viewer: end_result(result, viewer=viewer),
    undone=NOTHING_ENDED,
    ends=True,
)
SEVERAL: DeedWords[EndSessions] = DeedWords(
    title=_title,
    line=lambda _, result, viewer: end_result(result, viewer=viewer),
    about=_all_of_them,
    undone=NOTHING_ENDED,
    screen=_report,
    ends=True,
)
