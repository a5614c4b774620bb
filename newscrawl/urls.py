"""Identity of pages: the canonical form of a URL, its key and its host.

Changing the rule of `url_key` is a database migration: raise `URL_KEY_VERSION` with it.
"""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from w3lib.url import canonicalize_url

URL_KEY_VERSION = 1
MAX_LENGTH = 2048
"""Most characters of a page's canonical URL: the bound of sitemaps.org, and what PostgreSQL can keep in an index."""

# Query parameters that name the way a reader came, never the page (the senders' documentation).
_TRACKING = frozenset(
    {
        "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
        "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "__twitter_impression", "wt_mc", "at_medium", "at_campaign",
        "ocid", "cmpid", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "spm", "mkt_tok", "_hsenc",
        "_hsmi",
    }
)  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "hsa_", "pk_", "piwik_", "matomo_", "mtm_")
_DEFAULT_PORTS = (":80", ":443")
# Most pages' addresses, which w3lib's canonical form leaves as they are: the key without its dear steps. The host may
# begin with `www.` once more.
_PLAIN = re.compile(r"https?://(?:www\.)?+([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+)((?:/(?!\.)[A-Za-z0-9_.-]*)*)")
_LONGEST_PLAIN = 500


def is_http(url: str) -> bool:
    """Whether the URL is absolute, of scheme http or https, names a host, and is not too long to be kept."""
    if _plain(url):
        return True
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        # Quoting makes three characters of a byte, and UTF-8 up to four bytes of a character.
        longest = len(url) * (3 if url.isascii() else 12)
        return named and (longest <= MAX_LENGTH or (len(url) <= 4 * MAX_LENGTH and len(_key(url)) <= MAX_LENGTH))
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The URL's host in lower case without `www.`; an empty string when it names none."""
    try:
        return (urlsplit(url).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


def same_site(url: str, home: str) -> bool:
    """Whether a URL's host is the host of `home` or a subdomain of it."""
    host, site = host_of(url), host_of(home)
    return bool(site) and (host == site or host.endswith("." + site))


def url_key(url: str) -> str:
    """The readable identity of a page: w3lib's canonical form without scheme, `www.`, default port, fragment and
    tracking parameters.

    Raises ValueError for a URL that is not absolute http(s).
    """
    if plain := _plain(url):
        return plain[1] + (plain[2] or "/")
    if not is_http(url):
        raise ValueError(f"not an absolute http(s) URL, or one that is too long: {url[:MAX_LENGTH]!r}")
    return _key(url)


def article_id(key: str) -> UUID:
    """The stable public identifier of the article with this url_key."""
    return uuid5(NAMESPACE_URL, f"newscrawl:{key}")


def _plain(url: str) -> re.Match[str] | None:
    return _PLAIN.fullmatch(url) if len(url) <= _LONGEST_PLAIN else None


# One page is asked for its own key, and for those that it claims, again and again.
@lru_cache(maxsize=64)
def _key(url: str) -> str:
    parts = urlsplit(canonicalize_url(url))
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0])])
    netloc = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    for port in _DEFAULT_PORTS:
        netloc = netloc.removesuffix(port)
    return urlunsplit(("", "", netloc + (parts.path or "/"), query, ""))


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
