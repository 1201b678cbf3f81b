"""A client's message, once decrypted: checked, unpacked, and handed to whom it is for."""

from __future__ import annotations

import random
import struct
import time

from telethon.tl import types

from sandbox.mtproto.connection import Connection
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.envelope import Message
from sandbox.mtproto.errors import FLOOD, KEY_NOT_FOUND, ConnectionRefusedByServerError
from sandbox.mtproto.keys import AuthKey
from sandbox.mtproto.message_ids import BAD_CONTAINER, BAD_SALT, fault_of
from sandbox.mtproto.rpc import call, undecodable
from sandbox.mtproto.schema import (
    CONTAINER,
    GZIP_PACKED,
    MALFORMED,
    UnknownConstructorError,
    constructor,
    decode,
    unzip,
)
from sandbox.mtproto.service import serve
from sandbox.mtproto.sessions import Session

MOST_IN_CONTAINER = 1020  # messages [core.telegram.org/mtproto/service_messages#containers]
MOST_SESSIONS = 32  # of one key, before those without a connection are forgotten
INNER_HEAD = struct.Struct("<qii")  # message id, sequence number, length
CONTAINER_HEAD = 8


def receive(datacentre: DataCentre, connection: Connection, key: AuthKey, message: Message) -> None:
    """Handle one message of the outermost level. Raises ConnectionRefusedByServerError."""
    session = key.sessions.get(message.session_id)
    if session is None:
        session = _open(datacentre, key, message.session_id)
    session.attach(connection)
    now = time.time()
    if fault := fault_of(message.msg_id, now):
        session.notify(types.BadMsgNotification(message.msg_id, message.seq, fault))
        return
    if not key.salts.is_good(message.salt, now):
        session.notify(types.BadServerSalt(message.msg_id, message.seq, BAD_SALT, key.salts.current(now)))
        return
    if not session.greeted:
        session.greeted = True
        session.push(types.NewSessionCreated(message.msg_id, random.getrandbits(62), key.salts.current(now)))
    if constructor(message.body) == CONTAINER:
        _unpack(datacentre, session, message)
    else:
        _handle(datacentre, session, message)


def _open(datacentre: DataCentre, key: AuthKey, session_id: int) -> Session:
    if len(key.sessions) >= MOST_SESSIONS:
        for old in [old for old, session in key.sessions.items() if session.connection is None]:
            del key.sessions[old]
    session = key.sessions[session_id] = Session(id=session_id, key=key, ids=datacentre.ids)
    return session


def _unpack(datacentre: DataCentre, session: Session, outer: Message) -> None:
    """A container is good as a whole or not at all: it holds older ids than its own, and no container."""
    inner: list[Message] = []
    at = CONTAINER_HEAD
    count = int.from_bytes(outer.body[4:CONTAINER_HEAD], "little")
    if count > MOST_IN_CONTAINER:
        raise ConnectionRefusedByServerError(FLOOD, "too much in one container")
    for _ in range(count):
        if at + INNER_HEAD.size > len(outer.body):
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, "the container ends early")
        msg_id, seq, length = INNER_HEAD.unpack_from(outer.body, at)
        at += INNER_HEAD.size
        if length < 0 or at + length > len(outer.body):
            raise ConnectionRefusedByServerError(KEY_NOT_FOUND, "the container ends early")
        body = outer.body[at : at + length]
        inner.append(Message(salt=outer.salt, session_id=outer.session_id, msg_id=msg_id, seq=seq, body=body))
        at += length
    if any(message.msg_id >= outer.msg_id or constructor(message.body) == CONTAINER for message in inner):
        session.notify(types.BadMsgNotification(outer.msg_id, outer.seq, BAD_CONTAINER))
        return
    for message in inner:
        _handle(datacentre, session, message)


def _handle(datacentre: DataCentre, session: Session, message: Message) -> None:
    if fault := fault_of(message.msg_id, time.time()):
        session.notify(types.BadMsgNotification(message.msg_id, message.seq, fault))
        return
    if not session.is_new(message.msg_id):
        return
    body = message.body
    try:
        if constructor(body) == GZIP_PACKED:
            body = unzip(body)
        request = decode(body)
    except UnknownConstructorError:
        undecodable(datacentre, session, message.msg_id, constructor(body), "INPUT_METHOD_INVALID")
    except MALFORMED:
        undecodable(datacentre, session, message.msg_id, constructor(body), "INPUT_FETCH_ERROR")
    else:
        if not serve(session, message.msg_id, request):
            call(datacentre, session, message.msg_id, request)
