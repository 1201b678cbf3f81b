"""The answer to one call: sent and written down, or whatever an ordered fault makes of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from telethon.tl import types

from sandbox.calls import Call, CallLog
from sandbox.faults import TORN, Fault
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.readable import readable
from sandbox.mtproto.sessions import Session

#: Ordered faults with these messages are no answers. The connection is cut before the request runs, or after it ran and
#: before it was answered; or nothing ever comes.
DROP, DROP_ANSWER, TIMEOUT = "DROP", "DROP_ANSWER", "TIMEOUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """To one request of a session's; `entry` is where the call is written down."""

    calls: CallLog
    session: Session
    msg_id: int
    entry: Call
    fault: Fault | None = None

    def forestall(self) -> bool:
        """Do what the fault says before the request runs; whether that was all, and it never does."""
        if self.fault is None or self.fault.delay is not None or self.fault.message == TORN:
            return False
        if self.fault.message in (DROP, DROP_ANSWER) and self.session.connection:
            self.session.connection.abort()
        if self.fault.message == DROP_ANSWER:
            return False
        if self.fault.message == DROP:
            self.calls.answered(self.entry, _as_error(self.fault.code, "the connection was dropped"))
        elif self.fault.message == TIMEOUT:
            self.calls.answered(self.entry, _as_error(self.fault.code, "no answer was sent"))
            self.session.notify(types.MsgsAck([self.msg_id]))
        else:
            self.refuse(RpcError(self.fault.code, self.fault.message))
        return True

    def answer(self, value: Any) -> None:
        """The request ran."""
        if self.fault and self.fault.message == TORN and isinstance(value, types.account.Authorizations):
            value = _torn(value)
        self._send(value, readable(value))

    def refuse(self, error: RpcError) -> None:
        """The request didn't."""
        self._send(types.RpcError(error.code, error.message), _as_error(error.code, error.message))

    def _send(self, value: Any, shown: Any) -> None:
        """Now, or as late as the fault says; the session goes on with everything else meanwhile."""
        delay = self.fault.delay if self.fault else None
        if delay is None:
            self._sent(value, shown)
        else:
            asyncio.get_running_loop().call_later(delay, self._sent, value, shown)

    def _sent(self, value: Any, shown: Any) -> None:
        self.session.answer(self.msg_id, value)
        self.calls.answered(self.entry, shown)


def _torn(roster: Any) -> Any:
    rows = [row for row in roster.authorizations if not row.current]
    return types.account.Authorizations(roster.authorization_ttl_days, rows)


def _as_error(code: int, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
