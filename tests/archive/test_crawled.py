"""What a crawl of a hostile server archives, held against what was sent, and before the judges of others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from newscrawl.archive.heads import archived_head
from newscrawl.archive.reader import StoredExchange, iterate
from tests.archive.conftest import Run
from tests.crawling import HASTE, scrapy
from tests.downloaders.test_recording import CUT, ROUTES, WHOLE
from tests.hostile_server import HostileServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_GIVEN = [name for name in ROUTES if ROUTES[name].method == "GET"]
_KNOWN_WHOLE = [name for name in {**WHOLE, **CUT} if name in _GIVEN]


@dataclass(frozen=True, slots=True)
class Crawled:
    home: str
    warc: Path
    exchanges: dict[str, StoredExchange]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Every hostile route, asked for by a crawl."""
    output = tmp_path_factory.mktemp("crawled")
    with HostileServer({f"/{name}": ROUTES[name].act for name in _GIVEN}, address="127.0.9.11") as server:
        urls = " ".join(f"{server.home}/{name}" for name in _GIVEN)
        crawl = scrapy(
            "crawl", "news", "-a", f"urls={urls}", output=output, NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1,
            ROBOTSTXT_OBEY=0, DOWNLOAD_TIMEOUT=4, CONCURRENT_REQUESTS_PER_DOMAIN=8, DOWNLOAD_MAXSIZE=100_000,
            **HASTE,
        )  # fmt: skip
        assert "not_recorded" not in crawl.stderr, crawl.stderr
        assert "Traceback" not in crawl.stderr, crawl.stderr
        (warc,) = (output / "archive").glob("*.warc.gz")
        yield Crawled(server.home, warc, {one.url: one for one in iterate(warc)})


@pytest.mark.parametrize("name", _KNOWN_WHOLE)
def test_the_archive_holds_what_was_sent(crawled: Crawled, name: str) -> None:
    route = ROUTES[name]
    if not route.head:
        assert f"{crawled.home}/{name}" not in crawled.exchanges
        return
    one = crawled.exchanges[f"{crawled.home}/{name}"]
    sent = archived_head(route.head, len(route.body), truncated=route.truncated is not None)
    assert (one.head, one.truncated) == (sent, route.truncated)
    if one.profile is None:
        assert one.body == route.body
    else:
        originals = [other for other in crawled.exchanges.values() if other.record_id == one.original.record_id]  # type: ignore[union-attr]
        assert [other.body for other in originals] == [route.body]


def test_others_find_no_fault(crawled: Crawled, run: Run) -> None:
    checked = run("warcio", "check", "-v", crawled.warc)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    checked = run("fastwarc", "check", "-q", crawled.warc)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_verify_finds_no_fault(crawled: Crawled) -> None:
    verified = scrapy("verify", output=crawled.warc.parent.parent)
    assert verified.code == 0, verified.stdout
    assert f" and {len(list(iterate(crawled.warc)))} capture(s); " in verified.stdout
