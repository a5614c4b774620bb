"""The fixtures are whole, agree with each other, and show what they expect."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest
from lxml import etree
from protego import Protego

from newscrawl.items import Article
from newscrawl.sources.registry import BUNDLED, load_sources
from newscrawl.text.clean import clean
from newscrawl.urls import is_http, url_key

FIXTURES = Path(__file__).parent.parent / "fixtures"
CASES = sorted(path.parent for path in FIXTURES.rglob("response.json"))
ARTICLES = [case for case in CASES if (case / "article.json").exists()]
DEMONSTRATIONS = ("mahttmsr", "harbour_ledger", "kooche_news")
SHAPES = [
    FIXTURES / "mahttmsr" / name
    for name in (
        "read_also_telling_class",
        "read_also_neutral_class",
        "read_also_paragraph_per_link",
        "read_also_single_paragraphs",
        "read_also_without_links",
        "byline_in_lead",
    )
]
# Pages that show one fault or shape each, by language.
OWN_SHAPES = [case for case in ARTICLES if case.is_relative_to(FIXTURES / "shapes")]
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "n": "http://www.google.com/schemas/sitemap-news/0.9"}


def named(case: Path) -> str:
    return case.relative_to(FIXTURES).as_posix()


def read(case: Path, name: str) -> Any:
    return json.loads((case / name).read_text(encoding="utf-8"))


def payload(case: Path) -> bytes:
    body = read(case, "response.json")["body"]
    return (case / body).read_bytes() if body else b""


def shown(case: Path) -> str:
    """All text that a reader of the page may see, as one line."""
    tree = lxml.html.document_fromstring(payload(case).decode("utf-8"))
    for hidden in tree.xpath("//head | //script | //style | //noscript"):
        hidden.drop_tree()
    return clean(" ".join(tree.itertext()))


@pytest.mark.parametrize("case", CASES, ids=named)
def test_response_is_well_formed(case: Path) -> None:
    response = read(case, "response.json")
    assert set(response) == {"url", "status", "headers", "body"}
    assert is_http(response["url"])
    assert 100 <= response["status"] <= 599
    assert all(isinstance(name, str) and isinstance(value, str) for name, value in response["headers"])
    if 300 <= response["status"] < 400:
        assert any(name == "Location" and is_http(value) for name, value in response["headers"])
    beside = {path.name for path in case.iterdir()} - {"response.json", "article.json"}
    assert beside == ({response["body"]} if response["body"] else set())
    assert all(path.stat().st_size <= 200_000 for path in case.iterdir())


def test_a_url_stands_once() -> None:
    keys = Counter(url_key(read(case, "response.json")["url"]) for case in CASES)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("case", ARTICLES, ids=named)
def test_expected_article_is_well_formed(case: Path) -> None:
    article = read(case, "article.json")
    assert article["url"] == read(case, "response.json")["url"]
    assert set(article) <= {field.name for field in fields(Article)}
    assert all(set(block) == {"type", "text"} for block in article.get("blocks", []))
    assert all(clean(block["text"]) == block["text"] for block in article.get("blocks", []))
    links = article.get("related_links", [])
    assert [link["position"] for link in links] == list(range(1, len(links) + 1))
    assert all(set(link) == {"position", "headline", "url", "label", "placement"} for link in links)
    assert all(link["url"] is None or is_http(link["url"]) for link in links)
    times = [datetime.fromisoformat(article[name]) for name in ("published_at", "modified_at") if name in article]
    assert all(time.tzinfo is not None for time in times) or case in OWN_SHAPES


@pytest.mark.parametrize("case", [case for case in ARTICLES if case.parent.name in DEMONSTRATIONS], ids=named)
def test_page_shows_what_is_expected(case: Path) -> None:
    article, text = read(case, "article.json"), shown(case)
    assert article["headline"] in text
    assert all(author in text for author in article["authors"])
    assert article.get("byline", "") in text
    places = [text.find(block["text"]) for block in article.get("blocks", [])]
    assert -1 not in places
    assert places == sorted(places)
    start = 0
    for link in article["related_links"]:
        assert link["label"] in text
        start = text.find(link["headline"], start) + 1
        assert start > 0, link["headline"]


def said(case: Path) -> str:
    """All that a page says to its readers, its images and its scripts, without white space."""
    tree = lxml.html.document_fromstring(payload(case))
    return "".join("".join([*tree.itertext(), *tree.xpath("//@alt | //@title | //meta/@content")]).split())


@pytest.mark.parametrize("case", OWN_SHAPES, ids=named)
def test_a_page_of_shapes_says_what_is_expected(case: Path) -> None:
    article, text = read(case, "article.json"), said(case)
    links = article["related_links"]
    expected = [
        *(article["headline"], article.get("byline", ""), article.get("outlet", ""), *article["authors"]),
        *(link["headline"] for link in links),
        *(link["label"] for link in links),
    ]
    assert [part for part in expected if "".join(part.split()) not in text] == []
    at = 0
    for block in article["blocks"]:
        at = text.find("".join(block["text"].split()), at) + 1
        assert at > 0, block["text"]
    assert article.get("language", case.parent.name) == case.parent.name


def test_the_shapes_tell_one_article() -> None:
    articles = [read(case, "article.json") for case in SHAPES]
    told = [
        (a["headline"], a["authors"], a["outlet"], a["blocks"], [link["headline"] for link in a["related_links"]])
        for a in articles
    ]
    assert all(other == told[0] for other in told)
    assert [block["type"] for block in articles[0]["blocks"]] == ["paragraph", "heading", *["paragraph"] * 6]
    assert len(articles[0]["related_links"]) == 12
    assert {link["label"] for a in articles for link in a["related_links"]} == {"اقرأ أيضاً"}
    assert len({a["url"] for a in articles}) == 6
    assert all(a.get("canonical_url", a["url"]) == a["url"] for a in articles)


@pytest.mark.parametrize("case", SHAPES, ids=named)
def test_a_shape_shows_each_text_once(case: Path) -> None:
    article, text = read(case, "article.json"), shown(case)
    texts = [block["text"] for block in article["blocks"]] + [link["headline"] for link in article["related_links"]]
    assert {part: text.count(part) for part in texts} == dict.fromkeys(texts, 1)


def test_the_shapes_differ_in_their_vocabulary() -> None:
    words = []
    for case in SHAPES:
        tree = lxml.html.document_fromstring(payload(case).decode("utf-8"))
        words.append({word for element in tree.iter(etree.Element) for word in (element.get("class") or "").split()})
    shared = [one & other for number, one in enumerate(words) for other in words[number + 1 :]]
    assert all(len(common) <= 2 for common in shared)


def test_outlet_runs_into_the_lead() -> None:
    case = FIXTURES / "mahttmsr" / "byline_in_lead"
    tree = lxml.html.document_fromstring(payload(case).decode("utf-8"))
    assert "إيمان فهيم محطة مصرعلى الرغم من كون" in clean(tree.text_content())


@pytest.mark.parametrize("source_id", DEMONSTRATIONS)
def test_a_demonstration_source_answers_all_that_a_crawl_asks(source_id: str) -> None:
    source = load_sources(BUNDLED)[source_id]
    stored = {read(case, "response.json")["url"] for case in CASES if case.parent.name == source_id}
    asked = {*source.feeds, *source.sitemaps, *source.sections}
    assert asked <= stored
    assert any(url.endswith("/robots.txt") for url in stored)
    assert not any(source.articles.denies(read(case, "article.json")["url"]) for case in ARTICLES)


def test_robots_forbids_one_candidate() -> None:
    robots = Protego.parse(payload(FIXTURES / "mahttmsr" / "robots").decode("utf-8"))
    feed = feedparser.parse(payload(FIXTURES / "mahttmsr" / "rss"))
    refused = [entry.link for entry in feed.entries if not robots.can_fetch(entry.link, "newscrawl")]
    assert refused == ["https://mahttmsr.com/print/43652"]
    assert robots.crawl_delay("newscrawl") == 1


@pytest.mark.parametrize(
    ("case", "version", "count"), [("mahttmsr/rss", "rss20", 8), ("harbour_ledger/atom", "atom10", 2)]
)
def test_feeds_parse(case: str, version: str, count: int) -> None:
    feed = feedparser.parse(payload(FIXTURES / case))
    assert (feed.bozo, feed.version, len(feed.entries)) == (False, version, count)
    assert all(is_http(entry.link) and entry.published_parsed for entry in feed.entries)


def test_json_feed_parses() -> None:
    feed = json.loads(payload(FIXTURES / "harbour_ledger" / "json_feed"))
    assert feed["version"].startswith("https://jsonfeed.org/version/")
    assert len(feed["items"]) == 3


def test_news_sitemap_parses() -> None:
    root = etree.fromstring(payload(FIXTURES / "mahttmsr" / "news_sitemap"))
    assert len(root.xpath("s:url[s:loc and n:news/n:title and n:news/n:publication_date]", namespaces=SITEMAP)) == 8
    assert set(root.xpath("//n:language/text()", namespaces=SITEMAP)) == {"ar"}


def test_gzipped_sitemap_parses() -> None:
    index = etree.fromstring(payload(FIXTURES / "kooche_news" / "sitemap_index"))
    case = FIXTURES / "kooche_news" / "sitemap_gz"
    assert index.xpath("//s:loc/text()", namespaces=SITEMAP) == [read(case, "response.json")["url"]]
    locs = etree.fromstring(gzip.decompress(payload(case))).xpath("//s:loc/text()", namespaces=SITEMAP)
    expected = {read(article, "article.json")["url"] for article in ARTICLES if article.parent.name == "kooche_news"}
    assert set(locs) == expected


def test_persian_pages_keep_their_joiners() -> None:
    pages = [case for case in ARTICLES if case.parent.name == "kooche_news"]
    texts = ["".join(block["text"] for block in read(case, "article.json")["blocks"]) for case in pages]
    assert all(text.count("\u200c") >= 3 for text in texts)


@pytest.mark.parametrize(
    "case",
    ["feeds/truncated", "feeds/html_in_place_of_xml", "feeds/not_utf8_bytes", "sitemaps/truncated", "feeds/empty"],
)
def test_broken_xml_is_broken(case: str) -> None:
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(payload(FIXTURES / case))


@pytest.mark.parametrize("case", ["feeds/entity_bomb", "feeds/external_entity", "sitemaps/entity_bomb"])
def test_hostile_xml_declares_entities(case: str) -> None:
    text = payload(FIXTURES / case)
    assert b"<!ENTITY" in text
    assert b"&lol9;" in text or b"SYSTEM" in text


def test_damaged_gzip_is_damaged() -> None:
    with pytest.raises(EOFError):
        gzip.decompress(payload(FIXTURES / "sitemaps" / "gz_truncated"))
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(payload(FIXTURES / "sitemaps" / "gz_trailing_garbage"))


def test_broken_json_feed_is_broken() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(payload(FIXTURES / "feeds" / "json_broken"))


@pytest.mark.parametrize("case", ["hostile/declared_utf8_is_windows_1256", "hostile/undeclared_windows_1256"])
def test_windows_1256_page_holds_its_article(case: str) -> None:
    text = payload(FIXTURES / case)
    with pytest.raises(UnicodeDecodeError):
        text.decode("utf-8")
    assert read(FIXTURES / case, "article.json")["headline"] in text.decode("windows-1256")
