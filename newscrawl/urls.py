"""Identity of pages: the canonical form of a URL, its key and its host.

Changing the rule of `url_key` is a database migration: raise `URL_KEY_VERSION` with it.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from w3lib.url import canonicalize_url

URL_KEY_VERSION = 1

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


def is_http(url: str) -> bool:
    """Whether the URL is absolute, of scheme http or https, and names a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
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
    if not is_http(url):
        raise ValueError(f"not an absolute http(s) URL: {url!r}")
    parts = urlsplit(canonicalize_url(url))
    query = urlencode([pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _is_tracking(pair[0])])
    netloc = parts.netloc.rpartition("@")[2].lower().removeprefix("www.")
    for port in _DEFAULT_PORTS:
        netloc = netloc.removesuffix(port)
    return urlunsplit(("", "", netloc + (parts.path or "/"), query, ""))


def article_id(key: str) -> UUID:
    """The stable public identifier of the article with this url_key."""
    return uuid5(NAMESPACE_URL, f"newscrawl:{key}")


def _is_tracking(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
