"""What Apprise makes of ALERT_URLS: each address, its name for people, its id. Nothing is sent here.

Apprise is imported when there is an address: that takes 0.3 s and 20 MB.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.keyring import Keyring

if TYPE_CHECKING:
    from apprise import NotifyBase

PURPOSE = "doorman channels"
ID_DIGITS = 16
#: Apprise waits for 4 seconds: what takes longer would be repeated though it was taken. Less than a try may take.
ANSWER_SECONDS = 25.0
MOST = 10  # each waits for each account's events on a connection of its own
#: A comma within an address, as between the recipients of an e-mail, parts none.
BETWEEN = re.compile(r"\s+|,+(?=[A-Za-z][\w+.-]*://|\s|$)")
SCHEME = re.compile(r"([A-Za-z][\w+.-]*)://(.*)", re.DOTALL)
AUTHORITY_ENDS = re.compile(r"[/?#]")
#: What has no dot may be a token, or a secret topic.
HOST = re.compile(r"localhost|[a-z\d_-]+(\.[a-z\d_-]+)+", re.IGNORECASE)


class AddressError(ValueError):
    """One of the addresses is of no use; the message says which, without what is secret in it."""


def split(setting: str) -> list[str]:
    """The addresses, each once, in their order."""
    return list(dict.fromkeys(part for part in map(_bare, BETWEEN.split(setting)) if part))


def _bare(part: str) -> str:
    return part.strip().strip(",")


def check(setting: str) -> None:
    """Raises AddressError for the first address that Apprise can't use."""
    addresses = split(setting)
    if len(addresses) > MOST:
        raise AddressError(f"it has {len(addresses)} addresses; {MOST} are the most")
    for number, address in enumerate(addresses, 1):
        read(address, number=number)


def read(address: str, *, number: int) -> NotifyBase:
    """Apprise's own object for an address, the `number`th. Raises AddressError."""
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415
    from apprise.plugins import N_MGR  # noqa: PLC0415

    logging.getLogger("apprise").propagate = False  # it names addresses; what is to be told is told by us
    found = SCHEME.match(address)
    if found is None:
        raise AddressError(f"address {number} does not begin with a service, as in mailto://… or ntfy://…")
    scheme = found[1].lower()
    known = scheme in N_MGR
    which = f"address {number} ({scheme}://…)" if known or scheme in {"http", "https"} else f"address {number}"
    if AUTHORITY_ENDS.split(found[2])[0].count("@") > 1:  # Apprise would take a part of the password for the host
        raise AddressError(f"{which} has a sign in it that is to be escaped: @ as %40, / as %2F")
    asset = AppriseAsset(
        app_id="Doorman",
        app_desc="Doorman",
        app_url="",
        async_mode=False,
        interpret_emojis=False,  # not even if the address asks for it: devices choose names
        interpret_escapes=False,
        http_redirects=False,  # a redirected POST becomes a GET, which says that all is well and delivers nothing
        storage_mode="memory",
        allow_templates=False,
    )
    service = Apprise.instantiate(address, asset=asset)
    if service is None:
        why = "can't be used by Apprise" if known else "is of no service that Apprise knows"
        raise AddressError(
            f"{which} {why}; appriseit.com/services says how a service's addresses look (signs like @ or / in a "
            "password are written as %40 or %2F)"
        )
    if "rto=" not in address:
        service.socket_read_timeout = ANSWER_SECONDS
    return service


def names(services: Sequence[NotifyBase]) -> list[str]:
    """Each service's name and its host where that is no secret; two of one kind are told apart by a number."""
    plain = [_name(service) for service in services]
    often, so_far, named = Counter(plain), Counter[str](), []
    for name in plain:
        so_far[name] += 1
        named.append(f"{name} #{so_far[name]}" if often[name] > 1 else name)
    return named


def _name(service: NotifyBase) -> str:
    name, host = str(service.service_name or "service").strip(), str(service.host or "")
    url = str(service.url(privacy=True))  # type: ignore[no-untyped-call]
    shown = urlsplit(url).netloc.rpartition("@")[2]  # without what Apprise takes for private
    if "host" in service.template_tokens and HOST.fullmatch(host) and shown.startswith(host):
        return f"{name} ({host})"
    return name


def ids(address: str, keyring: Keyring) -> tuple[str, ...]:
    """What an address is called in Redis, telling nothing of it; then what it was called under older secret keys."""
    return tuple(hmac.digest(key, address.encode(), "sha256").hex()[:ID_DIGITS] for key in keyring.derive(PURPOSE))
