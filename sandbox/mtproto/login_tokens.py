"""QR login tokens: shown by a session that waits, accepted from an account [core.telegram.org/api/qr-login]."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sandbox.mtproto.sessions import Session
from sandbox.people import Authorization, now

GOOD_FOR = timedelta(seconds=30)
TOKEN_BYTES = 32


@dataclass(slots=True, kw_only=True)
class LoginToken:
    """Waits for an account; `authorization` is what its acceptance made, not yet picked up by the session."""

    value: bytes
    session: Session
    expires: datetime
    authorization: Authorization | None = None


@dataclass(slots=True)
class LoginTokens:
    """One live token per auth key."""

    _by_value: dict[bytes, LoginToken] = field(default_factory=dict)
    _by_key: dict[int, LoginToken] = field(default_factory=dict)

    def export(self, session: Session) -> LoginToken:
        """The token of this session's key: the accepted one, or a fresh one instead of any before."""
        key_id = session.key.holder.id
        token = self._by_key.get(key_id)
        if token and token.authorization:
            return token
        if token:
            self._by_value.pop(token.value, None)
        token = LoginToken(value=secrets.token_bytes(TOKEN_BYTES), session=session, expires=now() + GOOD_FOR)
        self._by_value[token.value] = self._by_key[key_id] = token
        return token

    def waiting(self, value: bytes) -> LoginToken | None:
        """The token of that value, None when unknown or expired."""
        token = self._by_value.get(value)
        return token if token and token.expires > now() else None

    def forget(self, token: LoginToken) -> None:
        """It is used up."""
        self._by_value.pop(token.value, None)
        self._by_key.pop(token.session.key.holder.id, None)
