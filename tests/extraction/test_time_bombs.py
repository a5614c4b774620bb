"""Pages of a megabyte that are built to cost time: each is read within the ten seconds that no page may exceed."""

from __future__ import annotations

import time

import pytest
from _pytest.mark import ParameterSet

from newscrawl.extraction import extract
from newscrawl.items import Page
from tests.extraction.newspaper import FETCHED, URL

SIZE = 1_000_000
MOST_SECONDS = 10
STORY = "<h1>The park on the river opens</h1>" + (
    "<p>The park on the river was opened today by the mayor, who thanked all who had worked on it for two years.</p>"
    * 6
)
PROSE = "The council met on Tuesday. "
LINK = "<a href=/a>A headline of some words</a>"

# What stands in the body, again and again.
REPEATED = {
    "nested elements": "<div><b><p>x",
    "nested quotes": "<blockquote>a quote of words ",
    "tiny paragraphs": "<p>x</p>",
    "line breaks": "x<br>",
    "images": "<img src=x>",
    "the headline": "<h1>The park on the river opens</h1>",
    "headings": "<h2>A heading of words</h2>",
    "dates": "<p>12 May 2024 10:30 ",
    "links": f"<p>{LINK}</p>",
    "read-also paragraphs": f"<p>Read also: {LINK}</p>",
    "read-also lists": f"<h3>Read also</h3><ul><li>{LINK}</ul>",
    "read-also headlines": "<h3>Read also</h3><p>A headline of five words</p>",
    "read-also words": "<b>Read also</b> ",
    "most-read boxes": "<div><h3>Most read</h3><div>words words words</div></div>",
    "boxes of comments": "<div><div><h3>Comments</h3><p>some words of a reader who says little.</p></div></div>",
    "cards": f"<div>{LINK}<h4>{LINK}</h4><time>1h</time></div>",
    "nested lists": "<ul><li>Some item <ul><li>other item</li></ul></li></ul>",
    "rows of a table": f"<tr><td>{LINK}</td><td>12</td></tr>",
    "bylines": "<div class=byline>By Jane Doe</div>",
    "empty elements in prose": f"<i></i>{PROSE}",
    "unseen elements in prose": f"<noscript>x</noscript>{PROSE}",
    "boxes in prose": f"<div></div>{PROSE}",
    "comments in prose": f"<!-- x -->{PROSE}",
    "scripts never closed": "<script>",
    "references": "&amp;&#1610;&#xD800;&bogus;",
    "brackets": "< ",
    "signs that fold to many": "\ufdfa",
    "spaces": " ",
    "letters": "a",
    "combining signs": "\u064e",
    "JSON-LD of brackets": '<script type="application/ld+json">' + "[{'a':" * 600 + "</script>",
}
# What stands in one place of the head, a million times.
NAMED = {
    "outlet": '<meta property="og:site_name" content="{}">',
    "title": '<meta property="og:title" content="{}">',
    "author": '<meta name="author" content="Jane {}">',
    "time": '<meta property="article:published_time" content="{}">',
    "JSON-LD headline": '<script type="application/ld+json">{{"@type":"NewsArticle","headline":"{}"}}</script>',
    "JSON-LD author": '<script type="application/ld+json">{{"@type":"NewsArticle","author":"{}"}}</script>',
    "JSON-LD publisher": '<script type="application/ld+json">{{"@type":"NewsArticle","publisher":"{}"}}</script>',
    "JSON-LD wrapped": '<script type="application/ld+json">-->{}x</script>',
}
RUNS = {
    "spaces": " ",
    "digits": "7",
    "dots": ".",
    "letters": "a",
    "brackets": "(",
    "dashes": " - ",
    "times": "2024-01-01T",
    "signs that fold to many": "\ufdfa",
}


def tried(pages: dict[str, str]) -> list[ParameterSet]:
    """The pages as parameters by name."""
    return [pytest.param(page, id=name) for name, page in pages.items()]


def seconds(head: str, body: str) -> float:
    """The processor time that a page takes."""
    page = f"<!doctype html><html lang=en><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"
    begun = time.process_time()
    extract(Page(url=URL, body=page.encode(), fetched_at=FETCHED))
    return time.process_time() - begun


@pytest.mark.slow
@pytest.mark.parametrize("unit", tried(REPEATED))
def test_repeated(unit: str) -> None:
    assert seconds("", f"<article>{STORY}{unit * (SIZE // len(unit.encode()))}</article>") < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("unit", tried(RUNS))
@pytest.mark.parametrize("place", tried(NAMED))
def test_long_value(place: str, unit: str) -> None:
    run = f"a{unit * (SIZE // len(unit))}z"
    assert seconds(place.format(run), STORY) < MOST_SECONDS
