from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from newscrawl.duplicates import fingerprint
from newscrawl.exceptions import ExtractionError
from newscrawl.extraction import extract
from newscrawl.items import Page
from newscrawl.text.articles import clean_article
from newscrawl.text.search_words import search_words
from newscrawl.workers.reading import read_page
from tests.crawling import FIXTURES, ROOT, environment
from tests.server import page


def test_an_article_comes_with_digest_and_fingerprint() -> None:
    fetched = Page(url="https://news.example/a", body=page("The museum stays open"))
    reading = read_page(fetched, None)
    assert reading.article == extract(fetched)
    assert reading.payload_digest == "sha256:" + hashlib.sha256(fetched.body).hexdigest()
    assert reading.fingerprint == fingerprint(reading.article.body or "")
    assert reading.fingerprint.digest is not None


@pytest.mark.parametrize(
    "file", sorted(FIXTURES.glob("*/*/page.html")), ids=lambda file: f"{file.parts[-3]}/{file.parts[-2]}"
)
def test_the_words_are_those_of_the_text_that_is_stored(file: Path) -> None:
    try:
        reading = read_page(Page(url="https://news.example/a", body=file.read_bytes()), None)
    except ExtractionError:
        return
    clean_article(reading.article)
    article = reading.article
    assert search_words(article.headline, article.body, reading.search_words) is reading.search_words


def test_the_words_are_of_cleaned_texts() -> None:
    fetched = Page(url="https://news.example/a", body=page("Museum\u2060s stay open"))
    reading = read_page(fetched, None)
    assert "^museums" in reading.search_words.words.split()


def test_the_crawling_process_loads_no_library_that_reads_pages() -> None:
    program = (
        "import sys, newscrawl.commands.crawl, newscrawl.commands.extract, newscrawl.spiders.news; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, env=environment(), check=True
    ).stdout.split()
    assert "newscrawl.workers.pool" in loaded
    assert {"trafilatura", "newscrawl.extraction.article"}.isdisjoint(loaded)
