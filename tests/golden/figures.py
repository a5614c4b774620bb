"""How near extraction comes to what the fixtures' articles say, field by field, from 0 to 1."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from newscrawl.extraction import extract
from newscrawl.items import Page, feed_line
from newscrawl.sources.registry import BUNDLED, load_sources

FIXTURES = Path(__file__).parents[2] / "fixtures"

Figures = dict[str, dict[str, float]]
"""Field, name of the page, figure."""


def page_of(case: Path) -> Page:
    """The page of a case; its fetch is the answer's Date header, where there is one."""
    response = json.loads((case / "response.json").read_text(encoding="utf-8"))
    headers = dict(response["headers"])
    return Page(
        url=response["url"],
        body=(case / response["body"]).read_bytes(),
        headers=headers,
        fetched_at=parsedate_to_datetime(headers["Date"]) if "Date" in headers else None,
    )


def measure(folder: Path = FIXTURES, source_files: Path = BUNDLED) -> Figures:
    """The figures of every page below a folder whose article is known."""
    sources = load_sources(source_files)
    figures: Figures = {}
    for file in sorted(folder.rglob("article.json")):
        case = file.parent
        expected = json.loads(file.read_text(encoding="utf-8"))
        found = feed_line(extract(page_of(case), sources.get(case.parent.name)))
        for name, figure in compare(expected, found).items():
            figures.setdefault(name, {})[case.relative_to(folder).as_posix()] = figure
    return figures


def compare(expected: dict[str, Any], found: dict[str, Any]) -> dict[str, float]:
    """The figure of each field that the expected article speaks of."""
    figures: dict[str, float] = {}
    for name in sorted(expected.keys() - {"url"}):
        for figure, of in _FIGURES.get(name, {name: _same}).items():
            figures[figure] = of(expected[name], found[name])
    return figures


def _same(expected: Any, found: Any) -> float:
    return float(expected == found)


def _common(expected: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """F1 of what stands in both, whatever the order; 1 where nothing is expected and nothing found."""
    both = (Counter(expected) & Counter(found)).total()
    return 2 * both / (len(expected) + len(found)) if expected or found else 1.0


def _in_order(expected: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """F1 of what stands in both in the same order."""
    return SequenceMatcher(None, expected, found, autojunk=False).ratio()


def _words(blocks: list[dict[str, str]]) -> list[str]:
    """The words as printed: a Persian word that lost its joiner is another word."""
    return [word for block in blocks for word in block["text"].split()]


def _whole(items: list[dict[str, Any]]) -> list[Hashable]:
    return [tuple(sorted((name, value) for name, value in item.items() if name != "position")) for item in items]


_FIGURES: dict[str, dict[str, Callable[[Any, Any], float]]] = {
    "authors": {"authors": _in_order},
    "keywords": {"keywords": _common},
    "blocks": {
        "body": lambda expected, found: _common(_words(expected), _words(found)),
        "blocks": lambda expected, found: _in_order(_whole(expected), _whole(found)),
    },
    "related_links": {
        "related_headlines": lambda expected, found: _in_order(
            [link["headline"] for link in expected], [link["headline"] for link in found]
        ),
        "related_links": lambda expected, found: _in_order(_whole(expected), _whole(found)),
    },
}
