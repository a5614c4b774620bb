"""The whole of extraction: fixtures, determinism, and pages that mean harm."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newscrawl.extraction import EXTRACTOR, content_hash, extract
from newscrawl.items import Block, Page, feed_line
from newscrawl.sources.registry import load_sources
from newscrawl.urls import article_id, url_key
from tests.extraction.newspaper import LEAD, SECOND, THIRD, URL, paragraphs, read, whole_page

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCES = Path(__file__).parents[2] / "newscrawl" / "sources"
CASES = sorted(path.parent for path in FIXTURES.glob("*/*/article.json"))
PAGE = whole_page(
    paragraphs(LEAD, 'اقرأ أيضا: <a href="/9">عنوان خبر آخر من الموقع</a>', SECOND, THIRD),
    head='<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",'
    '"author":{"name":"سلمى حداد"}}</script>',
).encode()
ARTICLE = "<p>" + "The park on the river was opened today by the mayor of the town. " * 4 + "</p>"


def fixture_page(case: Path) -> Page:
    response = json.loads((case / "response.json").read_text(encoding="utf-8"))
    return Page(url=response["url"], body=(case / response["body"]).read_bytes(), headers=dict(response["headers"]))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_fixture_yields_what_its_article_says(case: Path) -> None:
    source = load_sources(SOURCES).get(case.parent.name)
    found = feed_line(extract(fixture_page(case), source))
    expected = json.loads((case / "article.json").read_text(encoding="utf-8"))
    assert {name: found[name] for name in expected} == expected


def test_identity_and_what_only_the_store_knows() -> None:
    article = extract(Page(url=URL, body=PAGE))
    assert (article.url, article.url_key, article.id) == (URL, url_key(URL), str(article_id(url_key(URL))))
    assert article.extractor == EXTRACTOR
    assert (article.revision, article.duplicate_of, article.run, article.visit) == (None, None, None, None)


def test_url_without_identity_is_refused() -> None:
    with pytest.raises(ValueError, match="not an absolute"):
        extract(Page(url="about:blank", body=PAGE))


def test_content_hash_frames_type_text_and_headline() -> None:
    one = [Block("paragraph", "ab"), Block("paragraph", "c")]
    assert content_hash("h", one) == content_hash("h", list(one))
    others = [
        content_hash("h", [Block("paragraph", "a"), Block("paragraph", "bc")]),
        content_hash("h", [Block("heading", "ab"), Block("paragraph", "c")]),
        content_hash("hab", [Block("paragraph", "c")]),
        content_hash(None, one),
    ]
    assert len({content_hash("h", one), *others}) == 5
    assert content_hash("h", []) is None


def test_related_links_do_not_change_the_content_hash() -> None:
    plain = read(whole_page(paragraphs(LEAD, SECOND, THIRD)))
    assert extract(Page(url=URL, body=PAGE)).content_hash == plain.content_hash


def test_same_bytes_whatever_came_before_and_in_any_process() -> None:
    code = (
        "import json, sys; from newscrawl.extraction import extract; from newscrawl.items import Page, feed_line;"
        f"print(json.dumps(feed_line(extract(Page(url={URL!r}, body=sys.stdin.buffer.read())))))"
    )
    fresh = subprocess.run([sys.executable, "-c", code], input=PAGE, capture_output=True, check=True).stdout
    for _ in range(5):
        read(whole_page(paragraphs(SECOND, LEAD)))
        again = json.dumps(feed_line(extract(Page(url=URL, body=PAGE))))
        assert again.encode() == fresh.strip()


HOSTILE = {
    "empty": b"",
    "nul bytes": b"\0" * 10_000,
    "only brackets": b"<" * 100_000,
    "50,000 nested divs": f"<html><body>{'<div>' * 50_000}{ARTICLE}".encode(),
    "20 MB of paragraphs": f"<html><body>{ARTICLE * 75_000}".encode(),
    "20 MB of links": b"<h1>Some story</h1><p>Read also</p>"
    + b'<p><a href="/a">a headline of some words</a></p>' * 410_000,
    "images without end": b"<div>" + b"<img src=x>" * 50_000 + ARTICLE.encode(),
    "nested links": b"<h2>Read also</h2>" + b"<div><a href=/q>a headline of some words</a>" * 5_000,
    "scripts never closed": b"<script>" * 50_000,
    "JSON-LD never closed": f'<script type="application/ld+json">{"[" * 50_000}</script>{ARTICLE}'.encode(),
    "JSON-LD cycle": b'<script type="application/ld+json">[{"@id":"#a","@type":"NewsArticle",'
    b'"headline":"h","author":{"@id":"#a"}}]</script>',
    "JSON-LD of wrong types": b'<script type="application/ld+json">{"@type":{"a":1},"@graph":[[[1,null]],'
    b'{"@type":["NewsArticle",3],'
    b'"headline":{"@value":[1]},"author":[[],3,{"name":{"name":[]}}],"image":[[[]]],"datePublished":["x",{"y":1}],"keywords":[[1]]}]}</script>',
    "frames without body": b"<html><frameset><frame src=a></frameset></html>",
    "not HTML": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "bad URLs": b'<base href="http://[bad"><link rel=canonical href="http://[x">'
    b'<p>Read also: <a href="http://[y">a headline of words</a></p>',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_hostile_page_costs_neither_an_error_nor_ten_seconds(body: bytes) -> None:
    begun = time.process_time()
    article = extract(Page(url=URL, body=body))
    assert time.process_time() - begun < 10
    assert article.url_key == url_key(URL)
    json.dumps(feed_line(article)).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_mutated_pages_never_raise(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(CASES))
    page = fixture_page(case)
    body = bytearray(page.body)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 400)))
        patch = data.draw(
            st.sampled_from(
                [b"", b"<div>", b"</p>", b"\xff\xfe", b"\0", b"&#0;&#xD800;", b'"', b"<p>", bytes(body[start:end]) * 3]
            )
        )
        body[start:end] = patch
    article = extract(Page(url=page.url, body=bytes(body), headers=page.headers))
    assert feed_line(extract(Page(url=page.url, body=bytes(body), headers=page.headers))) == feed_line(article)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "utf-16", "windows-1256", "nonsense"]))
def test_any_bytes_give_an_article(body: bytes, charset: str) -> None:
    extract(Page(url=URL, body=b"<html>" + body, headers={"Content-Type": f"text/html; charset={charset}"}))
