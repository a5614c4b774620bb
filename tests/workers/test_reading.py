from __future__ import annotations

import hashlib
import subprocess
import sys

from newscrawl.duplicates import fingerprint
from newscrawl.extraction import extract
from newscrawl.items import Page
from newscrawl.workers.reading import read_page
from tests.crawling import ROOT, environment
from tests.server import page


def test_an_article_comes_with_digest_and_fingerprint() -> None:
    fetched = Page(url="https://news.example/a", body=page("The museum stays open"))
    reading = read_page(fetched, None)
    assert reading.article == extract(fetched)
    assert reading.payload_digest == "sha256:" + hashlib.sha256(fetched.body).hexdigest()
    assert reading.fingerprint == fingerprint(reading.article.body or "")
    assert reading.fingerprint.digest is not None


def test_the_crawling_process_loads_no_library_that_reads_pages() -> None:
    program = (
        "import sys, newscrawl.commands.crawl, newscrawl.commands.extract, newscrawl.spiders.news; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment(), check=True
    ).stdout.split()
    assert "newscrawl.workers.pool" in loaded
    assert {"trafilatura", "newscrawl.extraction.article"}.isdisjoint(loaded)
