"""A session is not what it was: what changed and how much it matters, each fact once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from aiogram.utils.formatting import Bold, Text, as_list

from bot.views.answers import not_yet
from bot.views.buttons.keyboards import alert_keyboard, settled_keyboard
from bot.views.card import confirmed_on, particulars, waiting
from bot.views.reasons import ALARM, reasons
from bot.views.screen import Screen
from bot.views.wording import moment, named
from core.contract.session_events import SessionAltered
from core.domain.changes import Altered
from core.domain.risk.assessment import Assessment, Level
from core.domain.risk.changes import ChangeReason
from core.domain.risk.guard import GuardReason
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason
from core.domain.sessions import Session

ADVICE = "\n\nIf this was not you, end it now; then set or change your 2FA password in Telegram."
SELDOM = "\n\nA device seldom changes like this. If you did not expect it, end the session."
#: Of one that only moved, which a device does on many days.
IF_NOT_THERE = "\n\nIf you are not there, and use no VPN, end the session."
TRUST_OVER = "\n\nIt was trusted; since this change it is not any more."
SELDOM_OURS = (
    "\n\nThis is Doorman's own session. If Doorman was not moved or updated just now, somebody else may be using it: "
    "end it in Telegram → Settings → Devices, then run `doorman login` where Doorman runs."
)
#: Where a session is moves on many days: alone, it is told only if something speaks against it.
PLACE = frozenset({"country"})
#: What a field of a session is called on a phone.
CALLED: Mapping[str, str] = {
    "device_model": "Device",
    "platform": "System",
    "app_name": "App",
    "api_id": "App id",
    "official_app": "Official app id",
    "calls_disabled": "Refuses calls",
    "secret_chats_disabled": "Refuses secret chats",
    "created_at": "Logged in",
    "country": "Country",
}
#: What each reason says already.
SAID: Mapping[str, frozenset[str]] = {
    ChangeReason.OTHER_DEVICE: frozenset({"device_model"}),
    ChangeReason.OTHER_PLATFORM: frozenset({"platform"}),
    ChangeReason.OTHER_APP: frozenset({"api_id", "app_name"}),
    ChangeReason.RENAMED_APP: frozenset({"app_name"}),
    ChangeReason.OFFICIAL_NO_MORE: frozenset({"official_app"}),
    ChangeReason.PASSWORD_ENTERED: frozenset({"password_pending"}),
    ChangeReason.CONFIRMED: frozenset({"unconfirmed"}),
    ChangeReason.DOUBTED_AGAIN: frozenset({"unconfirmed"}),
    MoveReason.MOVED_COUNTRY: PLACE,
    MoveReason.MOVED_TOO_FAST: PLACE,
    GuardReason.DEVICE: frozenset({"device_model"}),
    GuardReason.PLATFORM: frozenset({"platform"}),
    GuardReason.APP: frozenset({"api_id", "app_name"}),
    GuardReason.COUNTRY: PLACE,
}


def session_altered(event: SessionAltered, *, account_name: str) -> Screen | None:
    """A session is not what it was; None where it only moved, or was updated, as on any day."""
    after, found = event.after, event.assessment
    changed = Altered(before=event.before, after=after).significant
    if found.level is Level.QUIET and changed <= PLACE:
        return None
    if after.current and "created_at" in changed:
        return _watching_again(event, account_name)
    text = Text(
        Bold(_head(event)),
        named(account_name),
        "\n\n",
        particulars(after, with_app_id=not _says_app(found), label=event.label),
        as_list(*_lines(event, changed)),
    )
    own = settled_keyboard(event.account)
    keyboard = own if after.current else alert_keyboard(event.account, after.hash, waits=False)
    over = TRUST_OVER if event.was_trusted else ""
    return Screen(text=Text(text, _advice(event, changed), over), keyboard=keyboard)


def _head(event: SessionAltered) -> str:
    which = "Doorman's own session changed: " if event.after.current else "a session changed: "
    if event.assessment.level is Level.ALARM:
        return f"{ALARM}: {which}"
    return f"🔔 {which}" if event.after.current else f"A{which[1:]}"


def _says_app(found: Assessment) -> bool:
    return any(finding.reason == LoginReason.UNOFFICIAL for finding in found.findings)


def _lines(event: SessionAltered, changed: frozenset[str]) -> list[Text]:
    before, after, found = event.before, event.after, event.assessment
    left = changed - frozenset[str]().union(*(SAID.get(each.reason, frozenset()) for each in found.findings))
    why = reasons(found, said_already=frozenset({LoginReason.UNCONFIRMED}))
    lines = [why] if why.render()[0] else []
    is_waiting = after.unconfirmed and any(each.reason == LoginReason.UNCONFIRMED for each in found.findings)
    if "unconfirmed" in left and not after.unconfirmed:
        lines.append(Text("This login was confirmed at Telegram. If it was not by you, end it."))
    elif "unconfirmed" in left or is_waiting:
        lines.append(Text(waiting(confirmed_on(after, event.autoconfirm_seconds, now=event.at))))
    if "password_pending" in left and before.password_pending:
        lines.append(Text("The 2FA password was entered: this login is now complete and can read messages."))
        left -= {"password_pending"}
    left -= {"unconfirmed"}
    return lines + [Text(f"{CALLED.get(f, f)}: ", _value(before, f), " → ", _value(after, f)) for f in sorted(left)]


def _advice(event: SessionAltered, changed: frozenset[str]) -> str:
    if event.after.current:
        return SELDOM_OURS
    if event.before.password_pending and not event.after.password_pending:
        return ADVICE
    advice = IF_NOT_THERE if _only_moved(event, changed) else SELDOM
    return advice if event.assessment.level is Level.ALARM or changed - {"unconfirmed"} else ""


def _only_moved(event: SessionAltered, changed: frozenset[str]) -> bool:
    found = event.assessment.findings
    return changed <= PLACE and bool(found) and all(each.reason in {*MoveReason} for each in found)


def _watching_again(event: SessionAltered, account_name: str) -> Screen:
    young = not_yet(event.after, now=event.at)
    found = event.assessment
    text = Text(
        Bold("✅ Doorman watches again: "),
        named(account_name),
        f"\n\nIt has a new session of its own, logged in {moment(event.after.created_at)}. "
        "What happened in between is told here as well.",
        Text("\n", reasons(found)) if found.findings else "",
        f"\n\n{young}" if young else "",
    )
    return Screen(text=text, keyboard=settled_keyboard(event.account))


def _value(session: Session, field: str) -> Text:
    value = getattr(session, field)
    if isinstance(value, datetime):
        return Text(moment(value))
    return Text("yes" if value else "no") if isinstance(value, bool) else named(str(value), unknown="none")
