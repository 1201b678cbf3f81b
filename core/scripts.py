"""Redis scripts: each in a file beside the module that runs it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis


def load(redis: Redis, module: str, name: str) -> Any:
    """The script `name`.lua of the module's package, to be called with `keys` and `args`."""
    return redis.register_script(_text(module.rpartition(".")[0], name))


@cache
def _text(package: str, name: str) -> str:
    return (files(package) / f"{name}.lua").read_text()
