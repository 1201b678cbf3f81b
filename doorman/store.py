"""The Redis that a one-off command talks to: REDIS_URL's, else the embedded one in DATA_DIR."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import click
from pydantic import SecretStr
from redis.exceptions import RedisError

from core.connection import Store, connect
from doorman.embedded import embedded_redis
from doorman.settings import DoormanSettings


@asynccontextmanager
async def opened_redis(settings: DoormanSettings) -> AsyncIterator[Store]:
    """A client that has been heard to answer. Raises click.ClickException saying what to do."""
    url = settings.redis_url.get_secret_value()
    with nullcontext(url) if url else embedded_redis(settings.data_dir, persist=True) as at:
        redis = connect(settings.model_copy(update={"redis_url": SecretStr(at)}), name="doorman-cli")
        try:
            await redis.ping()
        except RedisError as error:
            raise click.ClickException(f"Redis does not answer ({error}). Check REDIS_URL.") from None
        try:
            yield redis
        finally:
            await redis.aclose()


def say_waiting(seconds: float) -> None:
    """Why a command that uses the guard session takes its time."""
    click.echo(f"… A worker may still use the guard session; to be sure, this waits up to {seconds:.0f} s.")
