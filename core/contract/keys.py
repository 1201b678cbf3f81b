"""Every key and stream name in Redis; the account is in each, in braces, so that a cluster keeps it in one slot."""

from __future__ import annotations

import re

PREFIX = "doorman"
#: The set of accounts that a worker has ever watched; this and the next are the names without an account.
ACCOUNTS = f"{PREFIX}:accounts"
#: String: the owners were told that another program uses the bot's token.
RIVAL = f"{PREFIX}:rival"
#: Of any length that an account's number may have, and no longer.
OF_ACCOUNT = re.compile(rb"%b:\{(\d{1,18})\}:" % PREFIX.encode())


def events(account: int) -> str:
    """Stream: what happened, from userclient to bot."""
    return _of(account, "events")


def history(account: int) -> str:
    """Stream: what happened, kept for long; written by userclient, read by both."""
    return _of(account, "history")


def commands(account: int) -> str:
    """Stream: what an owner wants, from bot to userclient."""
    return _of(account, "commands")


def reply(account: int, request: str) -> str:
    """Stream of one entry: the answer to one request; it expires."""
    return _of(account, f"reply:{request}")


def snapshot(account: int) -> str:
    """String: the last roster, and what was ended by us."""
    return _of(account, "snapshot")


def reports(account: int) -> str:
    """String: how many reports the worker has made."""
    return _of(account, "reports")


def status(account: int) -> str:
    """String: how the worker fares."""
    return _of(account, "status")


def heartbeat(account: int) -> str:
    """String: when the worker last said so by Redis's clock, and how many reports it had made by then."""
    return _of(account, "heartbeat")


def service_chat(account: int) -> str:
    """String: up to which of Telegram's own messages to the account all login codes are told."""
    return _of(account, "service-chat")


def lease(account: int) -> str:
    """Hash: which worker may hold the guard session."""
    return _of(account, "lease")


def alerts(account: int) -> str:
    """Hash: which message told which owner of which session."""
    return _of(account, "alerts")


def sent(account: int) -> str:
    """Hash: what was sent last to each owner, and how much was not."""
    return _of(account, "sent")


def held(account: int) -> str:
    """Hash: which events each owner and channel is told once their quiet hours are over."""
    return _of(account, "held")


def digests(account: int) -> str:
    """Hash: which week's digest each owner was sent."""
    return _of(account, "digests")


def blindness(account: int) -> str:
    """String: the owners were told that nobody watches this account; gone when they were told that all is well."""
    return _of(account, "blindness")


def presses(account: int) -> str:
    """Hash: the presses whose owners have not learned yet what came of them."""
    return _of(account, "presses")


#: What all their keys look like, as SCAN takes it.
PRESSES_OF_ANY = f"{PREFIX}:{{*}}:presses"


def account_in(key: bytes) -> int | None:
    """The account that a key is of; None for a key that is none of ours."""
    found = OF_ACCOUNT.match(key)
    return int(found[1]) if found else None


def questions(account: int) -> str:
    """Hash: the lists of sessions that owners were asked to confirm the end of."""
    return _of(account, "questions")


def guard(account: int) -> str:
    """String: the guard session, encrypted under SECRET_KEY."""
    return _of(account, "guard")


def dead_guard(account: int) -> str:
    """String: a fingerprint of the guard session that Telegram has ended, so that it is not tried again."""
    return _of(account, "dead-guard")


def codes(owner: int) -> str:
    """String: what an owner's one-time codes are checked against, encrypted under SECRET_KEY."""
    return _of(owner, "codes")


def codes_used(owner: int) -> str:
    """String: which of an owner's one-time codes are used up, and the wrong tries, signed."""
    return _of(owner, "codes-used")


def choice(owner: int) -> str:
    """String: the account that an owner's commands are about, where they chose one of several, signed."""
    return _of(owner, "choice")


def dead_letters(stream: str) -> str:
    """Stream: the entries of `stream` that nobody could read or handle."""
    return f"{stream}:dead"


def _of(account: int, name: str) -> str:
    return f"{PREFIX}:{{{account}}}:{name}"
