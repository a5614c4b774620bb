import time

import pytest

from newscrawl.discovery import sections
from newscrawl.discovery.sections import read_section
from newscrawl.exceptions import DiscoveryError
from newscrawl.sources.source import Source

PAGE = "https://www.example.com/news/index.html"
SOURCE = Source(source_id="example", outlet="Example", homepage="https://www.example.com/", country="xx")


def links(html: str | bytes, page: str = PAGE) -> list[tuple[str, str | None]]:
    found = read_section(html if isinstance(html, bytes) else html.encode(), page, source=SOURCE)
    assert all((candidate.kind, candidate.via) == ("section", page) for candidate in found.candidates)
    return [(candidate.url, candidate.evidence.get("title")) for candidate in found.candidates]


def test_links_in_page_order_each_once_with_their_first_text() -> None:
    html = """<html><body>
        <a href="/2"><img src="x.jpg" alt=""></a><h2><a href="/2"> خبر  <b>أول</b></a></h2>
        <a href="3.html#comments" rel="nofollow">Third</a> <a href="https://m.example.com/4?x=1">Fourth</a>
        <a href="/2">المزيد</a> <a href="//www.example.com/5"><img alt="Fifth"></a> <a href="/6" title="Sixth"></a>
        <area href="/7">"""
    assert links(html) == [
        ("https://www.example.com/2", "خبر أول"),
        ("https://www.example.com/news/3.html", "Third"),
        ("https://m.example.com/4?x=1", "Fourth"),
        ("https://www.example.com/5", "Fifth"),
        ("https://www.example.com/6", "Sixth"),
        ("https://www.example.com/7", None),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "https://elsewhere.org/1",
        "mailto:a@example.com",
        "javascript:x()",
        "tel:1",
        "#top",
        "",
        "http://[bad",
        "data:,x",
    ],
)
def test_what_leads_to_no_page_of_the_site_is_left(href: str) -> None:
    assert links(f'<html><a href="{href}">x</a><a href="/1">y</a></html>') == [("https://www.example.com/1", "y")]


def test_base_element() -> None:
    html = '<html><head><base href="/a/"><base href="/b/"></head><a href="1">x</a></html>'
    assert links(html) == [("https://www.example.com/a/1", "x")]


def test_encoding_of_the_source_and_of_the_header() -> None:
    html = '<html><a href="/1">خبر</a></html>'.encode("cp1256")
    source = Source(source_id="e", outlet="E", homepage=PAGE, country="xx", encoding="windows-1256")
    assert read_section(html, PAGE, source=source).candidates[0].evidence["title"] == "خبر"
    header = {"Content-Type": "text/html; charset=windows-1256"}
    assert read_section(html, PAGE, header, source=SOURCE).candidates[0].evidence["title"] == "خبر"
    declared = b'<html><meta charset="windows-1256"><a href="/1">' + "خبر".encode("cp1256") + b"</a>"
    assert read_section(declared, PAGE, source=SOURCE).candidates[0].evidence["title"] == "خبر"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b"<html><div id=app></div></html>", "no links to pages of example"),
        (b"<html><a href='https://elsewhere.org/1'>x</a></html>", "no links to pages of example"),
        (b"plain", "no links"),
        (b"<rss><channel/></rss>", "name it under `feeds` or `sitemaps`"),
    ],
)
def test_what_is_no_section_is_told(body: bytes, told: str) -> None:
    found = read_section(body, PAGE, source=SOURCE)
    assert isinstance(found.error, DiscoveryError)
    assert PAGE in str(found.error)
    assert told in str(found.error)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + '<a href="/1">x</a>',
        '<a href="/1"><div>' * 20_000 + "x",
        '<a href="/1">' + "<b>" * 50_000 + "x",
        '<a href="/1">' + "x " * 2_000_000,
        "<!--" * 500_000,
        "<a " + "x" * 5_000_000,
        '<a href="' + "../" * 300_000 + '">x</a>',
        "<" * 2_000_000,
    ],
)
def test_hostile_pages_end_soon(html: str) -> None:
    started = time.process_time()
    found = read_section(("<html><body>" + html).encode(), PAGE, source=SOURCE)
    assert time.process_time() - started < 3
    assert all(len(candidate.evidence.get("title", "")) <= 500 for candidate in found.candidates)


def test_links_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MAX_LINKS", 1_000)
    html = "<html>" + "".join(f'<a href="/{number}">x</a>' for number in range(1_010))
    found = read_section(html.encode(), PAGE, source=SOURCE)
    assert len(found.candidates) == 1_000
    assert "more than 1,000 links" in str(found.error)


def test_tags_are_bounded_and_what_stands_before_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MAX_TAGS", 100)
    found = read_section(b"<html><a href=/1>One</a>" + b"<p>a" * 200 + b"<a href=/2>Two</a>", PAGE, source=SOURCE)
    assert [candidate.url for candidate in found.candidates] == ["https://www.example.com/1"]
    assert "more than 100 tags" in str(found.error)
