"""The bot's settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from bot.channels import addresses
from core.settings import CoreSettings


class BotSettings(CoreSettings):
    """What `python -m bot` reads."""

    bot_token: SecretStr = Field(description="The bot's token from @BotFather, as 123456789:AA….")
    owner_ids: Annotated[frozenset[int], NoDecode] = Field(
        description="The Telegram user ids that the bot obeys, with commas between them. "
        "Best not the watched account alone: who breaks into it sees this bot too."
    )
    alert_urls: SecretStr = Field(
        SecretStr(""),
        description="Where else to tell what the owners are told, so that deleting the bot's message hides nothing: "
        "addresses of Apprise's, e.g. ntfy://ntfy.sh/a-secret-topic or mailtos://user:password@example.org, with "
        "commas or spaces between them. appriseit.com/services lists what there is. Empty: nowhere.",
    )
    codes_asked_of: Literal["account", "everyone"] = Field(
        "account",
        description="Which owners are asked for a one-time code before a protected action (ending an old or trusted "
        "session, ending all others, confirming a login, trusting): account (the watched account itself, for who broke "
        "into it sees the bot too) or everyone.",
    )
    logins_together_minutes: int = Field(
        10,
        ge=0,
        le=60,
        description="Logins that come within so many minutes of one another, while one of them waits for an answer, "
        "are one message (0 to 60). 0: each is a message of its own.",
    )
    silent_after_seconds: float = Field(
        120,
        ge=15,
        le=3600,
        description="How long the worker or Redis may be silent before the owners are told, in seconds (15 to 3600).",
    )
    webhook_url: str = Field(
        "", description="The public https:// address at which Telegram reaches the bot. Empty: long polling."
    )
    webhook_host: str = Field(
        "127.0.0.1", description="The address that the webhook listens on; 0.0.0.0 where another machine hands it on."
    )
    port: int = Field(8443, ge=1, le=65535, description="The port that the webhook listens on.")
    bot_api_url: str = Field(
        "https://api.telegram.org", description="The Bot API server: Telegram's, or one of your own."
    )

    @field_validator("owner_ids", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part.strip() for part in value.split(",") if part.strip()]
        if not ids or not all(part.isascii() and part.isdecimal() and int(part) > 0 for part in ids):
            raise ValueError("it must be user ids, positive numbers with commas between them; @userinfobot tells yours")
        return frozenset(int(part) for part in ids)

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        number, _, rest = value.get_secret_value().partition(":")
        if not number.isdecimal() or not rest or any(c.isspace() for c in rest):
            raise ValueError("it is no bot token; @BotFather's look like 123456789:AA… (a number, a colon, letters)")
        return value

    @field_validator("alert_urls")
    @classmethod
    def _addresses(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value().strip():
            addresses.check(value.get_secret_value())
        return value

    @field_validator("webhook_url")
    @classmethod
    def _https(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://127.0.0.1:")):
            raise ValueError("Telegram delivers to https:// addresses only")
        return value.rstrip("/")
