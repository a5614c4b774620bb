"""Refusing private, loopback and link-local addresses, so that no source can make us ask our own network.

The address that is connected to is the one that is judged: the resolver refuses names that lead inside,
the middleware refuses literal addresses, in first requests, redirects and robots.txt alike.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from newscrawl.configuration import Configuration

_NAT64 = IPv6Address("64:ff9b::")
# Of local use or out of use, of which not every version of Python knows: RFC 3879, RFC 8215, RFC 7915, RFC 7526 (6to4).
_NEVER = tuple(map(IPv6Network, ("fec0::/10", "64:ff9b:1::/48", "::ffff:0:0:0/96", "2002::/16")))


class PrivateAddressError(IgnoreRequest):
    """The request would connect to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet (IANA special-purpose registries).

    An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64) is judged by it too.
    Raises ValueError for what is no IP address.
    """
    parsed = ip_address(address)
    if any(parsed in network for network in _NEVER):
        return False
    return all(one.is_global and not one.is_multicast for one in (parsed, *_carried(parsed)))


class PublicAddressResolver(CachingThreadedResolver):
    """Scrapy's caching resolver that fails with PrivateAddressError for a name that leads to a private address."""

    def __init__(self, *args: Any, allow_private: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        settings = crawler.settings
        cache_size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        allow = Configuration.read(settings).allow_private_addresses
        return cls(reactor, cache_size, settings.getfloat("DNS_TIMEOUT"), allow_private=allow)

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802
        resolving = super().getHostByName(name, timeout)
        return resolving if self._allow_private else resolving.addCallback(self._refuse_private, name)

    @staticmethod
    def _refuse_private(address: str, name: str) -> str:
        if not is_public(address):
            raise PrivateAddressError(f"{name} resolves to {address}")
        return address


class PrivateAddressMiddleware:
    """Ends a request to a private address before it reaches the downloader."""

    def __init__(self, allow_private: bool) -> None:
        self._allow_private = allow_private

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(Configuration.read(crawler.settings).allow_private_addresses)

    async def process_request(self, request: Request) -> None:
        """Raises PrivateAddressError for a request that would connect to a private address."""
        host = urlparse_cached(request).hostname
        if self._allow_private or host is None:
            return
        try:
            public = is_public(host)
        except ValueError:
            await _resolve(host)
            return
        if not public:
            raise PrivateAddressError(f"{host} is a private address")


async def _resolve(host: str) -> None:
    # The installed resolver refuses and remembers; a name that does not resolve is the downloader's to report.
    from twisted.internet import reactor

    resolver: Any = reactor
    try:
        await maybe_deferred_to_future(resolver.resolve(host))
    except (DNSLookupError, TimeoutError):
        return


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped]
    # "::a.b.c.d", IPv4-compatible, is long out of use, yet no registry calls it special.
    if int(address) >> 32 in (0, int(_NAT64) >> 32):
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in carried if one is not None]
