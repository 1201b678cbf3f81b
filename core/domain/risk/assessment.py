"""How loud something is: a level, and the findings that make it so; the rules themselves are in `logins`, `changes`.

A finding weighs 0 to 3 (`Weight`), and the weights add up:

    sum      level
    0        QUIET    nothing speaks against it
    1 or 2   NOTICE   worth a look
    3, more  ALARM    one alarming finding, or a strong one and a weak one, or three weak ones

A login is never below NOTICE. What says the same thing twice counts once: its rule leaves the second to the first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """How loud it is to be told."""

    QUIET = 0
    NOTICE = 1
    ALARM = 2


class Weight(IntEnum):
    """What one finding adds: SAID is a fact worth its line that raises nothing."""

    SAID = 0
    WEAK = 1
    STRONG = 2
    ALARMING = 3


class Reason(StrEnum):
    """Why something was found. The members are beside the rules, in enums of this kind whose values never meet: a new
    rule touches one module.
    """


class Benign(StrEnum):
    """What makes a finding likely and harmless."""

    VPN = "vpn"  # or a mobile network, which can lead abroad as well
    MOBILE_NETWORK = "mobile network"
    APP_UPDATE = "app update"
    SAME_DEVICE = "same device"
    WEB_VERSION = "web version"  # Telegram's web apps hand one session on to each other
    HOST_MOVED = "host moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One `Reason` with its evidence, each part only where the reason has it: what was `before` and is `after`, the
    texts as Telegram gave them, an app with its id before its name; how many; how many minutes.
    """

    reason: str
    weight: Weight
    before: str = ""
    after: str = ""
    count: int = 0
    minutes: int = 0
    benign: Benign | None = None

    @property
    def level(self) -> Level:
        """How loud it would be alone."""
        return level_of(self.weight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All that was found, the weightiest first; never below `floor`."""

    findings: tuple[Finding, ...] = ()
    floor: Level = Level.QUIET

    @property
    def level(self) -> Level:
        """How loud it is to be told."""
        return max(self.floor, level_of(sum(finding.weight for finding in self.findings)))


def level_of(weight: int) -> Level:
    """The level of a sum of weights."""
    if weight >= Weight.ALARMING:
        return Level.ALARM
    return Level.NOTICE if weight else Level.QUIET


def weighed(findings: Iterable[Finding | None], *, floor: Level) -> Assessment:
    """What the rules found, without those that found nothing; those of one weight stay in the order of the rules."""
    found = (finding for finding in findings if finding)
    return Assessment(findings=tuple(sorted(found, key=lambda finding: -finding.weight)), floor=floor)


def lowered(assessment: Assessment, *, expected: Collection[Reason]) -> Assessment:
    """With what its owner expects (abroad, or about to add a device) said and not counted; what is alarming by itself
    is nothing that anybody expects.
    """
    return weighed(
        (
            replace(each, weight=Weight.SAID) if each.reason in expected and each.level < Level.ALARM else each
            for each in assessment.findings
        ),
        floor=assessment.floor,
    )
