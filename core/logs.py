"""Logs as events on standard error: key-value lines for people in a terminal, JSON elsewhere, no secret in either."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress
from typing import Any

import structlog

from core.masking import Masking, masked
from core.settings import CoreSettings

__all__ = ["configure", "masked"]

#: What libraries tell at "info" is their own business: connection chatter, a line an update.
LIBRARIES = ("aiogram", "aiohttp", "asyncio", "redis", "requests", "telethon", "urllib3")


def configure(settings: CoreSettings, *, process: str) -> None:
    """Send everything that is logged, warned of or raised and not caught through one pipe, which masks secrets.

    `process` is in every entry. The settings' secrets are masked by their value too, so a setting that is secret
    must be a SecretStr.
    """
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
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    masking = Masking(settings)
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,  # before masking, for an exception's text may hold anything
                masking.event,
                renderer,
                masking.line,
            ],
        )
    )
    level = settings.log_level.upper()
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # It takes every lost connection for an error; the line tells of those.
    logging.getLogger("telethon.network").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(process=process)
    _hear_the_uncaught()


class _Handler(logging.StreamHandler[Any]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Logging's own way shows the entry's arguments as they are."""
        with suppress(OSError, ValueError):  # standard error is gone
            error = sys.exc_info()[0]
            self.stream.write(f"A log entry of {record.name} can't be written: {error and error.__name__}\n")


def _hear_the_uncaught() -> None:
    """Python would print these to standard error by itself, in the clear. (What asyncio finds, it logs.)"""
    log = structlog.get_logger()

    def ended(kind: type[BaseException], error: BaseException, traceback: Any) -> None:
        log.critical("process_failed", exc_info=(kind, error, traceback))

    def thread_ended(told: threading.ExceptHookArgs) -> None:
        if told.exc_type is not SystemExit:
            thread = told.thread.name if told.thread else None
            log.error("thread_failed", thread=thread, exc_info=(told.exc_type, told.exc_value, told.exc_traceback))

    def unraisable(told: sys.UnraisableHookArgs) -> None:
        exc_info = (told.exc_type, told.exc_value, told.exc_traceback)
        log.error("cleanup_failed", where=repr(told.object), exc_info=exc_info)

    sys.excepthook, threading.excepthook, sys.unraisablehook = ended, thread_ended, unraisable
    logging.captureWarnings(True)
