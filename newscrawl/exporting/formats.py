"""The formats of an export, and which one a file's name asks for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from newscrawl.exceptions import ConfigurationError


class Format(StrEnum):
    """A form of the articles, or of the graph."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    ATOM = "atom"
    RSS = "rss"
    GRAPHML = "graphml"


RECORDS = (Format.JSONL, Format.CSV, Format.PARQUET)
FEEDS = (Format.ATOM, Format.RSS)
GRAPHS = (Format.GRAPHML, Format.PARQUET)
_BY_ENDING = {".ndjson": Format.JSONL, **{f".{one}": one for one in Format}}


def format_of(given: str | None, name: str | None) -> Format:
    """The format that is given, else the one that the file's ending says; JSONL for standard output (None).

    Raises ConfigurationError for one that is unknown.
    """
    asked = (*RECORDS, *FEEDS)
    if given is not None:
        if given not in asked:
            raise ConfigurationError(f"{given!r} is no format; name one of {', '.join(asked)}")
        return Format(given)
    if name is None:
        return Format.JSONL
    found = _BY_ENDING.get(PurePath(name).suffix.lower())
    if found not in asked:
        raise ConfigurationError(f"the ending of {name} tells no format; add --format {'|'.join(asked)}")
    return found


def graph_format(name: str) -> Format:
    """The format of a graph, by its file's ending. Raises ConfigurationError for one that is unknown."""
    found = _BY_ENDING.get(PurePath(name).suffix.lower())
    if found not in GRAPHS:
        raise ConfigurationError(f"{name} is no graph's file; end its name in .graphml, or in .parquet for two tables")
    return found
