"""The errand that changes what the owners have set."""

from __future__ import annotations

from dataclasses import replace

from core.contract.account_events import PreferencesChanged
from core.contract.commands import Prefer
from core.contract.replies import Result
from userclient.errands.errand import Errand


async def prefer(command: Prefer, errand: Errand) -> tuple[Result, ...]:
    """Take over these fields, and tell every owner."""
    async with errand.deeds.turn:
        await errand.seconds()
        before = await errand.deeds.before()
        taken = {name: getattr(command.preferences, name) for name in command.fields}
        preferences = replace(before.preferences, **taken)
        event = PreferencesChanged(
            account=before.roster.account,
            at=errand.now,
            fields=command.fields,
            preferences=preferences,
            by=errand.by,
        )
        await errand.deeds.write(before, event, preferences=preferences)
    return (errand.result(),)
