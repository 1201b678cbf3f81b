"""The methods that the sandbox has, a module for each kind; what is not here is refused."""

from __future__ import annotations

from sandbox.botapi.context import Method
from sandbox.botapi.methods import deleting, editing, files, profile, reading, sending, updates

METHODS: dict[str, Method] = {
    **reading.METHODS,
    **sending.METHODS,
    **files.METHODS,
    **editing.METHODS,
    **deleting.METHODS,
    **profile.METHODS,
    **updates.METHODS,
}
