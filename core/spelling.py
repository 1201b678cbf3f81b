"""Each setting's secrets by their value: what is secret in one, and all the ways in which a text may spell it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

from pydantic import SecretStr

from core.settings import REDIS_SCHEMES, CoreSettings

#: A shorter secret is not looked for by its value: it would blot out ordinary words and numbers.
LEAST = 6


def secrets_of(settings: CoreSettings) -> dict[str, str]:
    """Every secret, the longest first, and the setting that it is of."""
    found: dict[str, str] = {}
    for name in type(settings).model_fields:
        if isinstance(secret := getattr(settings, name), SecretStr):
            for piece in _pieces(secret.get_secret_value()):
                if len(piece) >= LEAST:
                    found.setdefault(piece, name)
    return {secret: found[secret] for secret in sorted(found, key=len, reverse=True)}


def _pieces(setting: str) -> Iterator[str]:
    """A setting, the parts of its list, and what is secret by itself in a token or an URL."""
    for part in (setting, *map(str.strip, setting.split(",")), *re.split(r"[,\s]+", setting)):
        yield part
        number, _, rest = part.partition(":")
        if number.isdecimal():
            yield rest
        scheme, separator, rest = part.partition("://")
        if separator:
            for piece in _pieces_of_url(scheme, rest):
                yield from (piece, unquote(piece))


def _pieces_of_url(scheme: str, rest: str) -> list[str]:
    address, _, query = rest.partition("?")
    authority, _, path = address.partition("/")
    login, _, host = authority.rpartition("@")
    user, _, password = login.partition(":")
    if scheme in REDIS_SCHEMES:  # what else is in it are ordinary words
        return [password, *(value for name, value in parse_qsl(query) if name == "password")]
    # In Apprise's URLs a token may stand where the host would: tgram://TOKEN/CHAT. It may have dots as a host has
    # them, so only what a login stands before is surely a host.
    tokens = (piece for piece in host.split(":") if piece != "localhost" and not (login and "." in piece))
    return [login, user, password, *tokens, *path.split("/"), *(value for _, value in parse_qsl(query))]


def any_spelling(secret: str) -> str:
    """A pattern of the secret plain, URL-quoted, and escaped by JSON or repr, over and over again too; in any case."""
    return "".join(map(_any_spelling_of, re.findall(r"\\+|[^\\]", secret)))


def _any_spelling_of(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    if sign.startswith("\\"):
        return r"(?:\\|%(?:25)*5C)+"
    utf8, utf16 = (sign.encode(encoding, "surrogatepass") for encoding in ("utf-8", "utf-16-be"))
    spellings = [
        sign,
        "".join(f"%{byte:02X}" for byte in utf8),
        "".join(f"\\x{byte:02x}" for byte in utf8),
        "".join(f"\\u{unit}" for unit in re.findall("....", utf16.hex())),
        f"\\x{ord(sign):02x}",
        f"\\U{ord(sign):08x}",
        json.dumps(sign)[1:-1],  # as \n
        "+" if sign == " " else sign,
    ]
    return f"(?:{'|'.join(dict.fromkeys(map(_over_and_over, spellings)))})"


def _over_and_over(spelling: str) -> str:
    """A backslash is escaped by more of them, a percent sign quoted as %25, and a quotation mark escaped or not."""
    pattern = re.escape(spelling).replace(r"\\", r"\\+").replace("%", "%(?:25)*")
    return pattern if spelling.startswith("\\") else rf"\\*{pattern}"
