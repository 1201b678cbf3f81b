"""The guard session dies in every way that Telegram knows: its owner learns which, and a new login is all it takes."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.e2e.house import until
from tests.faults.scene import RECOVERY, Scene

QUIET = 5.0  # seconds in which a dead key must not be used
LAST_TRIES = 5
ALARM = "🚨"
DEACTIVATED = {"USER_DEACTIVATED": "deleted", "USER_DEACTIVATED_BAN": "banned"}
#: How it is ended, the reason that is told, and words of what it means and of what to do.
DEATHS = {
    "AUTH_KEY_UNREGISTERED": ("AUTH_KEY_UNREGISTERED", ["another device", "doorman login"]),
    "SESSION_REVOKED": ("SESSION_REVOKED", [ALARM, "if it was not you", "Devices", "2FA password", "doorman login"]),
    "SESSION_EXPIRED": ("SESSION_EXPIRED", ["ran out", "doorman login"]),
    "AUTH_KEY_INVALID": ("AUTH_KEY_INVALID", ["no longer accepts", "doorman login"]),
    "AUTH_KEY_DUPLICATED": ("AUTH_KEY_DUPLICATED", [ALARM, "copied the key", "SECRET_KEY", "doorman login"]),
    "-404": ("AUTH_KEY_INVALID", ["no longer accepts", "doorman login"]),
    "USER_DEACTIVATED": ("USER_DEACTIVATED", [ALARM, "deleted", "recover@telegram.org"]),
    "USER_DEACTIVATED_BAN": ("USER_DEACTIVATED_BAN", [ALARM, "banned", "recover@telegram.org", "doorman login"]),
}


def die(scene: Scene, how: str) -> None:
    if how in DEACTIVATED:
        scene.house.change_account(deactivated=DEACTIVATED[how])
    else:
        scene.house.end_elsewhere(scene.house.guard_hash(), reason=how)


def revive(scene: Scene, how: str) -> None:
    """Log Doorman in anew; the former session of an account that is back goes first."""
    if how in DEACTIVATED:
        scene.house.change_account(deactivated=False)
        scene.house.end_elsewhere(scene.house.guard_hash())
    scene.house.log_guard_in()


def requests(scene: Scene) -> list[dict[str, Any]]:
    return list(scene.house.api("GET", "/api/calls?layer=mtproto"))


def connections(scene: Scene) -> list[dict[str, Any]]:
    return list(scene.house.api("GET", "/api/connections"))


@pytest.mark.parametrize("how", DEATHS)
def test_its_owner_is_told_once_what_it_means_and_a_new_login_is_watched_after(
    at_work: Scene, count: Any, how: str
) -> None:
    house, owner = at_work.house, at_work.house.owner
    reason, words = DEATHS[how]
    before, worker = owner.last_id(), house.processes["userclient"]
    made, dialled = len(requests(at_work)), len(connections(at_work))
    die(at_work, how)
    told = owner.see(reason, *words, after=before)
    tries, dials = len(requests(at_work)) - made, len(connections(at_work)) - dialled
    made, dialled = len(requests(at_work)), len(connections(at_work))
    time.sleep(QUIET)  # nothing is to happen, and that is seen only by looking for a while
    silent = (len(requests(at_work)) - made, len(connections(at_work)) - dialled)
    since = [m.text for m in owner.bots() if m.id > before]
    revive(at_work, how)
    owner.see("Doorman watches again", after=told.id, seconds=RECOVERY)
    device = at_work.new_device()
    house.somebody_logs_in(device)
    owner.see("New login", device, after=told.id, seconds=RECOVERY)
    count(f"the guard dies: {how}", told=len(since))
    assert len(since) == 1
    assert silent == (0, 0)
    assert tries <= LAST_TRIES
    assert dials <= LAST_TRIES
    assert worker.poll() is None
    assert house.processes["userclient"] is worker
    until("it to say so", lambda: "Watching" in owner.ask("/status", "Doorman").text)
