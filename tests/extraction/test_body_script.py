"""A body that only the data of a script holds."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from newscrawl.extraction.body.script import script_story
from tests.extraction.newspaper import HEADLINE, LEAD, RELATED, SECOND, THIRD, paragraphs, read

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


def flat(items: Sequence[object]) -> str:
    return f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(items)}</script>'


def pushed(row: str) -> str:
    half = len(row) // 2
    return "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (row[:half], row[half:]))


@pytest.mark.parametrize(
    "script",
    [
        next_data({"props": {"pageProps": {"article": {"title": HEADLINE, "body": HTML}}}}),
        next_data({"props": {"pageProps": {"article": {"headline": HEADLINE, "modules": {"nodes": PARTS}}}}}),
        f"<script>window.__STATE__ = {json.dumps({'story': {'name': HEADLINE, 'content': PARTS}})};</script>",
        flat([["ShallowReactive", 1], {"data": 2}, {"posts": 3}, [4], {"title": 5, "content": 6}, HEADLINE, HTML]),
        pushed("1:" + json.dumps({"article": {"title": HEADLINE, "contentHtml": HTML}}) + "\n"),
        pushed("2:T1ff," + HTML + '1:{"article":{"title":"' + HEADLINE + '","contentHtml":"$2"}}\n').replace(
            "1:{", "\\n1:{"
        ),
    ],
    ids=["html", "parts", "assigned", "flat", "pushed", "pushed text"],
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
    in_circles = flat([["Reactive", 1], {"body": 2, "all": 1}, [1, 2, 0, 99, -1]])
    assert script_story(in_circles, HEADLINE).blocks == []


def test_author_and_time_are_read_with_the_body_where_the_page_gives_none() -> None:
    story = {"headline": HEADLINE, "byline": "Ann Lee", "published_at": "2024-05-16T15:20:00Z", "body": HTML}
    article = read(page(next_data({"story": story})))
    assert (article.authors, str(article.published_at)) == (["Ann Lee"], "2024-05-16 15:20:00+00:00")
    assert article.evidence["authors"] == article.evidence["published_at"] == "script"


LINKS = [f'<a href="https://news.example/r/{number}">{headline}</a>' for number, headline in enumerate(RELATED)]
LIST = "<ul>" + "".join(f"<li>{link}</li>" for link in LINKS) + "</ul>"
INLINE = {
    "paragraph": (f"<p>اقرأ أيضاً: {LINKS[0]}</p>", 1),
    "paragraph without link": (f"<p>اقرأ أيضاً: {RELATED[0]}</p>", 1),
    "list": (f"<h3>اقرأ أيضاً</h3>{LIST}", 3),
    "link alone": (f"<p><strong>{LINKS[0]}</strong></p>", 1),
    "most read": (f"<h3>الأكثر قراءة</h3>{LIST}", 0),
    "to be skipped": ("<p>تخطى البودكاست وواصل القراءة</p><p>برنامج أسبوعي</p><p>نهاية البودكاست</p>", 0),
}


@pytest.mark.parametrize("state", [True, False])
@pytest.mark.parametrize(("block", "links"), INLINE.values(), ids=INLINE)
def test_read_also_block_in_script_data_is_related_and_no_body(block: str, links: int, state: bool) -> None:
    story = {"title": HEADLINE, "content": f"<p>{LEAD}</p>{block}{paragraphs(SECOND, THIRD)}"}
    script = f"<script>window.__NUXT__={json.dumps({'data': [story]})};</script>" if state else next_data({"p": story})
    article = read(page(script))
    assert [(link.headline, link.placement) for link in article.related_links] == [
        (headline, "inline") for headline in RELATED[:links]
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]
    assert article.evidence.get("related_links") == ("script" if links else None)


def test_read_also_part_of_a_structured_body_is_related() -> None:
    link = {"type": "link", "url": "/r/0", "children": [{"type": "text", "text": RELATED[0]}]}
    listed = [{"type": "list-item", "html": text} for text in LINKS[1:]]
    parts = [
        {"type": "paragraph", "text": LEAD},
        {"type": "paragraph", "children": [{"type": "text", "text": "اقرأ أيضاً:"}, link]},
        {"type": "paragraph", "text": SECOND},
        {"type": "paragraph", "text": THIRD},
        {"type": "heading", "text": "مقالات ذات صلة"},
        {"type": "list", "children": listed},
    ]
    article = read(page(next_data({"article": {"headline": HEADLINE, "body": parts}})))
    assert [(link.headline, link.url, link.placement) for link in article.related_links] == [
        (headline, f"https://news.example/r/{number}", "aside" if number else "inline")
        for number, headline in enumerate(RELATED)
    ]
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


def test_links_that_the_page_shows_stand_before_those_of_the_script() -> None:
    shown = f"<div><h3>مقالات ذات صلة</h3>{LIST}</div>"
    story = {"title": HEADLINE, "body": f'<p>{LEAD}</p><p>اقرأ أيضاً: <a href="/r/9">{RELATED[0]}</a></p>{HTML}'}
    links = read(page(shown + next_data(story))).related_links
    assert [(link.position, link.url, link.placement) for link in links] == [
        (1, "https://news.example/r/0", "aside"),
        (2, "https://news.example/r/1", "aside"),
        (3, "https://news.example/r/2", "aside"),
        (4, "https://news.example/r/9", "inline"),
    ]


def test_time_in_flat_data_is_read() -> None:
    story = [
        ["Reactive", 1],
        {"title": 2, "content": 3, "publishedAt": 4},
        HEADLINE,
        HTML,
        ["Date", "2024-05-16T15:20Z"],
    ]
    assert str(read(page(flat(story))).published_at) == "2024-05-16 15:20:00+00:00"
