"""What reading the archive again changes: field by field, source by source, with examples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from newscrawl.items import Article, plain
from newscrawl.storage.rereading import READ_FIELDS, told

_EXAMPLES = 3
_SHOWN = 120
_BEFORE = 30
"""Characters of an example, and those of them that stand before the first difference."""


class Change(StrEnum):
    """What became of a field."""

    GAINED = "gained"
    """It was unknown or empty."""
    LOST = "lost"
    """It is unknown or empty now."""
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One article's field, its values as JSON, shortened to where they differ; None for an unknown or empty one."""

    url: str
    change: Change
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A page of which there is no new reading."""

    url: str
    revision: int | None
    """Its number; None for a page that is no stored revision's."""
    reason: str


@dataclass(slots=True)
class FieldReport:
    """What became of a field in the pages of a source."""

    counts: Counter[Change] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)
    """The first of each change."""

    @property
    def differs(self) -> bool:
        """Whether it is another in any page."""
        return self.counts[Change.SAME] < self.counts.total()


@dataclass(slots=True)
class SourceReport:
    """What became of the pages of a source."""

    pages: int = 0
    fields: dict[str, FieldReport] = field(default_factory=lambda: {name: FieldReport() for name in READ_FIELDS})


@dataclass(slots=True)
class Report:
    """What became of all."""

    extractors: Counter[str] = field(default_factory=Counter)
    """Pages by the extractor that read them."""
    sources: dict[str, SourceReport] = field(default_factory=dict)
    """By source_id; pages of no source stand under an empty one."""
    failures: list[Failure] = field(default_factory=list)
    pages: int = 0
    """Revisions that were read."""
    stored: int = 0
    """New readings in the database."""
    unarchived: int = 0
    """Revisions that cannot be read again, for nothing of them is archived."""

    def fail(self, url: str, revision: int | None, reason: str) -> None:
        """Take up a page that was not read."""
        self.failures.append(Failure(url=url, revision=revision, reason=reason))

    def compare(self, old: Article, new: Article) -> None:
        """Take up a page."""
        self.pages += 1
        self.extractors[new.extractor or ""] += 1
        source = self.sources.setdefault(new.source or "", SourceReport())
        source.pages += 1
        for name in READ_FIELDS:
            before, after = told(old, name), told(new, name)
            change = _change(before, after)
            of_field = source.fields[name]
            of_field.counts[change] += 1
            if change is not Change.SAME and sum(one.change is change for one in of_field.examples) < _EXAMPLES:
                of_field.examples.append(_example(new.url, change, before, after))


def as_json(report: Report, *, applied: bool) -> dict[str, Any]:
    """The report in the types of JSON."""
    return {
        "applied": applied,
        "pages": report.pages,
        "stored": report.stored,
        "unarchived": report.unarchived,
        "extractors": dict(sorted(report.extractors.items())),
        "failures": [plain(failure) for failure in report.failures],
        "sources": {name: _source_as_json(source) for name, source in sorted(report.sources.items())},
    }


def _source_as_json(source: SourceReport) -> Mapping[str, Any]:
    fields = {
        name: {
            **{str(change): one.counts[change] for change in Change},
            "examples": [plain(example) for example in one.examples],
        }
        for name, one in source.fields.items()
    }
    return {"pages": source.pages, "fields": fields}


def _change(before: Any, after: Any) -> Change:
    if before == after:
        return Change.SAME
    if before is None:
        return Change.GAINED
    return Change.LOST if after is None else Change.CHANGED


def _example(url: str, change: Change, before: Any, after: Any) -> Example:
    texts = [None if value is None else json.dumps(plain(value), ensure_ascii=False) for value in (before, after)]
    pairs = enumerate(zip(*(text or "" for text in texts), strict=False))
    first = next((at for at, (one, other) in pairs if one != other), 0)
    start = max(first - _BEFORE, 0)
    old, new = (text if text is None else _shortened(text, start) for text in texts)
    return Example(url=url, change=change, old=old, new=new)


def _shortened(text: str, start: int) -> str:
    # What is short is shown whole.
    start = start if len(text) > _SHOWN else 0
    end = start + _SHOWN
    return ("..." if start else "") + text[start:end] + ("..." if end < len(text) else "")
