"""Errands that concern one session: what it is called, what it accepts; the other owners are told."""

from __future__ import annotations

from dataclasses import replace

from core.contract.commands import LabelSession, SetAccepted
from core.contract.replies import Result
from core.contract.session_events import SessionAdjusted
from core.domain.history import Entry, Kind
from core.domain.labels import Label
from userclient.errands.errand import Errand


async def label(command: LabelSession, errand: Errand) -> tuple[Result, ...]:
    """Call it by a name."""
    session = errand.roster.find(command.hash)
    if session is None:
        return (errand.gone(command.hash),)
    async with errand.deeds.turn:
        await errand.seconds()
        before = await errand.deeds.before()
        given = Label(hash=session.hash, text=command.label, by=errand.by, at=errand.now)
        entry = Entry(at=given.at, kind=Kind.LABELLED, session=session, by=errand.by, note=given.text)
        event = SessionAdjusted(
            account=errand.roster.account, at=given.at, session=session, by=errand.by, label=given.text
        )
        told = [event] if given.text != before.labels.of(session.hash) else []
        await errand.deeds.write(before, *told, history=[entry], labels=before.labels.giving(given))
    return (errand.result(session=session),)


async def accept(command: SetAccepted, errand: Errand) -> tuple[Result, ...]:
    """Have it accept calls and secret chats, or not; Telegram is always told both."""
    session = errand.roster.find(command.hash)
    if session is None:
        return (errand.gone(command.hash),)
    calls = not session.calls_disabled if command.calls is None else command.calls
    chats = not session.secret_chats_disabled if command.secret_chats is None else command.secret_chats
    async with errand.deeds.turn:
        await errand.guard.safety.accept(session.hash, calls=calls, secret_chats=chats, seconds=await errand.seconds())
        known = replace(session, calls_disabled=not calls, secret_chats_disabled=not chats)
        before = await errand.deeds.before()
        sessions = tuple(known if s.hash == known.hash else s for s in before.roster.sessions)
        at = errand.now
        entry = Entry(at=at, kind=Kind.SETTINGS, session=known, before=session, by=errand.by)
        event = SessionAdjusted(
            account=errand.roster.account,
            at=at,
            session=known,
            by=errand.by,
            calls=calls if known.calls_disabled != session.calls_disabled else None,
            secret_chats=chats if known.secret_chats_disabled != session.secret_chats_disabled else None,
        )
        told = [event] if known != session else []
        await errand.deeds.write(before, *told, history=[entry], roster=replace(before.roster, sessions=sessions))
    return (errand.result(session=known),)
