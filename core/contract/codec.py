"""Contract values to bytes and back; whatever is read from Redis is parsed here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Generic, Protocol, TypeVar, get_args

from pydantic import TypeAdapter, ValidationError

from core.contract.commands import Command, Request
from core.contract.events import Event, Report

T = TypeVar("T")
TYPE, BODY = b"type", b"body"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MalformedError(ValueError):
    """Bytes that are no value of ours; the message says why, without repeating them."""


class Packing(Protocol[T]):
    """Stream fields to values and back: `ReportCodec`, `RequestCodec`, and `Codec` for replies."""

    def pack(self, value: T) -> dict[bytes, bytes]:
        """The fields of a stream entry."""

    def unpack(self, entry: Mapping[bytes, bytes]) -> T:
        """Raises MalformedError."""


class Codec(Generic[T]):
    """Entries of a union of dataclasses: a field with the type's name, a field with its JSON."""

    def __init__(self, union: Any) -> None:
        types = get_args(union) or (union,)
        self._adapters: dict[str, TypeAdapter[T]] = {type_.__name__: TypeAdapter(type_) for type_ in types}

    def pack(self, value: T) -> dict[bytes, bytes]:
        """The fields of a stream entry."""
        name = type(value).__name__
        return {TYPE: name.encode(), BODY: self._adapters[name].dump_json(value)}

    def unpack(self, entry: Mapping[bytes, bytes]) -> T:
        """Raises MalformedError."""
        name = entry.get(TYPE, b"").decode(errors="replace")
        if name not in self._adapters:
            raise MalformedError(f"unknown type {name[:40]!r}")
        return _parse(self._adapters[name], entry.get(BODY, b""))


@cache
def _codec(union: Any) -> Codec[Any]:
    """One for all: pydantic takes ten milliseconds to make it."""
    return Codec(union)


class ReportCodec:
    """Entries of one account's event stream: the event, tagged as any value, beside its number."""

    def __init__(self, account: int) -> None:
        self._account = account
        self._events: Codec[Event] = _codec(Event)

    def pack(self, report: Report) -> dict[bytes, bytes]:
        """The fields of a stream entry."""
        return {b"number": str(report.number).encode(), **self._events.pack(report.event)}

    def unpack(self, entry: Mapping[bytes, bytes]) -> Report:
        """Raises MalformedError, for another account's event too."""
        event = self._events.unpack(entry)
        if event.account != self._account:
            raise MalformedError("account: another one's")
        try:
            return Report(number=int(entry[b"number"]), event=event)
        except (KeyError, ValueError) as error:
            raise MalformedError(f"number: {type(error).__name__}") from None


class RequestCodec:
    """Entries of the command stream: the command, tagged as any value, beside its id, owner and deadline.

    The command is not nested as JSON: two commands of one shape would be told apart by nothing.
    """

    def __init__(self) -> None:
        self._commands: Codec[Command] = _codec(Command)

    def pack(self, request: Request) -> dict[bytes, bytes]:
        """The fields of a stream entry; the deadline in whole milliseconds since 1970."""
        return {
            b"id": request.id.encode(),
            b"owner": str(request.owner).encode(),
            b"deadline": str(to_ms(request.deadline)).encode(),
            **self._commands.pack(request.command),
        }

    def unpack(self, entry: Mapping[bytes, bytes]) -> Request:
        """Raises MalformedError."""
        command = self._commands.unpack(entry)
        try:
            return Request(
                id=entry[b"id"].decode("ascii"),
                owner=int(entry[b"owner"]),
                deadline=from_ms(int(entry[b"deadline"])),
                command=command,
            )
        except (KeyError, ValueError, OverflowError) as error:
            raise MalformedError(f"envelope: {type(error).__name__}") from None


class Document(Generic[T]):
    """One dataclass as JSON, for a plain key."""

    def __init__(self, type_: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(type_)

    def dump(self, value: T) -> bytes:
        """The JSON."""
        return self._adapter.dump_json(value)

    def load(self, data: bytes | str) -> T:
        """Raises MalformedError."""
        return _parse(self._adapter, data)


def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def from_ms(milliseconds: int) -> datetime:
    """Aware UTC. Raises OverflowError where no calendar reaches."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def _parse(adapter: TypeAdapter[T], data: bytes | str) -> T:
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        # Not its message: a check of ours may repeat the value there.
        raise MalformedError(f"{where or 'body'}: {first['type']}") from None
