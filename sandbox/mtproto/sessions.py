"""One session of an auth key: what it sent and got, so that nothing runs twice and nothing unacknowledged is lost."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from sandbox.mtproto.connection import Connection
from sandbox.mtproto.envelope import Message, seal
from sandbox.mtproto.keys import AuthKey
from sandbox.mtproto.message_ids import OLDEST, MessageIds, second_of
from sandbox.mtproto.schema import encode, rpc_result

MOST_UNACKNOWLEDGED = 500
REMEMBERED = OLDEST + 60  # seconds; an older id is refused for its age anyway


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    """`connection` is the last it spoke on. `greeted` once it was told that it is new, `subscribed` once it asked
    something that entitles it to updates.
    """

    id: int
    key: AuthKey
    ids: MessageIds
    connection: Connection | None = None
    subscribed: bool = False
    greeted: bool = False
    _content_sent: int = 0
    #: By the client's message ids, in the order they came: the answer sent, None while there is none.
    _seen: dict[int, int | None] = field(default_factory=dict)
    #: By our message ids: what the client hasn't acknowledged.
    _unacknowledged: dict[int, Message] = field(default_factory=dict)

    def attach(self, connection: Connection) -> None:
        """It speaks on this connection now: what may have got lost on the one before is sent again."""
        if self.connection is connection:
            return
        self.connection = connection
        for message in tuple(self._unacknowledged.values()):
            self._write(message)

    def is_new(self, msg_id: int) -> bool:
        """Whether a message is to be handled. One seen before isn't; its answer, if unacknowledged, goes out again."""
        if msg_id in self._seen:
            self.resend(self._seen[msg_id] or 0)
            return False
        while self._seen and second_of(oldest := next(iter(self._seen))) < time.time() - REMEMBERED:
            del self._seen[oldest]
        self._seen[msg_id] = None
        return True

    def saw(self, msg_id: int) -> bool:
        """Whether this message of the client's arrived, as far as we remember."""
        return msg_id in self._seen

    def is_running(self, msg_id: int) -> bool:
        """Whether a message of the client's arrived and has no answer yet."""
        return self._seen.get(msg_id, 0) is None

    def answer_to(self, msg_id: int) -> Message | None:
        """The unacknowledged answer to a message of the client's."""
        return self._unacknowledged.get(self._seen.get(msg_id) or 0)

    def acknowledged(self, msg_ids: list[int]) -> None:
        """The client has got these."""
        for msg_id in msg_ids:
            self._unacknowledged.pop(msg_id, None)

    def resend(self, msg_id: int) -> bool:
        """Send a message of ours again if it is still unacknowledged; whether it was."""
        message = self._unacknowledged.get(msg_id)
        if message:
            self._write(message)
        return message is not None

    def notify(self, value: Any) -> None:
        """Say something about the protocol itself; it needs no acknowledgement."""
        self._send(value, content=False, answer=True)

    def push(self, value: Any) -> None:
        """Send what nobody asked for. Without a connection it waits for one."""
        self._send(value, content=True, answer=False)

    def answer(self, msg_id: int, value: Any) -> None:
        """Send what was asked for by that message of the client's."""
        self._seen[msg_id] = self._send(rpc_result(msg_id, value), content=True, answer=True)

    def _send(self, value: Any, *, content: bool, answer: bool) -> int:
        message = Message(
            salt=self.key.salts.current(time.time()),
            session_id=self.id,
            msg_id=self.ids.next(answer=answer),
            seq=self._content_sent * 2 + content,
            body=encode(value),
        )
        if content:
            self._content_sent += 1
            self._unacknowledged[message.msg_id] = message
            if len(self._unacknowledged) > MOST_UNACKNOWLEDGED:
                del self._unacknowledged[next(iter(self._unacknowledged))]
        self._write(message)
        return message.msg_id

    def _write(self, message: Message) -> None:
        if self.connection:
            self.connection.send(seal(self.key.secret, message))
