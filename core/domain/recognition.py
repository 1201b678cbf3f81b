"""Whether a new session is a former one's device again: to offer its old label, and for nothing else.

All that is compared is the device's own word, which anybody who logs in can copy: never evidence of trust.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.domain.sessions import Session
from core.domain.traits import BROWSERS, folded

#: Kinds of device, and what makers left in their firmware.
NO_MODELS = frozenset(
    {
        "",
        "android",
        "default string",
        "desktop",
        "ipad",
        "iphone",
        "laptop",
        "linux",
        "mac",
        "mobile",
        "pc",
        "pc 32bit",
        "pc 64bit",
        "phone",
        "system product name",
        "tablet",
        "to be filled by o.e.m.",
        "unknown",
        "unknown device",
        "web",
        "windows",
    }
)


def same_device(new: Session, former: Session) -> bool:
    """Whether both say to be one model with one app on one platform, a model that says something.

    Versions don't count: a device that logs in anew has often been updated.
    """
    return not is_generic(new) and _said(new) == _said(former)


def is_generic(session: Session) -> bool:
    """Whether the model names no device, but one of thousands alike: "Chrome 139", "PC 64bit", nothing at all."""
    model = folded(session.device_model)
    return model in NO_MODELS or model.rstrip("0123456789. ") in BROWSERS


def recognised(session: Session, former: Iterable[tuple[Session, str]]) -> str | None:
    """The label of the ended session that this one is again, to be offered; None if there is none, or several.

    One that was in use after this one's login was another device of the same kind.
    """
    labels = {
        label
        for old, label in former
        if label and old.hash != session.hash and old.active_at <= session.created_at and same_device(session, old)
    }
    return labels.pop() if len(labels) == 1 else None


def _said(session: Session) -> tuple[str, str, int]:
    return folded(session.device_model), folded(session.platform), session.api_id
