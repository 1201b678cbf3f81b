"""What of a session can be compared with another's: its country, network, app, platform and device."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from core.domain.sessions import Session

#: Whose network an address is in can't be told offline; a provider's addresses are mostly in few of such blocks.
IPV4_BLOCK, IPV6_BLOCK = 16, 32
#: A browser calls itself by its version, which moves every month ("Firefox 138").
BROWSERS = frozenset(
    {
        "brave",
        "chrome",
        "chromium",
        "edge",
        "firefox",
        "google chrome",
        "microsoft edge",
        "mozilla firefox",
        "opera",
        "safari",
        "samsung browser",
        "vivaldi",
        "yandex",
        "yandex browser",
    }
)


def folded(text: str) -> str:
    """A text as it is compared: its case and its spaces say nothing."""
    return " ".join(text.split()).casefold()


def is_same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but case and spaces."""
    return folded(one) == folded(other)


def country_of(session: Session) -> str:
    """The country alone, as Telegram writes it: it may stand behind a city where the region is empty."""
    country = session.country.strip()
    return country if session.region.strip() else country.rpartition(",")[2].strip()


def network_of(session: Session) -> str:
    """The block of addresses that the IP is in; "" for what is no IP."""
    try:
        address = ip_address(session.ip.strip())
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if not address.ipv4_mapped:
            return str(IPv6Network((int(address), IPV6_BLOCK), strict=False))
        address = address.ipv4_mapped
    return str(IPv4Network((int(address), IPV4_BLOCK), strict=False))


def device_of(session: Session) -> str:
    """The device by its own name, folded; a browser without its version."""
    name = folded(session.device_model)
    browser = name.rstrip("0123456789. ")
    return browser if browser in BROWSERS else name


def app_of(session: Session) -> str:
    """The app by its id and its name: two apps can have one name."""
    return f"{session.api_id} {session.app_name}".rstrip()
