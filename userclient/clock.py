"""The worker's own clock; what two processes must agree on goes by Redis's instead."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)
