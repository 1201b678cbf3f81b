"""The worker's settings."""

from __future__ import annotations

from ipaddress import ip_address

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from core.settings import CoreSettings, MultiLine

PORT_MOST = 65535


class UserclientSettings(CoreSettings):
    """What `python -m userclient` and `doorman login` read."""

    api_id: int = Field(gt=0, description="The api_id of your own application, from my.telegram.org.")
    api_hash: SecretStr = Field(description="The api_hash beside it. Keep it to yourself.")
    session_string: SecretStr = Field(
        SecretStr(""),
        description="The guard session as a Telethon StringSession, for those who keep it in the environment. "
        "Empty: the one that `doorman login` put into Redis.",
    )
    account: int | None = Field(
        None,
        gt=0,
        validate_default=True,
        description="The user id of the one account to watch: needed beside SESSION_STRING. Empty: all that "
        "`doorman login` was run for.",
    )
    lease_seconds: float = Field(
        60,
        ge=3,
        le=600,
        description="How long a worker that died without a word may still count as connected, in seconds (3 to 600): "
        "the next one waits so long. It is renewed every third of that. The same for all workers of an account.",
    )
    poll_seconds: float = Field(
        30, ge=1, le=3600, description="How often to fetch all sessions, push or no push, in seconds (1 to 3600)."
    )
    checkup_seconds: float = Field(
        600,
        ge=5,
        le=86400,
        description="How often to look at 2FA, e-mails, passkeys, websites and business bots, in seconds (5 to 86400).",
    )
    keepalive_seconds: float = Field(
        12,
        ge=1,
        le=600,
        description="How often to ask Telegram something small, so that pushes keep coming, in seconds.",
    )
    mtproto_server: str = Field(
        "",
        description="A sandbox Telegram to use instead of the real one, as 127.0.0.1:port. "
        "Only a loopback address is taken. Leave it empty.",
    )
    mtproto_public_key: MultiLine = Field(
        "", validate_default=True, description="The sandbox's RSA public key, as PEM. Leave it empty."
    )

    @field_validator("account")
    @classmethod
    def _known_before_connecting(cls, value: int | None, others: ValidationInfo) -> int | None:
        # One worker at a time may use a session, and which account it is of can be asked only by using it.
        session = others.data.get("session_string")
        if value is None and session and session.get_secret_value():
            raise ValueError("SESSION_STRING needs it beside it: the user id of its account (@userinfobot tells yours)")
        return value

    @field_validator("mtproto_server")
    @classmethod
    def _loopback(cls, value: str) -> str:
        # Whoever could point the guard session at a server of theirs would own the account.
        if value and not _is_loopback(value):
            raise ValueError("only a loopback address with a port is taken, such as 127.0.0.1:4430")
        return value

    @field_validator("mtproto_public_key")
    @classmethod
    def _beside_the_server(cls, value: str, others: ValidationInfo) -> str:
        if others.data.get("mtproto_server") and "BEGIN RSA PUBLIC KEY" not in value:
            raise ValueError("MTPROTO_SERVER needs that server's key: a PEM text with BEGIN RSA PUBLIC KEY in it")
        return value


def _is_loopback(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        return ip_address(host).is_loopback and port.isdecimal() and 0 < int(port) <= PORT_MOST
    except ValueError:
        return False
