"""What a hostile server answers comes to the same when it is replayed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newscrawl.archive.reader import iterate
from tests.crawling import HASTE, Crawl, scrapy
from tests.downloaders.test_recording import ROUTES
from tests.hostile_server import HostileServer

GIVEN = [name for name in ROUTES if ROUTES[name].method == "GET"]


@pytest.mark.slow
def test_the_same_dispositions_come_out(tmp_path: Path) -> None:
    def crawl(name: str, **settings: Any) -> Crawl:
        given = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "ROBOTSTXT_OBEY": 0, "DOWNLOAD_MAXSIZE": 100_000, **HASTE}
        return scrapy("crawl", "news", "-a", f"urls={urls}", output=tmp_path / name, **{**given, **settings})

    with HostileServer({f"/{name}": ROUTES[name].act for name in GIVEN}, address="127.0.9.12") as server:
        urls = " ".join(f"{server.home}/{name}" for name in GIVEN)
        live = crawl("live", DOWNLOAD_TIMEOUT=2, CONCURRENT_REQUESTS_PER_DOMAIN=8)
    again = crawl("again", NEWSCRAWL_REPLAY=tmp_path / "live" / "archive")
    (warc,) = (tmp_path / "live" / "archive").glob("*.warc.gz")
    answered = {one.url for one in iterate(warc)}
    ends = {url: end for url, (end, _) in live.ends().items()}
    replayed = {url: end for url, (end, _) in again.ends().items()}
    assert len(answered) > 40
    assert {url: end for url, end in replayed.items() if url in answered} == {
        url: end for url, end in ends.items() if url in answered
    }
    # Of what never answered there is nothing to replay.
    assert {again.ends()[url] for url in ends.keys() - answered} <= {("failed", "not in replay")}
    assert "Traceback" not in again.stderr
