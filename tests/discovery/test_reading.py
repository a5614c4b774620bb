from __future__ import annotations

from datetime import UTC, datetime

from newscrawl.discovery.reading import read_document
from newscrawl.sources import Source

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OUTLET = Source(source_id="news", outlet="News", homepage="https://news.example", country="xx", max_age_days=30)


def sitemap(*locations: str, lastmod: str = "2026-01-01") -> bytes:
    urls = "".join(f"<url><loc>{location}</loc><lastmod>{lastmod}</lastmod></url>" for location in locations)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def test_what_is_not_taken_for_an_article_is_counted() -> None:
    body = sitemap("https://news.example/2026/01/01/bridge-opens-to-cars-123456", "https://news.example/about")
    findings = read_document("sitemap", body, "https://news.example/sitemap.xml", {}, source=OUTLET, now=NOW)
    assert [one.url for one in findings.candidates] == ["https://news.example/2026/01/01/bridge-opens-to-cars-123456"]
    assert findings.refused == 1


def test_what_is_too_old_is_counted() -> None:
    body = sitemap("https://news.example/2020/01/01/bridge-opens-to-cars-123456", lastmod="2020-01-01")
    findings = read_document("sitemap", body, "https://news.example/sitemap.xml", {}, source=OUTLET, now=NOW)
    assert (findings.candidates, findings.refused) == ([], 1)


def test_robots_txt_stands_for_its_sitemaps() -> None:
    body = b"User-agent: *\nSitemap: https://news.example/a.xml\n"
    findings = read_document("sitemap", body, "https://news.example/robots.txt", {}, source=OUTLET, now=NOW)
    assert [child.url for child in findings.sitemaps] == ["https://news.example/a.xml"]
