"""Messages about messages, sessions and salts: the protocol's own business, below any method.

Sources: core.telegram.org/mtproto/service_messages and core.telegram.org/mtproto/service_messages_about_messages.
"""

from __future__ import annotations

import struct
import time
from typing import Any, Final

from telethon.tl import functions, types

from sandbox.mtproto.message_ids import second_of
from sandbox.mtproto.schema import FUTURE_SALTS
from sandbox.mtproto.sessions import REMEMBERED, Session

FORGOTTEN, NOT_RECEIVED, RECEIVED = 1, 2, 4  # the bytes of msgs_state_info
IGNORED: Final = (types.MsgsStateInfo, types.MsgsAllInfo, types.MsgDetailedInfo, types.MsgNewDetailedInfo)


def serve(session: Session, msg_id: int, message: Any) -> bool:  # noqa: C901 (one case a message, each a line)
    """Handle it if it is such a message; whether it was."""
    match message:
        case types.MsgsAck(msg_ids=msg_ids):
            session.acknowledged(msg_ids)
        case functions.PingRequest(ping_id=ping_id):
            session.notify(types.Pong(msg_id, ping_id))
        case functions.PingDelayDisconnectRequest(ping_id=ping_id, disconnect_delay=delay):
            session.notify(types.Pong(msg_id, ping_id))
            if session.connection:
                session.connection.close_in(max(0, delay))
        case functions.GetFutureSaltsRequest(num=count):
            session.notify(_future_salts(session, msg_id, count))
        case types.MsgsStateReq(msg_ids=msg_ids):
            session.notify(types.MsgsStateInfo(msg_id, bytes(_state(session, asked) for asked in msg_ids)))
        case types.MsgResendReq(msg_ids=msg_ids):
            gone = [asked for asked in msg_ids if not session.resend(asked)]
            if gone:
                session.notify(types.MsgsStateInfo(msg_id, bytes(_state(session, asked) for asked in gone)))
        case functions.DestroySessionRequest(session_id=session_id):
            other = session.key.sessions.pop(session_id, None) if session_id != session.id else None
            session.notify((types.DestroySessionOk if other else types.DestroySessionNone)(session_id))
        case functions.RpcDropAnswerRequest(req_msg_id=asked):
            session.answer(msg_id, _drop(session, asked))
        case _:
            return isinstance(message, IGNORED)
    return True


def _state(session: Session, asked: int) -> int:
    if session.saw(asked):
        return RECEIVED
    return FORGOTTEN if second_of(asked) < time.time() - REMEMBERED else NOT_RECEIVED


def _drop(session: Session, asked: int) -> Any:
    answer = session.answer_to(asked)
    if answer:
        session.acknowledged([answer.msg_id])
        return types.RpcAnswerDropped(answer.msg_id, answer.seq, len(answer.body))
    return types.RpcAnswerDroppedRunning() if session.is_running(asked) else types.RpcAnswerUnknown()


def _future_salts(session: Session, msg_id: int, count: int) -> bytes:
    """By hand, for its vector and its salts are bare: without their constructors' numbers."""
    now = time.time()
    salts = session.key.salts.ahead(now, count)
    head = struct.pack("<IqII", FUTURE_SALTS, msg_id, int(now), len(salts))
    return head + b"".join(struct.pack("<IIq", salt.since, salt.until, salt.value) for salt in salts)
