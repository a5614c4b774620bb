"""Country, identifier and time zone of an outlet, as far as there is firm evidence of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from newscrawl.urls import host_of

NO_COUNTRY = "xx"
# Domains of countries that are sold to everyone for what they spell.
_SOLD = frozenset(("ac", "ai", "cc", "co", "fm", "gg", "im", "io", "la", "me", "sh", "st", "to", "tv", "vc", "ws"))
_COMMON = frozenset(("www", "com", "co", "net", "org", "gov", "ac", "edu", "info", "news"))
_LEAST_TIMES = 2


def country_of(homepage: str) -> str:
    """The country whose top-level domain the homepage has, in lower case; `xx` where that says nothing."""
    suffix = host_of(homepage).rpartition(".")[2]
    suffix = "gb" if suffix == "uk" else suffix
    return suffix if suffix in _zones() and suffix not in _SOLD else NO_COUNTRY


def identifier_of(homepage: str) -> str:
    """An identifier made of the host's own words."""
    host = host_of(homepage)
    words = [word for word in host.split(".")[:-1] if word not in _COMMON and not word.isdigit()] or [host]
    return re.sub(r"[^a-z0-9]+", "_", "_".join(words)).strip("_") or "source"


def zone_of_country(country: str, times: Iterable[datetime]) -> str | None:
    """The time zone of a country that has but one, where at least two pages state the offset that it then had, and
    none another; None for anything less sure. An offset alone is no zone, and UTC may be a program's."""
    zones = _zones().get(country, ())
    local = [time for time in times if time.utcoffset()]
    if len(zones) != 1 or len(local) < _LEAST_TIMES:
        return None
    zone = ZoneInfo(zones[0])
    return zones[0] if all(time.astimezone(zone).utcoffset() == time.utcoffset() for time in local) else None


@lru_cache(maxsize=1)
def _zones() -> dict[str, tuple[str, ...]]:
    """The time zones of each country, by its code in lower case, as the time zone database lists them."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country.lower()] = (*found.get(country.lower(), ()), zone)
    return found
