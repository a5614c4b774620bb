"""Rules of source files in crawls."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import HASTE, Crawl, scrapy
from tests.server import Answer, Server, page, rss

pytestmark = pytest.mark.slow
RULED = "[[rules]]\nvalid_from = 2021-01-01\nheadline = \"xpath:concat(//h1, ' (ruled)')\"\n"
OLD = "[[rules]]\nvalid_until = 2020-12-31\nheadline = 'p'\narticles.deny = ['.']\n"


def crawl(server: Server, folder: Path, rules: str = "") -> Crawl:
    file = folder / "sources" / "xx" / "local.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    known = f'outlet = "Local"\nhomepage = "{server.home}"\nfeeds = ["{server.home}/feed"]\n'
    file.write_text(f"{known}[articles]\nallow = ['.']\n{rules}", encoding="utf-8")
    settings = {**HASTE, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_SOURCES": folder / "sources"}
    return scrapy("crawl", "news", "-a", "sources=local", output=folder / "output", **settings)


def outlet(server: Server) -> None:
    names = ("museum", "library")
    server.routes["/feed"] = rss(*(f"{server.home}/{name}" for name in names))
    for name in names:
        server.routes[f"/{name}"] = Answer(body=page(name))


def test_a_new_rule_makes_a_reading_and_no_revision(tmp_path: Path) -> None:
    with Server() as server:
        outlet(server)
        first = crawl(server, tmp_path)
        assert sorted(end for end, _ in first.ends().values()) == ["stored_new", "stored_new"]
        server.routes["/library"] = Answer(body=page("library").replace(b"in spring", b"in autumn"))
        second = crawl(server, tmp_path, OLD + RULED)
        ends = {url.rpartition("/")[2]: end for url, (end, _) in second.ends().items()}
        assert ends == {"museum": "unchanged", "library": "stored_revision"}
        assert second.rows("SELECT count(*) FROM revisions") == [(3,)]
        current = "SELECT headline FROM extractions WHERE is_current ORDER BY headline"
        assert second.rows(current) == [(f"The harbour keeps its {name} another year (ruled)",) for name in
                                        ("library", "museum")]  # fmt: skip
        third = crawl(server, tmp_path, OLD + RULED)
        assert {end for end, _ in third.ends().values()} == {"unchanged"}
        assert scrapy("verify", output=tmp_path / "output").code == 0


def test_discovery_goes_by_the_patterns_of_today(tmp_path: Path) -> None:
    with Server() as server:
        outlet(server)
        now = "[[rules]]\nvalid_from = 2021-01-01\narticles.deny = ['/museum']\n"
        done = crawl(server, tmp_path, OLD + now)
        assert done.code == 0
        assert server.paths() == ["/feed", "/library"]
