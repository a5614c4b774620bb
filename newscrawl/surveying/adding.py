"""Where a new source's file goes, and its writing."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from newscrawl.exceptions import ConfigurationError
from newscrawl.sources import Source
from newscrawl.sources.registry import is_country, load_sources, owner
from newscrawl.surveying.drafting import discovery_of
from newscrawl.surveying.places import country_of, identifier_of
from newscrawl.surveying.survey import Survey
from newscrawl.urls import host_of, is_http


@dataclass(frozen=True)
class Destination:
    """A source that has no file yet, and the folder of sources that its file goes into."""

    source: Source
    folder: Path

    @property
    def file(self) -> Path:
        """Its file."""
        return self.folder / self.source.country / f"{self.source.source_id}.toml"


def destination_of(
    homepage: str,
    registry: Mapping[str, Source],
    *,
    folder: str | None,
    base: Path,
    source_id: str | None = None,
    country: str | None = None,
) -> Destination:
    """Where the file of a new source goes; a relative folder counts from `base`. Id and country are made of the
    homepage's host where they are not given.

    Raises ConfigurationError, before anything is asked for, where it cannot go there.
    """
    if not is_http(homepage):
        raise ConfigurationError(f"--add {homepage} is no absolute http(s) URL; write https://HOST/")
    if not folder:
        raise ConfigurationError("name a folder of sources for the new file: --to my/sources, or NEWSCRAWL_SOURCES")
    if source_id is None:
        refuse_known(homepage, registry)
    name = source_id or identifier_of(homepage)
    if not re.fullmatch("[a-z0-9_]+", name):
        raise ConfigurationError(f"--id {name} has other characters than a-z, 0-9 and _; write another")
    if name in registry:
        raise ConfigurationError(f"there is a source {name} already; name another --id")
    place = country or country_of(homepage)
    if not is_country(place):
        raise ConfigurationError(f"--country {place} is no ISO 3166 code in lower case; write one such as eg, or xx")
    source = Source(source_id=name, outlet=host_of(homepage), homepage=homepage, country=place)
    destination = Destination(source, base / folder)
    require_writable(destination.file.parent)
    if destination.file.exists():
        raise ConfigurationError(f"{destination.file} stands already; name another --id, or remove it")
    return destination


def require_writable(folder: Path) -> None:
    """Raises ConfigurationError where a folder can neither be written nor made."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        raise ConfigurationError(f"{there} is no folder, so that {folder} cannot be made; name another")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ConfigurationError(f"{there} cannot be written; name another folder, or give yourself the right to")


def refuse_known(homepage: str, registry: Mapping[str, Source]) -> None:
    """Raises ConfigurationError where a front page is on the site of a source that there is."""
    known = owner(registry, homepage)
    if known is not None:
        raise ConfigurationError(
            f"{homepage} is on the site of {known.source_id}: `scrapy sources --test {known.source_id}` tries that; "
            "to add it all the same, name an --id"
        )


def write_source(to: Destination, text: str) -> Source:
    """Write the file, and read it back. Never overwrites one.

    Raises ConfigurationError for a text that is no right source file, FileExistsError where one stands by now.
    """
    place = Path(to.source.country) / f"{to.source.source_id}.toml"
    with TemporaryDirectory() as folder:
        draft = Path(folder) / place
        draft.parent.mkdir()
        draft.write_text(text, encoding="utf-8")
        source = load_sources(Path(folder))[to.source.source_id]
    to.file.parent.mkdir(parents=True, exist_ok=True)
    with to.file.open("x", encoding="utf-8") as file:
        file.write(text)
    return source


def asked_again(survey: Survey) -> list[str]:
    """What a crawl of the new source will ask for of what the survey has fetched: robots.txt, discovery, articles."""
    chosen = discovery_of(survey).chosen
    children = [child.url for document in chosen for child in survey.children_of(document.url) if child.works]
    pages = [sample.article.url for sample in survey.samples if sample.article is not None]
    return [*filter(None, [survey.robots]), *(document.url for document in chosen), *children, *pages]
