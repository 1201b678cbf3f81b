"""TL objects from and to bytes, and their names; Telethon's schema does the work."""

from __future__ import annotations

import gzip
import struct
import zlib
from typing import Any, Final

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, TLRequest
from telethon.tl.core import GzipPacked, MessageContainer

VECTOR: Final = 0x1CB5C415
BOOL_TRUE: Final = 0x997275B5
BOOL_FALSE: Final = 0xBC799737
RPC_RESULT: Final = 0xF35C6D01
FUTURE_SALTS: Final = 0xAE500895
CONTAINER: Final[int] = MessageContainer.CONSTRUCTOR_ID
GZIP_PACKED: Final[int] = GzipPacked.CONSTRUCTOR_ID
WORTH_ZIPPING = 512  # bytes
MOST_UNPACKED = 1 << 22  # bytes; a bomb must not blow up the server

UnknownConstructorError = TypeNotFoundError
#: What decoding rubbish can raise.
MALFORMED: Final[tuple[type[Exception], ...]] = (
    TypeNotFoundError,
    struct.error,
    BufferError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OverflowError,
    RecursionError,
    zlib.error,
)


def decode(data: bytes) -> Any:
    """The object at the head of `data`. Raises one of MALFORMED."""
    return BinaryReader(data).tgread_object()


def constructor(data: bytes) -> int:
    """The number that says what `data` is; 0 if it is too short to say."""
    return int.from_bytes(data[:4], "little") if len(data) >= 4 else 0  # noqa: PLR2004 (an int's length)


def unzip(data: bytes) -> bytes:
    """What `gzip_packed` holds. Raises one of MALFORMED, also if it is too much."""
    reader = BinaryReader(data)
    reader.read_int()
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    unpacked = unpacking.decompress(reader.tgread_bytes(), MOST_UNPACKED)
    if unpacking.unconsumed_tail:
        raise ValueError("more than a message may hold")
    return unpacked


def encode(value: Any) -> bytes:
    """An object, a Bool or a vector of objects as bytes; bytes stay as they are."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bool):
        return struct.pack("<I", BOOL_TRUE if value else BOOL_FALSE)
    if isinstance(value, list):
        return struct.pack("<Ii", VECTOR, len(value)) + b"".join(map(encode, value))
    return bytes(value)


def zip_if_worth(body: bytes) -> bytes:
    """As `gzip_packed`, if that is shorter."""
    if len(body) < WORTH_ZIPPING:
        return body
    packed: bytes = TLObject.serialize_bytes(gzip.compress(body, compresslevel=1))
    return min(body, struct.pack("<I", GZIP_PACKED) + packed, key=len)


def rpc_result(msg_id: int, value: Any) -> bytes:
    """The answer to a request, by the id of its message."""
    return struct.pack("<Iq", RPC_RESULT, msg_id) + zip_if_worth(encode(value))


def is_request(value: Any) -> bool:
    """Whether it is a call of a method."""
    return isinstance(value, TLRequest)


def is_object(value: Any) -> bool:
    """Whether it is a TL object at all: a bare Bool or vector isn't."""
    return isinstance(value, TLObject)


def method_name(request: Any) -> str:
    """The TL name of a request: `account.getAuthorizations` for Telethon's `GetAuthorizationsRequest`."""
    _, _, namespace = type(request).__module__.partition(".functions")
    name = type(request).__name__.removesuffix("Request")
    return f"{namespace.lstrip('.')}.{name[0].lower()}{name[1:]}".lstrip(".")
