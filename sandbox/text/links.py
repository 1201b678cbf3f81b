"""Which URLs Telegram takes for links and buttons, and how it writes them [tdlib/td, LinkManager and HttpUrl]."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from sandbox.text.errors import TextError

USER_LINK = re.compile(r"^tg:(?://)?user/?\?(?:.*&)?id=(\d{1,18})(?:&.*)?$", re.IGNORECASE)
APP_LINK = re.compile(r"^(tg|ton|tonsite):(?://)?", re.IGNORECASE)
HOST_CHARACTERS = re.compile(r"^(?:[A-Za-z0-9.\-_!$,~*'();&+=]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*$")
USERINFO_CHARACTERS = re.compile(r"^(?:[A-Za-z0-9.\-_!$,~*'();&+=:]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*$")
MOST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A URL in its parts; `port` is 0 when none was given, `query` all that follows the host."""

    protocol: str
    userinfo: str
    host: str
    port: int
    query: str

    @property
    def text(self) -> str:
        """The URL as Telegram writes it."""
        userinfo = f"{self.userinfo}@" if self.userinfo else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.protocol}://{userinfo}{self.host}{port}{self.query}"


def parse_url(url: str, *, default: str = "http") -> Url:
    """Raises TextError saying what is wrong."""
    protocol = default
    scheme, separator, rest = url.partition("://")
    if separator and not re.search(r"[:/?#@\[\]]", scheme):
        protocol = scheme.lower()
        if protocol not in ("http", "https"):
            raise TextError("Unsupported URL protocol")
        url = rest
    authority = re.split(r"[/?#]", url, maxsplit=1)[0]
    query = url[len(authority) :].rstrip(" \t\r\n\0\v") or "/"
    query = re.sub(r"[\x00-\x20]", lambda m: f"%{ord(m[0]):02X}", query if query[0] == "/" else "/" + query)
    host, port = authority, 0
    if match := re.match(r"^(.+):([^:\]@]*)$", authority):
        host, port = match[1], int(match[2]) if re.fullmatch(r"0*[1-9]\d{0,9}", match[2]) else -1
    if not 0 <= port <= MOST_PORT:
        raise TextError("Wrong port number specified in the URL")
    userinfo, _, host = host.rpartition("@")
    host = host.lower()
    _check_host(host, userinfo)
    return Url(protocol=protocol, userinfo=userinfo, host=host, port=port, query=query)


def _check_host(host: str, userinfo: str) -> None:
    if host.startswith("[") and host.endswith("]"):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise TextError("Wrong IPv6 address specified in the URL") from None
        return
    if not host:
        raise TextError("URL host is empty")
    if host == ".":
        raise TextError("Host is invalid")
    for part, name, allowed in ((host, "host", HOST_CHARACTERS), (userinfo, "userinfo", USERINFO_CHARACTERS)):
        if not allowed.match(part):
            wrong_percent = re.search(r"%(?![0-9A-Fa-f]{2})", part)
            raise TextError(
                f"Wrong percent-encoded symbol in URL {name}"
                if wrong_percent
                else f"Disallowed character in URL {name}"
            )


def check_link(link: str) -> str:
    """The link as Telegram keeps it; raises TextError "URL '…' is invalid: …"."""
    try:
        return _checked(link)
    except TextError as error:
        raise TextError(f"URL '{link}' is invalid: {error}") from None


def _checked(link: str) -> str:
    app = APP_LINK.match(link)
    url = parse_url(link[app.end() :] if app else link)
    if app:
        if url.protocol == "https" or url.userinfo or url.port or url.host.startswith("["):
            raise TextError("Wrong tg URL" if app[1].lower() == "tg" else "Wrong ton URL")
        if not re.fullmatch(r"[A-Za-z0-9_.-]+" if app[1].lower() == "tonsite" else r"[A-Za-z0-9_-]+", url.host):
            raise TextError("Unallowed characters in URL host")
        query = url.query[1:] if url.query.startswith("/?") else url.query
        return f"{app[1].lower()}://{url.host}{query}"
    if "." not in url.host and not url.host.startswith("["):
        raise TextError("Wrong HTTP URL")
    return url.text


def link_or_none(link: str) -> str | None:
    """As `check_link`, None for what Telegram silently leaves unlinked."""
    try:
        return _checked(link)
    except TextError:
        return None


def user_of_link(link: str) -> int | None:
    """The user id of a tg://user?id=… link."""
    match = USER_LINK.match(link)
    return int(match[1]) or None if match else None
