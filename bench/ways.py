"""The two ways under test, each a stage with its processes running: Doorman, and the bare script."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.figures import BARE, BOT, DOORMAN, REDIS, USERCLIENT
from bench.stage import Stage, stage
from core.connection import connect
from doorman.demo import environment_without_settings
from doorman.embedded import embedded_redis
from doorman.processes import Children
from sandbox.seed import OWNER_ID
from userclient import guardroom
from userclient.settings import UserclientSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to watch an account, running; `pids` by the name of the process."""

    name: str
    stage: Stage
    pids: dict[str, int]


@asynccontextmanager
async def doorman(folder: Path) -> AsyncIterator[Way]:
    """Bot, userclient and a Redis that keeps its data, as `doorman up` runs them; only their log is quieter."""
    with embedded_redis(folder / "data", persist=True) as redis_url:
        async with stage() as own:
            settings = {
                "REDIS_URL": redis_url,
                "SECRET_KEY": secrets.token_hex(32),
                "API_ID": "1",
                "API_HASH": "any",
                "OWNER_IDS": str(OWNER_ID),
                "LOG_LEVEL": "warning",
                **_servers(own),
            }
            redis_pid = await _keep_guard(own, settings)
            env = {**environment_without_settings(), **settings}
            async with Children().all("userclient", "bot", env=env, cwd=folder) as processes:
                await own.ready()
                pids = {BOT: processes["bot"].pid, USERCLIENT: processes["userclient"].pid, REDIS: redis_pid}
                yield Way(name=DOORMAN, stage=own, pids=pids)


@asynccontextmanager
async def bare(folder: Path) -> AsyncIterator[Way]:
    """The bare script."""
    async with stage() as own:
        servers = _servers(own)
        signed_in = await own.guard(_worker({"SECRET_KEY": secrets.token_hex(32), **servers}))
        settings = {**servers, "SESSION": signed_in.session, "OWNER": str(OWNER_ID)}
        env = {**environment_without_settings(), **settings}
        async with Children().one("bench.bare", env=env, cwd=folder) as process:
            await own.ready()
            yield Way(name=BARE, stage=own, pids={BARE: process.pid})


async def _keep_guard(own: Stage, settings: dict[str, str]) -> int:
    """Sign the guard in and keep its session in Redis; Redis's process id."""
    worker = _worker(settings)
    signed_in = await own.guard(worker)
    redis = connect(worker, name="doorman-bench")
    try:
        await guardroom.keep(redis, signed_in.session, account=signed_in.account, keyring=worker.keyring)
        info: Any = await redis.info("server")
        return int(info["process_id"])
    finally:
        await redis.aclose()


def _worker(settings: dict[str, str]) -> UserclientSettings:
    given = {"API_ID": "1", "API_HASH": "any", **settings}
    return UserclientSettings.model_validate({name.lower(): value for name, value in given.items()})


def _servers(own: Stage) -> dict[str, str]:
    mtproto, botapi = own.sandbox.mtproto, own.sandbox.botapi
    return {
        "MTPROTO_SERVER": f"{mtproto.host}:{mtproto.port}",
        "MTPROTO_PUBLIC_KEY": mtproto.public_key,
        "BOT_API_URL": botapi.url,
        "BOT_TOKEN": botapi.token,
    }
