"""Two and three workers at once, from two addresses, while Redis forgets who may connect: never two do."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.e2e.house import until
from tests.faults.scene import RECOVERY, Scene


@pytest.fixture
def in_turn(at_work: Scene) -> Scene:
    """A worker here and one at another address: together they would cost the key."""
    at_work.start_worker_abroad()
    return at_work


def still_sees(scene: Scene) -> None:
    device = scene.new_device()
    scene.house.somebody_logs_in(device)
    scene.house.owner.see("New login", device, seconds=RECOVERY)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_other_takes_over(in_turn: Scene, count: Any, how: signal.Signals) -> None:
    until("the other to wait", lambda: "waiting_for_lease" in in_turn.house.log("abroad"))
    in_turn.house.stop("userclient", how)
    still_sees(in_turn)
    count(f"two workers, the first ends by {how.name}", overlaps=len(in_turn.overlaps()))
    until("it to be connected", lambda: len(in_turn.house.keys_in_use()) == 1)


@pytest.mark.parametrize("loss", ["emptied", "killed", "killed and its files lost", "stopped"])
def test_never_two_though_redis_is(in_turn: Scene, count: Any, loss: str) -> None:
    redis, owner = in_turn.redis, in_turn.house.owner
    before = owner.last_id()
    match loss:
        case "emptied":
            redis.empty()
            owner.see("memory was lost", after=before, seconds=RECOVERY)
        case "killed":
            redis.kill()
            redis.start()
        case "stopped":
            redis.pause()
            until("both to let go", lambda: not in_turn.house.keys_in_use())
            redis.resume()
        case _:
            redis.lose_data()
            owner.see("memory was lost", after=before, seconds=RECOVERY)
    still_sees(in_turn)
    count(f"two workers, Redis is {loss}", overlaps=len(in_turn.overlaps()))


def test_never_two_of_three_that_start_together(at_work: Scene, count: Any) -> None:
    at_work.house.stop("userclient", signal.SIGKILL)
    at_work.start_worker()
    at_work.start_worker_abroad()
    at_work.start_worker_abroad("third")
    still_sees(at_work)
    holder = next(
        name for name in ("userclient", "abroad", "third") if "lease_taken" in at_work.house.log(name)[-4000:]
    )
    at_work.house.stop(holder, signal.SIGKILL)
    still_sees(at_work)
    count("three workers at once", overlaps=len(at_work.overlaps()))
