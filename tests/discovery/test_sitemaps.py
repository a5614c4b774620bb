import gzip
import time
import tracemalloc
import zlib
from datetime import UTC, datetime

import pytest

from newscrawl.discovery import Findings, read_sitemap, sitemaps_in_robots
from newscrawl.discovery.documents import MAX_REFERENCES, ChildSitemap
from newscrawl.exceptions import DiscoveryError

SITEMAP = "https://www.example.com/sitemaps/news.xml"
CORE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


def urlset(urls: str, attributes: str = f'xmlns="{CORE}" xmlns:news="{NEWS}"') -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {attributes}>{urls}</urlset>'


def entry(number: int, more: str = "") -> str:
    return f"<url><loc>https://www.example.com/{number}</loc>{more}</url>"


def read(text: str | bytes, **options: object) -> Findings:
    body = text if isinstance(text, bytes) else text.encode()
    return read_sitemap(body, SITEMAP, source_id="example", **options)  # type: ignore[arg-type]


def urls(found: Findings) -> list[str]:
    return [candidate.url for candidate in found.candidates]


def error_of(found: Findings) -> str:
    assert isinstance(found.error, DiscoveryError)
    assert SITEMAP in str(found.error)
    return str(found.error)


def test_urlset() -> None:
    found = read(
        urlset(entry(1, "<lastmod>2026-11-20T10:00:00+02:00</lastmod>") + entry(2, "<lastmod>2026-11-20</lastmod>"))
    )
    first, second = found.candidates
    assert found.error is None
    assert found.sitemaps == []
    assert (first.url, first.kind, first.via, first.source) == (
        "https://www.example.com/1",
        "sitemap",
        SITEMAP,
        "example",
    )
    assert first.modified_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert dict(second.evidence) == {"updated": "2026-11-20"}
    assert second.modified_at is None


def test_news_sitemap_keeps_its_evidence() -> None:
    news = (
        "<news:news><news:publication><news:name>محطة</news:name><news:language>ar</news:language></news:publication>"
        "<news:publication_date>2026-11-20T10:00:00+02:00</news:publication_date>"
        "<news:title>خبر <![CDATA[& خبر]]></news:title></news:news>"
        "<image:image><image:loc>https://img.example.com/1.jpg</image:loc><image:title>صورة</image:title></image:image>"
    )
    found = read(urlset(entry(1, news), f'xmlns="{CORE}" xmlns:news="{NEWS}" xmlns:image="urn:image"'))
    (candidate,) = found.candidates
    assert candidate.url == "https://www.example.com/1"
    assert dict(candidate.evidence) == {
        "publication": "محطة",
        "language": "ar",
        "published": "2026-11-20T10:00:00+02:00",
        "title": "خبر & خبر",
    }


def test_index_names_sitemaps_apart_from_pages() -> None:
    found = read(
        f'<sitemapindex xmlns="{CORE}"><sitemap><loc>https://www.example.com/a.xml</loc>'
        "<lastmod>2026-11-20T10:00:00Z</lastmod></sitemap><sitemap><loc>/b.xml.gz</loc></sitemap></sitemapindex>"
    )
    assert found.candidates == []
    assert found.sitemaps == [
        ChildSitemap("https://www.example.com/a.xml", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ChildSitemap("https://www.example.com/b.xml.gz"),
    ]


@pytest.mark.parametrize(
    "document",
    [
        urlset(entry(1), ""),
        urlset(entry(1), 'xmlns="https://www.google.com/schemas/sitemap/0.84"'),
        '<s:urlset xmlns:s="urn:wrong"><s:url><s:loc>https://www.example.com/1</s:loc></s:url></s:urlset>',
        "<urlset><undeclared:url><undeclared:loc>https://www.example.com/1</undeclared:loc></undeclared:url></urlset>",
        "<URLSET><URL><LOC>https://www.example.com/1</LOC></URL></URLSET>",
        "\ufeff\n\n  " + urlset(entry(1)),
        urlset("<url><loc> \n https://www.example.com/1#top </loc></url>" + entry(1)),
        urlset("<url><loc><![CDATA[https://www.example.com/1]]></loc></url>"),
        "https://www.example.com/1\r\n\r\nhttps://www.example.com/1\n",
        '<rss version="2.0"><channel><item><link>https://www.example.com/1</link></item></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://www.example.com/1"/></entry></feed>',
    ],
)
def test_forms_that_occur(document: str) -> None:
    for body in (document.encode(), gzip.compress(document.encode())):
        found = read(body)
        assert found.error is None
        assert urls(found) == ["https://www.example.com/1"]


def test_unescaped_ampersands_are_mended() -> None:
    found = read(urlset("<url><loc>https://www.example.com/news?id=1&lang=ar</loc></url>"))
    assert urls(found) == ["https://www.example.com/news?id=1&lang=ar"]
    assert found.error is None


def test_locations_that_are_no_pages_are_left() -> None:
    found = read(
        urlset("<url><loc>javascript:x</loc></url><url><loc/></url><url/><url><loc>http://[x</loc></url>" + entry(1))
    )
    assert urls(found) == ["https://www.example.com/1"]


@pytest.mark.parametrize("cut", [3, 12, 30, 40])
def test_a_cut_sitemap_keeps_its_whole_entries(cut: int) -> None:
    text = urlset("".join(entry(number) for number in range(1, 5)))
    found = read(text[: text.index("<url><loc>https://www.example.com/3") + cut])
    assert urls(found) == ["https://www.example.com/1", "https://www.example.com/2"]
    assert "broken XML at line 2" in error_of(found)


def test_a_cut_list_of_lines_keeps_its_whole_lines() -> None:
    found = read("https://www.example.com/1\nhttps://www.example.com/2345\n", max_bytes=51)
    assert urls(found) == ["https://www.example.com/1"]
    assert "larger than" in error_of(found)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b"<!doctype html><html><body>404</body></html>", "HTML page, not a sitemap; mend `sitemaps`"),
        (b"<html><body>404", "HTML page"),
        (b"<opml/>", "root <opml>"),
        (b"Not found", "no sitemap"),
        (b"https://www.example.com/1\nNot found", "line 2"),
        (b"{}", "JSON"),
    ],
)
def test_what_is_no_sitemap_is_told(body: bytes, told: str) -> None:
    assert told in error_of(read(body))


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "billion laughs": f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{ENTITIES}]>'
    + "<urlset><url><loc>&l11;</loc></url></urlset>",
    "quadratic blowup": f'<!DOCTYPE urlset [<!ENTITY a "{"a" * 200_000}">]><urlset><url><loc>'
    + "&a;" * 200_000
    + "</loc></url></urlset>",
    "external entity": '<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://www.example.com/'
    "&a;</loc></url></urlset>",
    "deep": "<urlset>" + "<url>" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sitemaps_end_soon_with_an_error(name: str) -> None:
    started = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - started < 2
    assert found.candidates == []
    assert error_of(found)


def gzip_of(piece: bytes, times: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([packer.compress(piece) for _ in range(times)] + [packer.flush()])


@pytest.mark.parametrize("piece", [b"\x00" * 1_000_000, b" " * 1_000_000, b"<!-- -->" * 125_000])
def test_a_gzip_bomb_is_unpacked_to_the_limit_only(piece: bytes) -> None:
    bomb = gzip_of(piece, 100)
    assert len(bomb) < 1_000_000
    tracemalloc.start()
    started = time.process_time()
    found = read(bomb, max_bytes=5_000_000)
    seconds = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error_of(found)
    assert found.candidates == []
    assert seconds < 3
    assert peak < 40_000_000


def test_very_many_gzip_members_take_linear_time() -> None:
    started = time.process_time()
    assert error_of(read(gzip.compress(b"") * 100_000))
    assert time.process_time() - started < 5


def test_gzip_members_are_joined() -> None:
    text = urlset("".join(entry(number) for number in range(100))).encode()
    assert len(read(gzip.compress(text[:3000]) + gzip.compress(text[3000:])).candidates) == 100


def test_fifty_thousand_urls_are_fast_and_no_tree_is_kept() -> None:
    text = urlset("".join(entry(n, "<lastmod>2026-11-20T10:00:00Z</lastmod>") for n in range(50_000)))
    started = time.process_time()
    assert len(read(text).candidates) == 50_000
    assert time.process_time() - started < 5


def test_an_address_that_cannot_be_decoded_is_left_and_told() -> None:
    found = read(
        urlset(entry(1)).encode().replace(b"<url>", b"<url><loc>https://www.example.com/\xce\xcf</loc></url><url>")
    )
    assert urls(found) == ["https://www.example.com/1"]
    assert "set `encoding`" in error_of(found)


def test_sitemaps_in_robots() -> None:
    body = (
        "\ufeffUser-agent: *\nDisallow: /x # Sitemap: https://www.example.com/no.xml\n"
        "Sitemap: https://www.example.com/a.xml\r\n  SITEMAP :https://www.example.com/b.xml # news\n"
        "sitemap: /c.xml\nSitemap:\nSitemap: https://www.example.com/a.xml\nSitemaps: https://www.example.com/d.xml\n"
        "# Sitemap: https://www.example.com/e.xml\nSitemap: ftp://www.example.com/f.xml\n"
    ).encode()
    assert sitemaps_in_robots(body, "https://www.example.com/robots.txt") == [
        "https://www.example.com/a.xml",
        "https://www.example.com/b.xml",
        "https://www.example.com/c.xml",
    ]


def test_ampersands_are_bounded() -> None:
    found = read_sitemap(b"<urlset>" + b"&" * (MAX_REFERENCES + 1), "https://www.example.com/sitemap.xml")
    assert "ampersands" in str(found.error)
