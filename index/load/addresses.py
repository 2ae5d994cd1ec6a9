"""Web addresses: how one is written, and to which machines one may lead."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from index.errors import Unreadable

# What ends why something is not fetched from.
MEANT = "If that is meant, say `--allow-private`."
LED = "A page of the internet leads there. If that is meant, name the address by itself."

# Networks that are not the internet's, and their uses. `ipaddress` knows fewer, and others in each version.
_IPV4 = tuple(
    (ip_network(network), what)
    for network, what in (
        ("127.0.0.0/8", "this machine itself"),  # RFC 1122
        ("0.0.0.0/8", "this machine itself"),  # RFC 1122; systems connect 0.0.0.0 to the machine itself
        ("10.0.0.0/8", "a private network"),  # RFC 1918
        ("172.16.0.0/12", "a private network"),
        ("192.168.0.0/16", "a private network"),
        ("100.64.0.0/10", "a provider's own network"),  # RFC 6598; one cloud's metadata is at 100.100.100.200
        ("169.254.0.0/16", "the local link, where clouds keep their metadata"),  # RFC 3927
        ("168.63.129.16/32", "a cloud's own services"),  # Azure's, though its number is a public one
        ("192.0.0.0/24", "a network for special uses"),  # RFC 6890
        ("192.0.2.0/24", "a network for documentation"),  # RFC 5737, as the next two
        ("198.51.100.0/24", "a network for documentation"),
        ("203.0.113.0/24", "a network for documentation"),
        ("192.88.99.0/24", "a relay between networks"),  # RFC 7526
        ("198.18.0.0/15", "a network for measurements"),  # RFC 2544
        ("224.0.0.0/4", "a group of machines"),  # RFC 5771
        ("240.0.0.0/4", "a reserved network"),  # RFC 1112, and 255.255.255.255, RFC 919
    )
)
_IPV6 = tuple(
    (ip_network(network), what)
    for network, what in (
        ("::1/128", "this machine itself"),  # RFC 4291, as all that are not marked otherwise
        ("::/128", "this machine itself"),
        ("fd00:ec2::/32", "the local link, where clouds keep their metadata"),  # Amazon's fd00:ec2::254
        ("fd20:ce::/32", "the local link, where clouds keep their metadata"),  # Google's fd20:ce::254
        ("fc00::/7", "a private network"),  # RFC 4193
        ("fe80::/10", "the local link"),
        ("fec0::/10", "a private network"),  # RFC 3879
        ("ff00::/8", "a group of machines"),
        ("2001::/32", "a tunnel between networks"),  # Teredo, RFC 4380
        ("2001::/23", "a network for special uses"),  # RFC 2928
        ("2001:db8::/32", "a network for documentation"),  # RFC 3849
        ("3fff::/20", "a network for documentation"),  # RFC 9637
    )
)
# What no answer is ever taken from: the local link, and where clouds tell a machine its own secrets.
_NEVER = tuple(
    map(
        ip_network,
        ("169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "fe80::/10", "fd00:ec2::/32", "fd20:ce::/32"),
    )
)
_GLOBAL = ip_network("2000::/3")  # of IPv6, all that is given out for the internet, RFC 4291
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?")  # underscores stand in some real names
_WEB_PORTS = frozenset({80, 443})
_SERVICES = 1024  # ports below are those of other services: mail, shells, name servers


def normal(address: str) -> str:
    """The address as its server knows it, in ASCII: scheme and host in lower case, no default port, no fragment.

    Raises `Unreadable` for what is no web address, or one that holds a user's name or password.

    >>> normal("HTTPS://Bücher.Example:443/a b#c")
    'https://xn--bcher-kva.example/a%20b'
    """
    import httpx

    scheme, colon, rest = address.strip().partition(":")
    if scheme.lower() not in ("http", "https") or not colon:
        raise Unreadable(_shown(address), "Only addresses that begin with http:// or https:// are fetched.")
    try:
        url = httpx.URL(f"{scheme.lower()}:{rest}")
    except httpx.InvalidURL as error:
        raise _unlike(address) from error
    if url.userinfo:
        raise Unreadable(
            _shown(address), "It holds a user's name or password, which are not sent. Leave out what is before the @."
        )
    if not _host(url.raw_host.decode()) or url.port == 0 or (url.port or 0) > 65535:
        raise _unlike(address)
    return f"{url.scheme}://{url.netloc.decode()}{url.raw_path.decode()}"


def joined(base: str, link: str) -> str:
    """The normal address of a link as it stands on the page at `base`. Raises `Unreadable`."""
    import httpx

    try:
        return normal(str(httpx.URL(base).join(link.strip())))
    except httpx.InvalidURL as error:
        raise _unlike(link) from error


def host(address: str) -> str:
    """The name, or the number, of the machine in a normal address."""
    import httpx

    return httpx.URL(address).raw_host.decode()


def origin(address: str) -> str:
    """Scheme, host and port of a normal address: what one robots.txt speaks for."""
    import httpx

    url = httpx.URL(address)
    return f"{url.scheme}://{url.netloc.decode()}"


def refused_port(port: int) -> bool:
    """Whether a port is another service's than the web's. Above 1023 any may be the web's."""
    return port < _SERVICES and port not in _WEB_PORTS


def place(number: str) -> str | None:
    """The network that an IP address is of, if it is not the internet's; None if it is.

    An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is what that one is.

    >>> place("93.184.216.34"), place("10.0.0.1"), place("::ffff:127.0.0.1")
    (None, 'a private network', 'this machine itself')
    """
    found = _carried(ip_address(number))
    if isinstance(found, IPv4Address):
        return next((what for network, what in _IPV4 if found in network), None)
    known = next((what for network, what in _IPV6 if found in network), None)
    return known or (None if found in _GLOBAL else "a reserved network")


def never(number: str) -> bool:
    """Whether an IP address is one of the local link or of a cloud's metadata, which nobody means to read.

    >>> never("169.254.169.254"), never("::ffff:169.254.1.1"), never("fe80::1%2"), never("10.0.0.1")
    (True, True, True, False)
    """
    found = _carried(ip_address(number))
    return any(found in network for network in _NEVER)


def _carried(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found


def _host(name: str) -> bool:
    try:
        return ip_address(name) is not None
    except ValueError:
        return _NAME.fullmatch(name) is not None


def _unlike(address: str) -> Unreadable:
    return Unreadable(_shown(address), "It is not written as web addresses are. Check it.")


def _shown(address: str) -> str:
    """The address without what may be a password, in one line."""
    return " ".join(re.sub(r"(?<=//)[^/?#]*@", "", address).split())[:500]
