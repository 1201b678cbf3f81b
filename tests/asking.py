"""Asking an account's worker, as the bot does."""

from __future__ import annotations

from datetime import timedelta

from redis.asyncio import Redis

from core import bus
from core.contract.commands import Command
from core.contract.replies import Reply
from tests.domain_values import ACCOUNT, OWNER


async def ask(redis: Redis, command: Command, *, owner: int = OWNER, patience: timedelta = bus.PATIENCE) -> Reply:
    """The reply, or the errors of `bus.request`."""
    request = await bus.new_request(redis, command, owner=owner, patience=patience)
    return await bus.request(redis, ACCOUNT, request, patience=patience)
