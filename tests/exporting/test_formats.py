from __future__ import annotations

import pytest

from newscrawl.exceptions import ConfigurationError
from newscrawl.exporting.formats import Format, format_of, graph_format


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        (None, None, Format.JSONL),
        (None, "a.jsonl", Format.JSONL),
        (None, "a.ndjson", Format.JSONL),
        (None, "folder.d/a.CSV", Format.CSV),
        (None, "a.b.parquet", Format.PARQUET),
        (None, "news.atom", Format.ATOM),
        ("rss", "news.xml", Format.RSS),
        ("csv", "a.jsonl", Format.CSV),
    ],
)
def test_what_is_given_goes_before_the_ending(given: str | None, name: str | None, expected: Format) -> None:
    assert format_of(given, name) is expected


@pytest.mark.parametrize(
    ("given", "name"), [("xlsx", "a.csv"), (None, "a.xml"), (None, "export"), (None, "a.graphml"), ("graphml", "a")]
)
def test_what_tells_no_format_is_refused(given: str | None, name: str) -> None:
    with pytest.raises(ConfigurationError, match="jsonl"):
        format_of(given, name)


def test_a_graph_has_its_own_endings() -> None:
    assert [graph_format(name) for name in ("g.graphml", "g.parquet")] == [Format.GRAPHML, Format.PARQUET]
    with pytest.raises(ConfigurationError, match=r"end its name in \.graphml"):
        graph_format("g.jsonl")
