"""Every hostile page of the fixtures, and those too large to commit, in one crawl: each ends with a disposition."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.crawling import FIXTURES, scrapy

_PARAGRAPH = (
    "<p>" + "The council met on Tuesday and agreed to repair the old stone bridge before the winter. " * 3 + "</p>"
)
_GENERATED = {
    "nested": b"<html><title>Deep</title><body><h1>Deep</h1>" + b"<div>" * 50_000 + _PARAGRAPH.encode() * 5,
    "huge": ("<html><title>Huge</title><body><h1>Huge</h1><article>" + _PARAGRAPH * 75_000).encode(),
    "links": ("<html><h1>Links</h1><p>" + "<a href='/x'>A headline of some length here</a> " * 100_000).encode(),
}


@pytest.fixture(scope="module")
def dispositions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str | None]]:
    folder = tmp_path_factory.mktemp("hostile")
    replay = folder / "replay"
    shutil.copytree(FIXTURES / "hostile", replay / "hostile")
    for name, body in _GENERATED.items():
        case = replay / name
        case.mkdir()
        (case / "page.html").write_bytes(body)
        answer = {
            "url": f"https://large.example/2026/{name}",
            "status": 200,
            "headers": [["Content-Type", "text/html"]],
            "body": "page.html",
        }
        (case / "response.json").write_text(json.dumps(answer))
    assert len(list(replay.rglob("response.json"))) > len(_GENERATED) + 10
    urls = [json.loads(file.read_text())["url"] for file in replay.rglob("response.json")]
    (folder / "urls").write_text("\n".join(urls))
    crawl = scrapy(
        *("crawl", "news", "-a", f"urls=@{folder / 'urls'}", "-L", "WARNING"),
        output=folder,
        NEWSCRAWL_REPLAY=replay,
        NEWSCRAWL_PAGE_TIMEOUT=20,
    )
    assert crawl.code == 0, crawl.stderr
    assert "Traceback" not in crawl.stderr
    ends = crawl.ends()
    assert set(ends) == set(urls), "each URL ends in a disposition"
    return ends


@pytest.mark.slow
def test_every_hostile_page_ends_with_a_reason(dispositions: dict[str, tuple[str, str | None]]) -> None:
    ends = {url.rpartition("/")[2]: end for url, end in dispositions.items()}
    without_article = {name: end for name, end in ends.items() if end[0] not in ("stored_new", "duplicate")}
    assert without_article["empty"] == ("invalid", "no_headline")
    assert all(reason for _, reason in without_article.values())
    assert {disposition for disposition, _ in without_article.values()} <= {"invalid", "timed_out", "not_article"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["broken-json-ld", "json-ld-cycle", "nul-bytes"])
def test_article_in_a_hostile_page_is_read(dispositions: dict[str, tuple[str, str | None]], name: str) -> None:
    (end,) = [end for url, end in dispositions.items() if url.endswith("/" + name)]
    assert end[0] in ("stored_new", "duplicate"), end
