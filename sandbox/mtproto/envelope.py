"""Encrypted messages of MTProto 2.0: sealed and opened with an auth key; nothing is read of what they say."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from hashlib import sha1, sha256

from telethon.crypto import AES

# The cutting up of keys is core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector.
FROM_CLIENT = 0
FROM_SERVER = 8
HEAD = struct.Struct("<qqqii")  # salt, session id, message id, sequence number, length
KEY_ID = 8
MSG_KEY = slice(8, 24)
PREFIX = 24
BLOCK = 16
LEAST_PADDING = 12
MOST_PADDING = 1024


class BrokenEnvelopeError(ValueError):
    """It isn't sealed with this key, or not by the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: `body` is TL, `salt` the server salt it was sent with."""

    salt: int
    session_id: int
    msg_id: int
    seq: int
    body: bytes


def key_id_of(packet: bytes) -> int:
    """The id of the auth key that a packet is sealed with, unsigned; 0 for a plain one."""
    return int.from_bytes(packet[:KEY_ID], "little")


def id_of(secret: bytes) -> int:
    """The id of an auth key, unsigned."""
    return int.from_bytes(sha1(secret).digest()[-8:], "little")  # noqa: S324 (the protocol's choice)


def seal(secret: bytes, message: Message) -> bytes:
    """A packet of the server's for the holder of this key."""
    head = HEAD.pack(message.salt, message.session_id, message.msg_id, message.seq, len(message.body))
    plain = head + message.body
    plain += os.urandom(LEAST_PADDING + -(len(plain) + LEAST_PADDING) % BLOCK)
    msg_key = _msg_key(secret, plain, FROM_SERVER)
    sealed: bytes = AES.encrypt_ige(plain, *_key_and_iv(secret, msg_key, FROM_SERVER))
    return id_of(secret).to_bytes(KEY_ID, "little") + msg_key + sealed


def unseal(secret: bytes, packet: bytes) -> Message:
    """The message in a client's packet. Raises BrokenEnvelopeError."""
    msg_key, sealed = packet[MSG_KEY], packet[PREFIX:]
    if len(sealed) < HEAD.size + LEAST_PADDING or len(sealed) % BLOCK:
        raise BrokenEnvelopeError("no whole blocks")
    plain: bytes = AES.decrypt_ige(sealed, *_key_and_iv(secret, msg_key, FROM_CLIENT))
    if _msg_key(secret, plain, FROM_CLIENT) != msg_key:
        raise BrokenEnvelopeError("the message key is wrong")
    salt, session_id, msg_id, seq, length = HEAD.unpack_from(plain)
    padding = len(plain) - HEAD.size - length
    if length < 0 or length % 4 or not LEAST_PADDING <= padding <= MOST_PADDING:
        raise BrokenEnvelopeError("the length is wrong")
    body = plain[HEAD.size : HEAD.size + length]
    return Message(salt=salt, session_id=session_id, msg_id=msg_id, seq=seq, body=body)


def _msg_key(secret: bytes, plain: bytes, x: int) -> bytes:
    return sha256(secret[88 + x : 120 + x] + plain).digest()[8:24]


def _key_and_iv(secret: bytes, msg_key: bytes, x: int) -> tuple[bytes, bytes]:
    a = sha256(msg_key + secret[x : x + 36]).digest()
    b = sha256(secret[40 + x : 76 + x] + msg_key).digest()
    return a[:8] + b[8:24] + a[24:], b[:8] + a[8:24] + b[24:]


def unseal_binding(secret: bytes, packet: bytes) -> bytes:
    """The body of a key binding, which is sealed by MTProto 1.0's rules. Raises BrokenEnvelopeError.

    Source: core.telegram.org/method/auth.bindTempAuthKey#encrypted-message-generation.
    """
    msg_key, sealed = packet[MSG_KEY], packet[PREFIX:]
    if key_id_of(packet) != id_of(secret) or len(sealed) < HEAD.size or len(sealed) % BLOCK:
        raise BrokenEnvelopeError("not sealed with the permanent key")
    a = sha1(msg_key + secret[:32]).digest()  # noqa: S324 (the protocol's choice, here and below)
    b = sha1(secret[32:48] + msg_key + secret[48:64]).digest()  # noqa: S324
    c = sha1(secret[64:96] + msg_key).digest()  # noqa: S324
    d = sha1(msg_key + secret[96:128]).digest()  # noqa: S324
    key, iv = a[:8] + b[8:20] + c[4:16], a[8:20] + b[:8] + c[16:20] + d[:8]
    plain: bytes = AES.decrypt_ige(sealed, key, iv)
    length = HEAD.unpack_from(plain)[-1]
    if not 0 < length <= len(plain) - HEAD.size:
        raise BrokenEnvelopeError("the length is wrong")
    whole = plain[: HEAD.size + length]
    if sha1(whole).digest()[4:20] != msg_key:  # noqa: S324
        raise BrokenEnvelopeError("the message key is wrong")
    return whole[HEAD.size :]
