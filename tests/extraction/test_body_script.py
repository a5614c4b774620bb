"""A body that only the data of a script holds."""

from __future__ import annotations

import json

import pytest

from newscrawl.extraction.body.script import script_story
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, THIRD, paragraphs, read

HTML = paragraphs(LEAD, SECOND) + "<h2>عنوان فرعي للخبر</h2>" + paragraphs(THIRD)
WHOLE = [("paragraph", LEAD), ("paragraph", SECOND), ("heading", "عنوان فرعي للخبر"), ("paragraph", THIRD)]
PARTS = [
    {"type": "paragraph", "text": LEAD},
    {"type": "image", "caption": "A caption that belongs to nobody but the picture above it, as all captions do."},
    {"type": "paragraph", "children": [{"type": "text", "text": SECOND}]},
    {"type": "heading", "text": "عنوان فرعي للخبر"},
    {"type": "paragraph", "text": THIRD},
]


def page(script: str) -> str:
    head = f'<title>{HEADLINE}</title><meta property="og:title" content="{HEADLINE}">'
    return f'<html lang="ar"><head>{head}</head><body><div id="__next"></div>{script}</body></html>'


def next_data(value: object) -> str:
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


def pushed(row: str) -> str:
    half = len(row) // 2
    return "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (row[:half], row[half:]))


@pytest.mark.parametrize(
    "script",
    [
        next_data({"props": {"pageProps": {"article": {"title": HEADLINE, "body": HTML}}}}),
        next_data({"props": {"pageProps": {"article": {"headline": HEADLINE, "modules": {"nodes": PARTS}}}}}),
        f"<script>window.__STATE__ = {json.dumps({'story': {'name': HEADLINE, 'content': PARTS}})};</script>",
        pushed("1:" + json.dumps({"article": {"title": HEADLINE, "contentHtml": HTML}}) + "\n"),
        pushed("2:T1ff," + HTML + '1:{"article":{"title":"' + HEADLINE + '","contentHtml":"$2"}}\n').replace(
            "1:{", "\\n1:{"
        ),
    ],
    ids=["html", "parts", "assigned", "pushed", "pushed text"],
)
def test_body_in_script_data_is_read(script: str) -> None:
    article = read(page(script))
    assert [(block.type, block.text) for block in article.blocks] == WHOLE


def test_body_that_the_page_shows_comes_before_the_script_s() -> None:
    shown = f"<article><h1>{HEADLINE}</h1>{paragraphs(LEAD, SECOND, THIRD) * 3}</article>"
    script = next_data(
        {"article": {"title": HEADLINE, "body": "<p>Another text that no reader of the page sees.</p>" * 40}}
    )
    assert "Another text" not in (read(page(shown + script)).body or "")


def test_data_of_other_articles_and_programs_are_no_body() -> None:
    assert script_story(next_data({"menu": ["Home", "Sport"], "text": "short"}), HEADLINE).blocks == []
    assert script_story("<script>var a = function() { return {body: 'x'} }</script>", HEADLINE).blocks == []
    assert script_story("<script>a = {" * 1000, HEADLINE).blocks == []


def test_author_and_time_are_read_with_the_body_where_the_page_gives_none() -> None:
    story = {"headline": HEADLINE, "byline": "Ann Lee", "published_at": "2024-05-16T15:20:00Z", "body": HTML}
    article = read(page(next_data({"story": story})))
    assert (article.authors, str(article.published_at)) == (["Ann Lee"], "2024-05-16 15:20:00+00:00")
    assert article.evidence["authors"] == article.evidence["published_at"] == "script"
