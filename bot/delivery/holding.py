"""The one note of what an owner or channel is told after their quiet hours, and what this process remembers of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.contract.codec import to_ms
from core.contract.events import Event
from core.contract.mishaps import Tampering

FREE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Each change has a higher number, by which an older note is known; `claim` is when a bot began to tell it, in
    milliseconds since 1970 by Redis's clock.
    """

    number: int = 0
    claim: int = FREE
    names: tuple[str, ...] = ()

    def pack(self) -> bytes:
        """As it is signed."""
        return " ".join((f"{self.number}", f"{self.claim}", *self.names)).encode()

    @classmethod
    def unpack(cls, data: bytes) -> Holding:
        """What `pack` made, and we have signed."""
        number, claim, *names = data.decode().split(" ")
        return cls(number=int(number), claim=int(claim), names=tuple(names))


@dataclass(slots=True, kw_only=True)
class Memory:
    """Of one place, while the process runs: what is in Redis may be put back, taken away, or refused."""

    #: The last note that was read or written.
    latest: Holding = field(default_factory=Holding)
    #: What was told, and is not struck out yet; the same of the messages that came without a sound.
    told: set[str] = field(default_factory=set)
    counted: dict[str, int] = field(default_factory=dict)
    #: The claim that is our own.
    claim: int = FREE
    #: What the owners are to be warned of.
    noticed: set[Tampering] = field(default_factory=set)
    #: How often in a row the telling failed, by a mistake of ours.
    failures: int = 0


def name_of(entry: str, event: Event) -> str:
    """The event by its entry, and so that no other can be put into that."""
    return f"{entry}/{type(event).__name__}/{to_ms(event.at)}"


def entry_of(name: str) -> str:
    """Its entry of the stream."""
    return name.partition("/")[0]
