"""The connection to Redis, set up against what redis-py does by default and must not do here."""

from __future__ import annotations

from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from core.settings import CoreSettings

#: No read waits longer than this many seconds for Redis's answer, so a dead connection is noticed.
SOCKET_TIMEOUT = 15.0
#: The longest that a blocking read asks Redis to wait: well below SOCKET_TIMEOUT, or it would raise when idle.
BLOCK_MS = 5_000


def connect(settings: CoreSettings, *, name: str) -> Redis:
    """A client for REDIS_URL, not connected yet; `name` shows in CLIENT LIST. Raises ValueError for a bad URL.

    Nothing is retried: redis-py's own retries made three entries of one XADD whose answer was lost.
    """
    url = settings.redis_url.get_secret_value()
    options: dict[str, Any] = {
        "client_name": name,
        "socket_timeout": SOCKET_TIMEOUT,
        "socket_connect_timeout": 5.0,
        "retry": Retry(NoBackoff(), 0),
        "max_connections": 16,
    }
    if url.startswith("rediss://") and not settings.redis_tls_verify:
        options |= {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
    if not url.startswith("unix://"):
        options["socket_keepalive"] = True
    client: Redis = Redis.from_url(url, **options)
    return client
