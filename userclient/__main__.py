"""The worker's process, wired by hand: it holds the guard sessions and runs until it is told to stop."""

from __future__ import annotations

from core import logs
from core.connection import connect
from core.running import run
from core.settings import load
from core.switchboard import Switchboard
from userclient.rota import Rota
from userclient.settings import UserclientSettings


async def work(settings: UserclientSettings) -> None:
    """Watch every account that there is a guard session of; what is connected to Redis does not grow with them."""
    redis = connect(settings, name="doorman-userclient")
    for_leases = connect(settings, name="doorman-lease", most=2)
    try:
        switchboard = Switchboard(redis)
        await Rota(settings=settings, redis=redis, for_leases=for_leases, switchboard=switchboard).run()
    finally:
        await redis.aclose()
        await for_leases.aclose()


def main() -> None:
    """Start the worker."""
    settings = load(UserclientSettings)
    logs.configure(settings, process="userclient")
    run(work(settings))


if __name__ == "__main__":
    main()
