"""What one data centre knows: the world, the auth keys, and the sign-ins under way."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.mtproto.keys import KeyRing
from sandbox.mtproto.login_codes import LoginCodes
from sandbox.mtproto.login_tokens import LoginTokens
from sandbox.mtproto.message_ids import MessageIds
from sandbox.mtproto.passwords import Passwords
from sandbox.mtproto.rsa_key import RsaKey
from sandbox.world import World


@dataclass(slots=True, kw_only=True)
class DataCentre:
    """Shared by all connections of one server; `host` and `port` are where clients find it."""

    world: World
    rsa: RsaKey
    host: str = "127.0.0.1"
    port: int = 0
    keys: KeyRing = field(default_factory=KeyRing)
    ids: MessageIds = field(default_factory=MessageIds)
    codes: LoginCodes = field(default_factory=LoginCodes)
    tokens: LoginTokens = field(default_factory=LoginTokens)
    passwords: Passwords = field(default_factory=Passwords)
