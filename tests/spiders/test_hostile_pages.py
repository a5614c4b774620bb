"""Every hostile page of the fixtures, and those too large to commit, in one crawl: each ends with a disposition."""

from __future__ import annotations

import json
import shutil
from urllib.parse import urlsplit

import pytest

from tests.crawling import FIXTURES, scrapy

_PARAGRAPH = (
    "<p>" + "The council met on Tuesday and agreed to repair the old stone bridge before the winter. " * 3 + "</p>"
)
_MENU = b"<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
_GENERATED = {
    "nested": b"<html><title>Deep</title><body><h1>Deep</h1>" + b"<div>" * 50_000 + _PARAGRAPH.encode() * 5,
    "huge": ("<html><title>Huge</title><body><h1>Huge</h1><article>" + _PARAGRAPH * 75_000).encode(),
    "links": (
        "<html><h1>Links</h1><p>"
        + "<a href='/x'>A headline of some length here</a> <a href='/y'>Another headline</a> " * 60_000
    ).encode(),
    "menu_in_3000": b"<html><title>Deep</title><body>" + _MENU + b"<h1>Deep water</h1>" + b"<div>" * 3_000,
    "menu_in_100000": b"<html><title>Deep</title><body>" + _MENU + b"<h1>Deep water</h1>" + b"<div>" * 100_000,
    "long_script": (
        "<html><title>Long</title><body><script>" + "x = '<p>';" * 600_000 + "</script><h1>Long</h1>" + _PARAGRAPH * 5
    ).encode(),
}
_ARTICLE = ("an article", None)
_NO_HEADLINE = ("invalid", "no_headline")
_NO_BODY = ("invalid", "no_body")
COPIES = (
    "broken_json_ld",
    "declared_utf8_is_windows_1256",
    "json_ld_cycle",
    "nul_bytes",
    "unclosed_tags",
    "undeclared_windows_1256",
)
EXPECTED: dict[str, tuple[str, str | None]] = {
    **dict.fromkeys(COPIES, _ARTICLE),
    "empty": _NO_HEADLINE,
    "frameset": _NO_BODY,
    "image_bytes_as_html": _NO_HEADLINE,
    "script_only": _NO_BODY,
    "truncated_mid_tag": _ARTICLE,
    "without_body_file": _NO_HEADLINE,
    "without_body_text": _NO_BODY,
    "huge": _ARTICLE,
    "links": _NO_BODY,
    "long_script": _ARTICLE,
    "menu_in_3000": _NO_BODY,
    "menu_in_100000": _NO_BODY,
    # Its text stands behind the last element that is read.
    "nested": _NO_BODY,
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
def test_every_hostile_page_ends_as_expected(dispositions: dict[str, tuple[str, str | None]]) -> None:
    ends = {urlsplit(url).path.rpartition("/")[2].replace("-", "_"): end for url, end in dispositions.items()}
    # Six of the fixtures hold the same article: which of them comes first, and so is no copy, is not fixed.
    told = {name: _ARTICLE if end[0] in ("stored_new", "duplicate") else end for name, end in ends.items()}
    assert told == EXPECTED
    assert [ends[name][0] for name in COPIES].count("stored_new") == 1


def test_each_fixture_has_an_expectation() -> None:
    folders = {file.parent.name for file in (FIXTURES / "hostile").rglob("response.json")}
    assert folders | set(_GENERATED) == set(EXPECTED)
