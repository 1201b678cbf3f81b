"""Settings that both processes read, and how a wrong one is told: one human line for each, never a traceback."""

from __future__ import annotations

import sys
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.keyring import Keyring

S = TypeVar("S", bound=BaseSettings)

SECRET_KEY_LEAST = 32

REDIS_SCHEMES = ("redis", "rediss", "unix")


class SettingsError(Exception):
    """Settings that are each well-formed, but don't fit what was found; the message says what to change."""


def _spread_newlines(value: Any) -> Any:
    return value.replace("\\n", "\n") if isinstance(value, str) else value


#: A text of several lines that fits one line of an .env file, its line ends written as \n.
MultiLine = Annotated[str, BeforeValidator(_spread_newlines)]


class CoreSettings(BaseSettings):
    """From the environment, else from `.env` in the working directory. An empty value counts as none."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    secret_key: SecretStr = Field(
        description="Encrypts the guard session in Redis, and signs what bot and worker tell each other there: at "
        "least 32 random characters, e.g. from `openssl rand -hex 32`, the same for both. To change it, put the new "
        "one before the old, with a comma between, and take the old one away a day later. If it is lost, log in and "
        "enroll again.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Where Redis or Valkey (6.2 or later) is, e.g. redis://localhost:6379/0. "
        "Empty: `doorman up` runs an embedded one and keeps it in DATA_DIR.",
    )
    redis_tls_verify: bool = Field(
        default=True,
        description="Whether a rediss:// server must show a certificate that can be verified. "
        "Heroku's can't be: set false there, knowing that TLS then hides the traffic but does not prove who answers.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least serious log entries to write: debug, info, warning or error."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="How logs look: console, json, or auto (console in a terminal, json elsewhere)."
    )

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        for part in _parts(value):
            if len(part) < SECRET_KEY_LEAST:
                raise ValueError(
                    f"it has fewer than {SECRET_KEY_LEAST} characters; make one with `openssl rand -hex 32`"
                )
        return value

    @property
    def keyring(self) -> Keyring:
        """The keys that follow from SECRET_KEY."""
        return Keyring(*_parts(self.secret_key))

    @field_validator("redis_url")
    @classmethod
    def _a_redis_url(cls, value: SecretStr) -> SecretStr:
        # Here, for redis-py's own complaint may repeat a piece of the password.
        try:
            url = urlsplit(value.get_secret_value())
            well_formed = url.scheme in REDIS_SCHEMES and (url.port is None or url.port > 0)
        except ValueError:
            well_formed = False
        if value.get_secret_value() and not well_formed:
            raise ValueError(
                "it is no Redis address such as redis://:password@host:6379/0 (signs like / or # in a password "
                "are written as %2F or %23)"
            )
        return value


def _parts(value: SecretStr) -> list[str]:
    return [part.strip() for part in value.get_secret_value().split(",")]


def load(settings: type[S]) -> S:
    """The settings, or the end of the process: exit code 2 and a line for each that is missing or wrong."""
    check(settings)
    return settings()


def check(*settings: type[BaseSettings]) -> None:
    """End the process with exit code 2 and a line for each setting that is missing or wrong, if any is."""
    lines = dict.fromkeys(line for class_ in settings for line in problems(class_))
    if lines:
        print(*lines, sep="\n", file=sys.stderr)  # noqa: T201
        raise SystemExit(2)


def problems(settings: type[BaseSettings]) -> list[str]:
    """A line for each setting that is missing or wrong; none where all is well."""
    try:
        settings()
    except ValidationError as error:
        return explain(error)
    return []


def explain(error: ValidationError) -> list[str]:
    """One line a problem: which setting, what is wrong with it, where to set it. Values stay out: some are secrets."""
    lines = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        name = str(problem["loc"][0]).upper() if problem["loc"] else "Settings"
        if problem["type"] == "missing":
            lines.append(f"{name} is not set. Set it in the environment or in .env; .env.example says what it is.")
        else:
            what = problem["msg"].removeprefix("Value error, ")
            lines.append(f"{name} is wrong: {what}. See .env.example for what it should be.")
    return lines
