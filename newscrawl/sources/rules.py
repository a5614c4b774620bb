"""What may be wrong with the `[[rules]]` of a source file beside the types of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from newscrawl.sources.selectors import compiled, finds_elements
from newscrawl.text.language import primary_language

SELECTORS = (
    "keep", "drop", "headline", "byline", "authors", "published_at", "modified_at", "description", "section",
    "keywords", "main_image", "outlet", "body",
)  # fmt: skip
"""The keys of a rule that take selectors."""
LISTS = (*SELECTORS, "date_format", "related_labels")
"""The keys that take one text or a list of them."""
LONGEST_LABEL = 60
_OF_ELEMENTS = ("keep", "drop", "body")
_DATES = ("valid_from", "valid_until")
_SAMPLE = datetime(2026, 11, 22, 21, 30, 5)  # noqa: DTZ001

Problem = tuple[str, str, str]
"""Key, what is wrong with it, remedy."""


def with_lists(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table of a source file with a list wherever a rule gives one text in its place."""
    rules = table.get("rules")
    if not isinstance(rules, list):
        return dict(table)
    listed = [{key: _listed(key, value) for key, value in rule.items()} for rule in rules if isinstance(rule, dict)]
    return {**table, "rules": listed if len(listed) == len(rules) else rules}


def rule_problems(rule: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with one rule."""
    for key in SELECTORS:
        for selector in _texts(rule, key):
            try:
                compiled(selector)
            except ValueError as error:
                yield key, f"{selector!r} {error}", "write CSS such as 'div.story > h1', or 'xpath:' and an XPath"
                continue
            if key in _OF_ELEMENTS and not finds_elements(selector):
                yield key, f"{selector!r} finds no elements", "name the element itself"
    for form in _texts(rule, "date_format"):
        if wrong := _wrong_format(form):
            yield "date_format", f"{form!r} {wrong}", "write it as Python's strptime has it: '%d/%m/%Y %H:%M'"
    if _texts(rule, "date_format") and not (_texts(rule, "published_at") or _texts(rule, "modified_at")):
        yield "date_format", "tells how a time is written that no selector reads", "add published_at = '...'"
    for tag in _texts(rule, "language"):
        if primary_language(tag) != tag:
            remedy = f"write {primary_language(tag) or 'a code such as ar or en'}"
            yield "language", f"{tag!r} is no primary language tag", remedy
    for label in _texts(rule, "related_labels"):
        if not 0 < len(label.strip()) <= LONGEST_LABEL:
            remedy = "write the heading alone, without the links behind it"
            yield "related_labels", f"{label!r} is no heading of 1 to {LONGEST_LABEL} characters", remedy
    start, end = (_day(rule, key) for key in _DATES)
    if start and end and end < start:
        yield "valid_until", f"{end} lies before valid_from {start}", "swap them, or mend one"
    if not rule.keys() - set(_DATES):
        yield "(rule)", "says nothing", "add a key such as keep, drop or headline, or remove the rule"


def validity_problems(rules: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """Rules of which two would be valid on one day."""
    spans = [
        (_day(rule, "valid_from") or date.min, _day(rule, "valid_until") or date.max, number)
        for number, rule in enumerate(rules, 1)
    ]
    last = None
    for start, end, number in sorted(spans):
        if last is not None and start <= last[0]:
            shared = "every day" if start == date.min else str(start)
            both = f"rules {min(number, last[1])} and {max(number, last[1])} are both valid on {shared}"
            yield "valid_until", both, "end the one before the other begins: valid_until is a rule's last day"
        if last is None or end > last[0]:
            last = (end, number)


def _wrong_format(form: str) -> str | None:
    try:
        read = datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007
    except (ValueError, IndexError) as error:
        return f"is no date format ({error})"
    return None if read.date() == _SAMPLE.date() else "does not tell year, month and day"


def _listed(key: str, value: Any) -> Any:
    return [value] if key in LISTS and isinstance(value, str) else value


def _day(rule: Mapping[str, Any], key: str) -> date | None:
    value = rule.get(key)
    if isinstance(value, str):
        # A day in quotation marks is one too; what is none, its type's check tells.
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None


def _texts(rule: Mapping[str, Any], key: str) -> list[str]:
    value = rule.get(key)
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)]
