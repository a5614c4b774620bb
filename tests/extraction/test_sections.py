"""Sections that a page prints: in its breadcrumbs, or as the category that an article is filed under."""

from __future__ import annotations

import pytest

from newscrawl.items import Evidence
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, paragraphs, read, whole_page

BODY = paragraphs(LEAD, SECOND)
SITE = '<meta property="og:site_name" content="صوت النهر">'


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ('<nav class="breadcrumb"><a href="/">الرئيسية</a> / <a href="/economy">اقتصاد</a></nav>', "اقتصاد"),
        (
            '<ol class="breadcrumb"><li><a href="/">Home</a></li><li><a href="/e">اقتصاد</a></li>'
            f'<li class="active">{HEADLINE}</li></ol>',
            "اقتصاد",
        ),
        (
            '<nav aria-label="Breadcrumb"><ol><li><a href="/">صوت النهر</a></li><li><a href="/e">اقتصاد</a></li>'
            f'<li><a href="/e/oil">نفط</a></li><li><a href="/story/17">{HEADLINE}</a></li></ol></nav>',
            "نفط",
        ),
        (
            '<div id="newsBreadCrumb"><a href="/">خانه</a> » <a href="/e">اقتصاد</a> » '
            f'<a href="/story/17">{HEADLINE[:24]}…</a></div>',
            "اقتصاد",
        ),
        (
            '<ul itemscope itemtype="https://schema.org/BreadcrumbList"><li>سەرەکی</li><li>ئابووری</li>'
            f"<li>{HEADLINE}</li></ul>",
            "ئابووری",
        ),
        ('<nav class="breadcrumbs"><a href="/">Startseite</a></nav>', None),
        (f'<nav class="breadcrumbs"><a href="/">Home</a> / <a href="/17">{HEADLINE}</a></nav>', None),
        (f'<nav class="breadcrumbs"><a href="/">Home</a> / <a href="/e">{LEAD}</a></nav>', None),
        ('<footer><nav class="breadcrumbs"><a href="/">Home</a> / <a href="/e">اقتصاد</a></nav></footer>', None),
        ('<nav class="menu"><a href="/">Home</a> / <a href="/e">اقتصاد</a></nav>', None),
    ],
)
def test_breadcrumbs(path: str, section: str | None) -> None:
    article = read(whole_page(BODY, head=SITE).replace("<main>", f"{path}<main>"))
    assert article.section == section
    assert article.evidence.get("section") == (Evidence.TEXT if section else None)


@pytest.mark.parametrize("rel", ["category tag", "tag category", "category"])
def test_the_category_that_an_article_is_filed_under(rel: str) -> None:
    category = f'<p class="meta"><a href="/c/e" rel="{rel}">اقتصاد</a>, <a href="/c/l" rel="{rel}">محليات</a></p>'
    assert read(whole_page(BODY, head=SITE, above=category)).section == "اقتصاد"
    teaser = f'<article><h2>انطلاق معرض الكتاب</h2><a href="/c/e" rel="{rel}">ثقافة</a></article>'
    for other in (f"<aside>{category}</aside>", teaser):
        assert read(whole_page(BODY, head=SITE).replace("<main>", f"{other}<main>")).section is None


def test_a_link_to_a_tag_is_no_section() -> None:
    assert read(whole_page(BODY, above='<p><a href="/t/river" rel="tag">النهر</a></p>')).section is None


def test_what_metadata_state_goes_before_what_is_printed() -> None:
    head = '<meta property="article:section" content="محليات">'
    path = '<nav class="breadcrumb"><a href="/">الرئيسية</a> / <a href="/economy">اقتصاد</a></nav>'
    article = read(whole_page(BODY, head=head).replace("<main>", f"{path}<main>"))
    assert (article.section, article.evidence["section"]) == ("محليات", Evidence.META)
    path = path.replace("الرئيسية", "صوت النهر")
    article = read(whole_page(BODY, head=SITE + head.replace("محليات", "Home")).replace("<main>", f"{path}<main>"))
    assert (article.section, article.evidence["section"]) == ("اقتصاد", Evidence.TEXT)
