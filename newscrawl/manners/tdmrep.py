"""`/.well-known/tdmrep.json`: a host's reservations of text and data mining, by path. Pure.

Source of the rules: TDM Reservation Protocol, final report of the W3C community group, "TDM File on the Origin Server".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

PATH = "/.well-known/tdmrep.json"

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# All but `$` and `*`: where these are meant, and not special, a pattern writes them as escapes.
_KEPT = "%/?:@!&'()+,;="
_VALUES = {"0": False, "1": True}
_LONGEST_NAMED = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """What is stated of the paths that a pattern matches."""

    parts: tuple[str, ...]
    """The pattern between its `*`, in the form of `_form`; what begins with the first matches."""
    is_whole: bool
    """Whether the pattern ends with `$`: it matches to the end of the path."""
    is_reserved: bool
    policy: str = ""
    """URL of the terms; empty where none is given."""

    def matches(self, path: str) -> bool:
        """Whether it is for a path with its query, in the form of `_form`."""
        first, *rest = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        last = rest.pop() if self.is_whole and rest else None
        for part in rest:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if last is not None:
            return len(path) - len(last) >= at and path.endswith(last)
        return not self.is_whole or at == len(path)


def parse(content: bytes) -> tuple[Rule, ...]:
    """The rules of a file, in its order; none of an empty one, which stands for no file.

    Raises ValueError, which says what is wrong, for what is not as the protocol has it: of a list in which one rule
    cannot be read nobody knows which rule is the first to match.
    """
    if not content.strip():
        return ()
    try:
        rules = json.loads(content)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"it is no JSON ({error})") from None
    if not isinstance(rules, list):
        raise ValueError("it is no list of rules")
    return tuple(_rule(number, rule) for number, rule in enumerate(rules, start=1))


def rule_for(rules: Iterable[Rule], url: str) -> Rule | None:
    """The rule that counts for a URL, which is the first that matches; None where nothing is stated of it."""
    parts = urlsplit(url)
    path = _form(f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/")
    return next((rule for rule in rules if rule.matches(path)), None)


def _rule(number: int, rule: Any) -> Rule:
    if not isinstance(rule, dict):
        raise ValueError(f"rule {number} is no object")
    location, reservation, policy = (rule.get(name) for name in ("location", "tdm-reservation", "tdm-policy"))
    if not isinstance(location, str) or not location.startswith(("/", "*")):
        raise ValueError(f"rule {number}: its location {_named(location)} is no path; it begins with / or *")
    # As a string too: that is the form of the header, and many write it so.
    if isinstance(reservation, bool) or str(reservation) not in _VALUES:
        raise ValueError(f"rule {number}: its tdm-reservation {_named(reservation)} is neither 0 nor 1")
    if not isinstance(policy, str | None):
        raise ValueError(f"rule {number}: its tdm-policy {_named(policy)} is no URL")
    is_whole = location.endswith("$")
    parts = tuple(map(_form, location.removesuffix("$").split("*")))
    return Rule(parts, is_whole, _VALUES[str(reservation)], (policy or "").strip())


def _form(path: str) -> str:
    """A path or a part of a pattern so that equal ones are written alike: escaped is what is not plain in a URL."""
    path = _ESCAPE.sub(lambda match: _unescaped(match[0], chr(int(match[1], 16))), path)
    return quote(path, safe=_KEPT, errors="replace")


def _unescaped(escape: str, character: str) -> str:
    return character if character in _UNRESERVED else escape.upper()


def _named(value: Any) -> str:
    return repr(value)[:_LONGEST_NAMED]
