"""How long a robots.txt may be used without asking for it again."""

from __future__ import annotations

import re

LONGEST = 24 * 3600.0
"""Seconds: RFC 9309, 2.4."""

_DIRECTIVE = re.compile(r'\s*([A-Za-z-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,]*)))?\s*(?:,|$)')
_MOST_DIGITS = 12


def fresh_for(cache_control: str | None, age: str | None = None) -> float:
    """Seconds for which an answer with these values of Cache-Control and Age is fresh: 24 hours at most.

    Without Cache-Control 24 hours, whose `max-age` may only shorten them: RFC 9309, 2.4 lets it rule (RFC 9111), and
    advises against more. `no-store` and `no-cache` leave none; a `max-age` that is no number is stale (4.2.1).
    """
    directives = {
        match[1].lower(): match[2] if match[2] is not None else match[3] or ""
        for match in _DIRECTIVE.finditer(cache_control or "")
    }
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    if "max-age" not in directives:
        return LONGEST
    return min(max(0.0, _seconds(directives["max-age"]) - _seconds(age or "")), LONGEST)


def _seconds(value: str) -> float:
    value = value.strip()
    return float(value[:_MOST_DIGITS]) if value.isascii() and value.isdigit() else 0.0
