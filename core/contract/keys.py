"""Every key and stream name in Redis; the account is in each, in braces, so that a cluster keeps it in one slot."""

from __future__ import annotations

PREFIX = "doorman"
#: The set of accounts that a worker has ever watched; the one name without an account.
ACCOUNTS = f"{PREFIX}:accounts"


def events(account: int) -> str:
    """Stream: what happened, from userclient to bot."""
    return _of(account, "events")


def commands(account: int) -> str:
    """Stream: what an owner wants, from bot to userclient."""
    return _of(account, "commands")


def reply(account: int, request: str) -> str:
    """Stream of one entry: the answer to one request; it expires."""
    return _of(account, f"reply:{request}")


def snapshot(account: int) -> str:
    """String: the last roster, and what was ended by us."""
    return _of(account, "snapshot")


def status(account: int) -> str:
    """String: the worker's heartbeat and how it fares."""
    return _of(account, "status")


def alerts(account: int) -> str:
    """Hash: which message told which owner of which session."""
    return _of(account, "alerts")


def guard(account: int) -> str:
    """String: the guard session, encrypted under SECRET_KEY."""
    return _of(account, "guard")


def dead_letters(stream: str) -> str:
    """Stream: the entries of `stream` that nobody could read or handle."""
    return f"{stream}:dead"


def _of(account: int, name: str) -> str:
    return f"{PREFIX}:{{{account}}}:{name}"
