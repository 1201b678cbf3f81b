"""`python -m bench.accounts`: what the worker's process takes for one account, for several and for many."""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from pathlib import Path

import click

from bench import memory
from core import accounts
from core.connection import Store, connect
from core.contract.state import Condition
from core.pulse import feel
from doorman.demo import environment_without_settings
from doorman.embedded import embedded_redis
from doorman.processes import Children
from sandbox.people import Authorization, Person
from sandbox.running import Sandbox, running
from sandbox.world import World
from userclient import guardroom
from userclient.settings import UserclientSettings
from userclient.telegram.sign_in import signing_in

COUNTS = (1, 5, 20)
FIRST_ID = 710_000_000
SESSIONS = 4
PATIENCE = 120.0
#: After the last first look: long enough for what was only needed to begin to be given back.
SETTLE_SECONDS = 20.0


@click.command()
@click.option("--output", default="accounts.json", show_default=True, type=click.Path(dir_okay=False, path_type=Path))
def main(output: Path) -> None:
    """The worker's memory and its connections to Redis, by the number of accounts, in a sandbox Telegram."""
    report = {str(count): asyncio.run(_measured(count)) for count in COUNTS}
    output.write_text(json.dumps(report, indent=2) + "\n")
    for count, found in report.items():
        click.echo(f"{count:>3} accounts: {found['rss_mb']} MB, {found['connections']} connections to Redis")


async def _measured(count: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="doorman-bench-") as folder,
        embedded_redis(Path(folder) / "data", persist=False) as redis_url,
    ):
        async with running(World()) as sandbox:
            settings = {
                "REDIS_URL": redis_url,
                "SECRET_KEY": secrets.token_hex(32),
                "API_ID": "1",
                "API_HASH": "any",
                "LOG_LEVEL": "warning",
                "MTPROTO_SERVER": f"{sandbox.mtproto.host}:{sandbox.mtproto.port}",
                "MTPROTO_PUBLIC_KEY": sandbox.mtproto.public_key,
            }
            worker = UserclientSettings.model_validate({name.lower(): value for name, value in settings.items()})
            redis = connect(worker, name="doorman-bench")
            for number in range(count):
                await _log_in(sandbox, redis, worker, number)
            env = {**environment_without_settings(), **settings}
            async with Children().one("userclient", env=env, cwd=Path(folder)) as process:
                await _all_watched(redis, count)
                await asyncio.sleep(SETTLE_SECONDS)
                rss = memory.used({"userclient": process.pid})["userclient"]["rss"]
                names = [client["name"] for client in await redis.client_list()]
            await redis.aclose()
    ours = sum(name in {"doorman-userclient", "doorman-lease"} for name in names)
    return {"rss_mb": round(rss / 2**20, 1), "connections": ours}


async def _log_in(sandbox: Sandbox, redis: Store, worker: UserclientSettings, number: int) -> None:
    """An account with a few sessions of its own, and the guard's."""
    account, phone = FIRST_ID + number, f"9996621{number:04}"
    sandbox.world.add_person(Person(id=account, first_name=f"Account {number}", phone=phone))
    for device in range(SESSIONS):
        sandbox.world.log_in(Authorization(user_id=account, device_model=f"Phone {device}"), push=False)
    async with signing_in(worker) as attempt:
        await attempt.request_code(phone)
        signed_in = await attempt.enter_code(sandbox.mtproto.login_code(phone) or "")
    await guardroom.keep(redis, signed_in.session, account=account, keyring=worker.keyring)


async def _all_watched(redis: Store, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            pulses = [await feel(redis, account) for account in await accounts.known(redis)]
            watching = [pulse for pulse in pulses if pulse and pulse.status.condition is Condition.WATCHING]
            if len(watching) == count:
                return
            await asyncio.sleep(0.5)


if __name__ == "__main__":
    main()
