"""Logs as events on standard error: key-value lines for people in a terminal, JSON elsewhere."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import structlog

from core.settings import CoreSettings

#: A bot's token, in a URL for instance.
TOKEN = re.compile(r"\b\d{5,}:[\w-]{20,}")


def masked(text: str) -> str:
    """A text with every bot token in it blotted out."""
    return TOKEN.sub("(token)", text)


def configure(settings: CoreSettings, *, process: str) -> None:
    """Send structlog's and the standard library's logs through one pipe; `process` is in every entry."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        # A plain traceback: the pretty one shows local variables, and some are secrets.
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if console
        else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not console:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer, _mask],
        )
    )
    level = settings.log_level.upper()
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # What libraries tell at "info" is their own business: connection chatter, a line an update.
    for library in ("aiogram", "aiohttp", "asyncio", "telethon"):
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # It takes every lost connection for an error; the line tells of those.
    logging.getLogger("telethon.network.mtprotosender").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(process=process)


def _mask(_logger: object, _method: str, rendered: Any) -> str:
    return masked(str(rendered))
