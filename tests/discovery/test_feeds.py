import gzip
import json
import time
from datetime import UTC, datetime

import pytest

from newscrawl.discovery import Findings
from newscrawl.discovery.feeds import MAX_ENTRIES, MAX_OBJECTS, read_feed
from newscrawl.exceptions import DiscoveryError

FEED = "https://www.example.com/news/feed.xml"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def rss(items: str, *, head: str = "", channel: str = "<title>أخبار</title>", attributes: str = NAMESPACES) -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0" {attributes}><channel>{channel}{items}</channel></rss>'


def item(number: int, more: str = "") -> str:
    return f"<item><title>خبر {number}</title><link>https://www.example.com/{number}</link>{more}</item>"


def read(text: str | bytes, **options: object) -> Findings:
    body = text if isinstance(text, bytes) else text.encode()
    return read_feed(body, FEED, source_id="example", **options)  # type: ignore[arg-type]


def urls(found: Findings) -> list[str]:
    return [candidate.url for candidate in found.candidates]


def error_of(found: Findings) -> str:
    assert isinstance(found.error, DiscoveryError)
    assert FEED in str(found.error)
    return str(found.error)


def test_rss_2() -> None:
    found = read(
        rss(
            item(
                1,
                "<description><![CDATA[<p>نص <link>https://www.example.com/not-this</link></p>]]></description>"
                '<guid isPermaLink="false">77</guid><pubDate>Fri, 20 Nov 2026 10:00:00 +0200</pubDate>'
                "<media:title>صورة</media:title><media:group><title>فيديو</title></media:group>",
            ),
            channel="<title>أخبار</title><link>https://www.example.com/</link><language>ar-eg</language>",
        )
    )
    (candidate,) = found.candidates
    assert found.error is None
    assert (candidate.url, candidate.kind, candidate.via) == ("https://www.example.com/1", "feed", FEED)
    assert (candidate.source, candidate.depth, candidate.modified_at) == ("example", 0, None)
    assert dict(candidate.evidence) == {
        "title": "خبر 1",
        "published": "Fri, 20 Nov 2026 10:00:00 +0200",
        "language": "ar-eg",
    }


@pytest.mark.parametrize(
    "document",
    [
        '<rss version="0.91"><channel><item><title>x</title><link>https://www.example.com/1</link></item></channel></rss>',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/'
        'rss-0.91.dtd"><rss version="0.91"><channel><item><title>x</title><link>https://www.example.com/1</link></item>'
        "</channel></rss>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        "<channel><title>t</title></channel><item><title>x</title><link>https://www.example.com/1</link></item></rdf:RDF>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="https://www.example.com/"><items><rdf:Seq><rdf:li resource="https://www.example.com/1"/>'
        '</rdf:Seq></items></channel><item rdf:about="https://www.example.com/1"><title>x</title>'
        "<link>https://www.example.com/1</link></item></rdf:RDF>",
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>x</title>'
        '<link rel="alternate" type="text/html" href="https://www.example.com/1"/></entry></feed>',
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>x</a:title>'
        '<a:link href="https://www.example.com/1"/></a:entry></a:feed>',
        '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "url": "https://www.example.com/1"}]}',
    ],
)
def test_every_dialect_is_read(document: str) -> None:
    found = read(document)
    assert urls(found) == ["https://www.example.com/1"]
    assert found.error is None


def test_rss_1_dates_are_those_of_publication() -> None:
    found = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="u"><link>https://www.example.com/1</link>'
        "<dc:date>2026-11-20T10:00:00Z</dc:date><dc:language>fa</dc:language></item></rdf:RDF>"
    )
    (candidate,) = found.candidates
    assert dict(candidate.evidence) == {"published": "2026-11-20T10:00:00Z", "language": "fa"}
    assert candidate.modified_at is None


def test_atom() -> None:
    found = read(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="he" xml:base="https://www.example.com/base/">'
        '<link rel="self" href="feed"/><entry xml:base="year/">'
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">כותרת <b>ראשית</b></div></title>'
        '<link rel="self" href="entry.atom"/><link rel="enclosure" href="sound.mp3" type="audio/mpeg"/>'
        '<link rel="alternate" type="application/json" href="story.json"/><link href="story.html#top"/>'
        '<source><link href="https://elsewhere.org/"/><title>other</title><updated>2001-01-01T00:00:00Z</updated></source>'
        "<published>2026-11-19T10:00:00+02:00</published><updated>2026-11-20T10:00:00+02:00</updated></entry></feed>"
    )
    (candidate,) = found.candidates
    assert candidate.url == "https://www.example.com/base/year/story.html"
    assert candidate.modified_at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert dict(candidate.evidence) == {
        "title": "כותרת ראשית",
        "published": "2026-11-19T10:00:00+02:00",
        "updated": "2026-11-20T10:00:00+02:00",
        "language": "he",
    }


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "language": "ar",
        "items": [
            {"id": "https://www.example.com/1", "title": "خبر", "date_published": "2026-11-19", "tags": [["x"]]},
            {"id": "2", "url": "../2#comments", "date_modified": "2026-11-20T10:00:00Z", "language": "en"},
            {"id": 3, "url": None},
            {"id": "4"},
            {"url": "http://[bad"},
            "nonsense",
        ],
    }
    first, second = read(json.dumps(feed)).candidates
    assert first.url == "https://www.example.com/1"
    assert dict(first.evidence) == {"title": "خبر", "published": "2026-11-19", "language": "ar"}
    assert second.url == "https://www.example.com/2"
    assert second.modified_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert second.evidence["language"] == "en"


def test_times_without_offset_are_evidence_but_no_instant() -> None:
    entry = '<entry><link href="/1"/><updated>2026-11-20T10:00:00</updated></entry>'
    (candidate,) = read(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>').candidates
    assert candidate.evidence["updated"] == "2026-11-20T10:00:00"
    assert candidate.modified_at is None


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("<link>/relative</link>", ["https://www.example.com/relative"]),
        ("<link> \n https://www.example.com/spaces \n </link>", ["https://www.example.com/spaces"]),
        ("<link><![CDATA[https://www.example.com/?a=1&b=2]]></link>", ["https://www.example.com/?a=1&b=2"]),
        ("<link>https://www.example.com/?a=1&b=2&copy=3</link>", ["https://www.example.com/?a=1&b=2&copy=3"]),
        ("<guid>https://www.example.com/guid</guid>", ["https://www.example.com/guid"]),
        ('<guid isPermaLink="false">https://www.example.com/guid</guid>', []),
        ("<guid>12345</guid>", []),
        (
            "<link>https://feeds.example.net/r/1</link>"
            "<feedburner:origLink>https://www.example.com/true</feedburner:origLink>",
            ["https://www.example.com/true"],
        ),
        ('<atom:link rel="self" href="https://www.example.com/x.rss"/><link>/1</link>', ["https://www.example.com/1"]),
        ("<link>javascript:alert(1)</link>", []),
        ("<link>https://[bad</link>", []),
        ("<title>no link</title>", []),
    ],
)
def test_the_entrys_page(entry: str, expected: list[str]) -> None:
    found = read(rss(f"<item>{entry}</item>"))
    assert urls(found) == expected
    assert (found.error is None) == bool(expected)


def test_entries_without_pages_are_told() -> None:
    assert "none links to a page" in error_of(read(rss("<item><title>x</title></item>")))


def test_a_feed_may_be_empty() -> None:
    assert read(rss("")) == Findings()


def test_each_page_once_in_order() -> None:
    assert urls(read(rss(item(2) + item(1) + item(2)))) == ["https://www.example.com/2", "https://www.example.com/1"]


def test_undeclared_prefixes_entities_of_html_and_control_characters_are_mended() -> None:
    text = rss(
        "<item><title>a&nbsp;b &eacute;&LT; \x0b R&D &unknown; <![CDATA[c & d &amp; e]]></title>"
        "<dc:date>2026-11-20</dc:date>"
        "<odd:thing>1</odd:thing><link>https://www.example.com/1</link></item>" + item(2),
        attributes="",
    )
    found = read(" \n" + text)
    assert found.error is None
    assert len(found.candidates) == 2
    assert found.candidates[0].evidence["title"] == "a\u00a0b é<  R&D &unknown; c & d &amp; e"
    assert found.candidates[0].evidence["published"] == "2026-11-20"


@pytest.mark.parametrize(
    ("encoded", "options"),
    [
        (rss(item(1)).encode(), {}),
        (b"\xef\xbb\xbf" + rss(item(1)).encode(), {}),
        (rss(item(1)).encode("utf-16"), {}),
        (rss(item(1)).encode("utf-16-be"), {}),
        (rss(item(1)).replace("?>", ' encoding="windows-1256"?>', 1).encode("cp1256"), {}),
        (rss(item(1)).encode("cp1256"), {"headers": {"Content-Type": "text/xml; charset=windows-1256"}}),
        (rss(item(1)).encode("cp1256"), {"encoding": "windows-1256"}),
        (rss(item(1)).encode(), {"headers": {"content-type": "text/xml; charset=iso-8859-1"}}),
        (rss(item(1)).replace("?>", ' encoding="utf-16"?>', 1).encode(), {}),
        (gzip.compress(rss(item(1)).encode()), {}),
    ],
)
def test_encodings(encoded: bytes, options: dict[str, object]) -> None:
    found = read(encoded, **options)
    assert found.error is None
    assert found.candidates[0].evidence["title"] == "خبر 1"


def test_undecodable_bytes_cost_titles_not_pages() -> None:
    found = read(rss(item(1)).replace("?>", ' encoding="utf-8"?>', 1).encode("cp1256"))
    assert urls(found) == ["https://www.example.com/1"]
    assert "set `encoding`" in error_of(found)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\x00" * 1000, "is empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "HTML page, not a feed; mend `feeds`"),
        (b'<?xml version="1.0"?><!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>', "HTML page, not a feed"),
        (b"<urlset><url><loc>https://www.example.com/1</loc></url></urlset>", "under `sitemaps`"),
        (b"<opml version='2.0'/>", "root <opml>"),
        (
            b"<soap:Envelope xmlns:soap='s'><item><link>https://www.example.com/1</link></item></soap:Envelope>",
            "<envelope>",
        ),
        (b"Service unavailable", "neither XML nor JSON; mend `feeds`"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "set `encoding`"),
        (b'{"error": 404}', "without `items`"),
        (b'{"items": [', "broken JSON"),
        (b'{"items": ' + b"[" * 100_000, "broken JSON"),
        (b"\x1f\x8b\x08\x00not gzip at all", "gzip"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, told: str) -> None:
    found = read(body)
    assert found.candidates == []
    assert told in error_of(found)


@pytest.mark.parametrize("cut", [5, 20, 30, 35, 44])
def test_a_cut_feed_keeps_its_whole_entries(cut: int) -> None:
    text = rss("".join(item(number) for number in range(1, 6)))
    found = read(text[: text.index("<link>https://www.example.com/4") + cut])
    assert urls(found) == [f"https://www.example.com/{number}" for number in (1, 2, 3)]
    assert "broken XML at line 1" in error_of(found)


def test_a_cut_gzip_keeps_its_whole_entries() -> None:
    items = "".join(item(number, f"<guid>{number * 7919 % 1000}</guid>") for number in range(300))
    packed = gzip.compress(rss(items).encode())
    found = read(packed[: len(packed) // 2])
    assert 50 < len(found.candidates) < 300
    assert urls(found) == [f"https://www.example.com/{number}" for number in range(len(found.candidates))]
    assert "gzip file cut short" in error_of(found)


def test_what_exceeds_the_size_is_left() -> None:
    text = rss("".join(item(number) for number in range(100)))
    found = read(text, max_bytes=len(text.encode()) // 2)
    assert 40 < len(found.candidates) < 50
    assert "larger than" in error_of(found)


def bomb(expansion: str, *, uses: str) -> bytes:
    return rss(f"<item><title>{uses}</title><link>https://www.example.com/1</link></item>", head=expansion).encode()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
PARAMETER = '<!ENTITY % a "%b;%b;"><!ENTITY % b "x"> %a;'
HOSTILE = {
    "billion laughs": bomb(f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>', uses="&l11;"),
    "laughs in an attribute": bomb(f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>', uses='<b a="&l11;"/>'),
    "quadratic blowup": bomb(f'<!DOCTYPE rss [<!ENTITY a "{"a" * 200_000}">]>', uses="&a;" * 200_000),
    "external entity": bomb('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>', uses="&a;"),
    "external parameter entity": bomb('<!DOCTYPE rss [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;]>', uses="x"),
    "parameter entities": bomb(f"<!DOCTYPE rss [{PARAMETER}]>", uses="x"),
    "deep": rss("<a>" * 1_000_000).encode(),
    "deep in an entry": rss("<item>" + "<a>" * 500_000 + "</a>" * 500_000 + "</item>").encode(),
    "angle brackets": rss("<" * 5_000_000).encode(),
    "unclosed CDATA": rss("<![CDATA[" * 500_000).encode(),
    "unclosed comments": rss("<!--" * 1_000_000).encode(),
    "ill-formed ampersands": b"<rss><channel>" + b"&" * 3_000_000,
    "an endless tag": b"<rss " + b"a" * 10_000_000,
    "an endless prolog": b"<?xml " + b" " * 10_000_000,
    "white space": b" " * 10_000_000,
    "comments before": b"<!-- -->" * 1_000_000,
    "JSON nesting": b'{"items":' * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_end_soon_with_an_error(name: str) -> None:
    started = time.process_time()
    found = read(HOSTILE[name])
    assert time.process_time() - started < 3
    assert found.candidates == []
    assert error_of(found)
    assert "root:" not in repr(found)


@pytest.mark.parametrize(
    "value", ["9" * 1_000_000, "&amp;" * 200_000, "<b/>" * 200_000, " " * 1_000_000, "1 " * 500_000]
)
def test_hostile_values_cost_only_themselves(value: str) -> None:
    started = time.process_time()
    found = read(rss(f"<item><pubDate>{value}</pubDate><title>{value}</title><link>/1</link></item>" + item(2)))
    assert time.process_time() - started < 3
    assert urls(found) == ["https://www.example.com/1", "https://www.example.com/2"]
    assert all(len(text) < 10_000 for candidate in found.candidates for text in candidate.evidence.values())


def test_an_external_entity_is_not_read(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    with open(secret, "w") as file:  # noqa: PTH123
        file.write("the secret")
    found = read(bomb(f'<!DOCTYPE rss [<!ENTITY a SYSTEM "file://{secret}">]>', uses="&a;"))
    assert "the secret" not in repr(found)
    assert "declares XML entities" in error_of(found)


def test_many_entries_are_bounded() -> None:
    started = time.process_time()
    found = read(rss("".join(item(number) for number in range(MAX_ENTRIES + 1000))))
    assert time.process_time() - started < 10
    assert len(found.candidates) == MAX_ENTRIES
    assert f"more than {MAX_ENTRIES:,} entries" in error_of(found)


def test_credentials_in_a_link_are_left_out() -> None:
    found = read(rss("<item><title>x</title><link>https://reader:secret@www.example.com/a@b?c=d@e</link></item>"))
    assert [candidate.url for candidate in found.candidates] == ["https://www.example.com/a@b?c=d@e"]


def test_a_json_feed_of_very_many_objects_is_left() -> None:
    found = read(b'{"items":[' + b",".join([b"{}"] * (MAX_OBJECTS + 1)) + b"]}")
    assert "JSON objects" in error_of(found)
