"""The two methods of two-step verification, `account.getPassword` and `auth.checkPassword`."""

from __future__ import annotations

import os
from typing import Any

from telethon.tl import types

from sandbox.mtproto.ask import Ask
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.mailbox import user
from sandbox.mtproto.passwords import PRIME
from sandbox.mtproto.primes import GENERATOR, to_256
from sandbox.security import pattern


def get_password(ask: Ask, _request: Any) -> Any:
    """Whether there is a password, and the question that checks it; also for those who have yet to pass it."""
    person = ask.person
    security = person.security
    common: dict[str, Any] = {
        "new_algo": types.PasswordKdfAlgoUnknown(),
        "new_secure_algo": types.SecurePasswordKdfAlgoUnknown(),
        "secure_random": os.urandom(256),
        "email_unconfirmed_pattern": pattern(security.unconfirmed_email),
        "login_email_pattern": pattern(security.login_email),
    }
    if person.password is None:
        return types.account.Password(**common)
    srp_id, challenge = ask.datacentre.passwords.ask(ask.key.id, person.id, person.password)
    return types.account.Password(
        **common,
        has_password=True,
        has_recovery=security.recovery_email is not None or None,
        pending_reset_date=security.pending_reset_date,
        current_algo=types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
            challenge.verifier.salt1, challenge.verifier.salt2, GENERATOR, PRIME
        ),
        srp_B=to_256(challenge.offer),
        srp_id=srp_id,
        hint=person.password_hint or None,
    )


def check_password(ask: Ask, request: Any) -> Any:
    """The second step of a login."""
    person, authorization = ask.person, ask.authorization
    if person.password is None:
        raise RpcError(400, "PASSWORD_EMPTY")
    ask.datacentre.passwords.check(person.id, request.password)
    if authorization.password_pending:
        ask.world.complete(authorization)
    return types.auth.Authorization(user(person, is_self=True))
