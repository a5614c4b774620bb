"""Headline, outlet, section, keywords, image and language from what pages claim of themselves."""

from __future__ import annotations

import json

import pytest

from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, paragraphs, read, source, whole_page


def ld(*nodes: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


def test_headline_is_the_shown_one_and_the_title_is_kept_whole() -> None:
    article = read(whole_page(paragraphs(LEAD), head='<meta property="og:title" content="حديقة جديدة على ضفة النهر">'))
    assert article.headline == HEADLINE
    assert article.page_title == f"{HEADLINE} - صوت النهر"


@pytest.mark.parametrize(
    "title",
    [
        "River park opens | River Voice",
        "River Voice - River park opens",
        "River park opens - news.example",
        "River park opens · river voice",
    ],
)
def test_headline_without_h1_loses_the_outlet_s_name(title: str) -> None:
    site = '<meta property="og:site_name" content="River Voice">'
    html = f"<html><head><title>{title}</title>{site}</head><body><p>{LEAD}</p></body>"
    assert read(html).headline == "River park opens"


def test_headline_keeps_its_own_separators() -> None:
    headline = "Parks - and why they matter | a report"
    assert read(whole_page(paragraphs(LEAD), headline=headline)).headline == headline


def test_roof_line_in_an_element_of_its_own_is_not_headline() -> None:
    html = whole_page(
        paragraphs(LEAD),
        headline=f"<span>ثقافة</span> {HEADLINE}",
        head=f'<meta property="og:title" content="{HEADLINE}">',
    )
    assert read(html).headline == HEADLINE


def test_of_two_headings_the_one_that_says_the_title_whole_is_the_headline() -> None:
    head = '<meta property="og:title" content="The river in spring and who looks after it">'
    above = '<h1>The Harbour Ledger online</h1><h1 itemprop="headline">The river in spring and who looks after it</h1>'
    title = "<title>The Harbour Ledger online: The river in spring</title>"
    assert (
        read(f"<html><head>{title}{head}</head><body>{above}</body></html>").headline
        == "The river in spring and who looks after it"
    )


def test_json_ld_fields() -> None:
    node = {
        "@type": ["Thing", "NewsArticle"],
        "headline": HEADLINE,
        "description": "<p>نبذة &amp;quot;قصيرة&amp;quot;</p>",
        "articleSection": ["محليات", "بيئة"],
        "keywords": "حدائق، النهر,حدائق",
        "image": {"@type": "ImageObject", "url": "/i/1.jpg"},
        "publisher": {"@type": "Organization", "name": "صوت النهر"},
        "inLanguage": "ar-EG",
    }
    article = read(whole_page(paragraphs(LEAD), head=ld({"@graph": [{"@type": "WebPage", "name": "w"}, node]})))
    assert article.description == 'نبذة "قصيرة"'
    assert (article.section, article.keywords) == ("محليات", ["حدائق", "النهر"])
    assert (article.main_image, article.outlet) == ("https://news.example/i/1.jpg", "صوت النهر")


def test_articles_of_other_pages_in_json_ld_are_not_this_one() -> None:
    others = {
        "@type": "ItemList",
        "itemListElement": [{"@type": "NewsArticle", "headline": "other", "articleSection": "other"}],
    }
    own = {"@type": "Article", "headline": HEADLINE, "articleSection": "own"}
    assert read(whole_page(paragraphs(LEAD), head=ld(others, own))).section == "own"


def test_of_two_articles_the_one_that_claims_this_url() -> None:
    nodes = [
        {"@type": "NewsArticle", "headline": "x", "url": "https://news.example/story/9", "articleSection": "far"},
        {
            "@type": "NewsArticle",
            "headline": HEADLINE,
            "mainEntityOfPage": {"@id": "https://www.news.example/story/17#top"},
            "articleSection": "near",
        },
    ]
    assert read(whole_page(paragraphs(LEAD), head=ld(nodes))).section == "near"


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "x", "articleSection": "own",}',
        '<!-- {"@type": "NewsArticle", "headline": "x", "articleSection": "own"} -->',
        '{"@type": "NewsArticle", "headline": "one\ntwo\tthree", "articleSection": "own"}',
        '{"@type": "NewsArticle", "headline": "قال "الخبير" كلمته", "articleSection": "own"}',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "x", "articleSection": "own"}\n//]]>',
    ],
)
def test_broken_json_ld_is_repaired(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read(whole_page(paragraphs(LEAD), head=head)).section == "own"


def test_meta_and_microdata_stand_in() -> None:
    head = (
        '<meta property="og:description" content="نبذة"><meta property="article:section" content="محليات">'
        '<meta property="article:tag" content="حدائق"><meta property="article:tag" content="النهر">'
        '<meta property="og:image" content="//cdn.example/i.jpg"><link rel="canonical" href="/story/17">'
    )
    article = read(whole_page(paragraphs(LEAD), head=head))
    assert (article.description, article.section, article.keywords) == ("نبذة", "محليات", ["حدائق", "النهر"])
    assert (article.main_image, article.canonical_url) == ("https://cdn.example/i.jpg", "https://news.example/story/17")


def test_unknown_is_none() -> None:
    article = read(f"<html><body><p>{LEAD}</p><p>{SECOND}</p></body></html>")
    assert (article.outlet, article.section, article.main_image, article.description, article.byline) == (None,) * 5
    assert (article.keywords, article.authors, article.published_at, article.language) == ([], [], None, None)


def test_language_claim_must_agree_with_the_script() -> None:
    assert read(whole_page(paragraphs(LEAD), lang="ar-EG")).language == "ar"
    assert read(whole_page(paragraphs(LEAD), lang="en")).language is None
    assert read(whole_page(paragraphs(LEAD), lang="en"), source(languages=("ar",))).language == "ar"


def test_main_image_by_reference_and_no_placeholder() -> None:
    article = {"@type": "Article", "headline": HEADLINE, "image": {"@id": "#image"}}
    image = {"@type": "ImageObject", "@id": "#image", "url": "/i/17.jpg"}
    assert read(whole_page(paragraphs(LEAD), head=ld({"@graph": [article, image]}))).main_image == (
        "https://news.example/i/17.jpg"
    )
    blank = '<meta property="og:image" content="https://cdn.example/i/blank.jpg">'
    assert read(whole_page(paragraphs(LEAD), head=blank)).main_image is None
    assert read(whole_page(paragraphs(LEAD), head=blank + ld(article))).main_image is None


@pytest.mark.parametrize(
    ("names", "outlet"),
    [
        (("River Media GmbH", "River Voice"), "River Voice"),
        (("River Voice - news of the river | River Voice Agency", "River Voice"), "River Voice"),
        (("River Media GmbH", ""), "River Media GmbH"),
        (("River Voice", "Voice"), "River Voice"),
    ],
)
def test_outlet_is_named_as_readers_know_it(names: tuple[str, str], outlet: str) -> None:
    publisher, site = names
    node = {"@type": "Article", "headline": HEADLINE, "publisher": {"@type": "Organization", "name": publisher}}
    head = ld(node) + f'<meta property="og:site_name" content="{site}">'
    assert read(whole_page(paragraphs(LEAD), head=head)).outlet == outlet


def test_a_person_who_publishes_himself_is_no_outlet() -> None:
    ann = {"@type": "Person", "name": "Ann Lee"}
    node = {"@type": "BlogPosting", "headline": HEADLINE, "author": ann, "publisher": ann}
    site = {"@type": "WebSite", "name": "Notes from the river"}
    article = read(whole_page(paragraphs(LEAD), head=ld(node, site)))
    assert (article.outlet, article.authors) == ("Notes from the river", ["Ann Lee"])


def test_section_and_keywords_without_what_names_nothing() -> None:
    node = {
        "@type": "Article",
        "headline": HEADLINE,
        "articleSection": ["Home", "Local,Rivers"],
        "keywords": ["8ae9ab2d-fe1b-4230-acb8-a59b52877682", "bridge"],
    }
    article = read(whole_page(paragraphs(LEAD), head=ld(node)))
    assert (article.section, article.keywords) == ("Local", ["bridge"])


def test_headline_in_a_meta_element_of_that_name() -> None:
    head = '<meta name="headline" content="River park opens"><title>River park opens-Local_ RV</title>'
    assert read(f"<html><head>{head}</head><body><p>{LEAD}</p></body></html>").headline == "River park opens"


def test_language_claimed_by_a_template_for_a_text_in_another() -> None:
    text = (
        "Die Ingenieure haben jeden Pfeiler der Brücke zweimal geprüft, bevor der erste Lastwagen über sie fahren "
        "durfte. Der Rat will ein Jahr lang den Verkehr zählen und dann entscheiden, ob es eine zweite Brücke braucht. "
        "Das Geld dafür ist im Haushalt noch nicht vorgesehen, sagte die Bürgermeisterin der Stadt, und es wird auch "
        "in dem Jahr nach der Wahl nicht für den Bau zu haben sein, wenn sich an den Steuern nichts ändert."
    )
    locale = '<meta property="og:locale" content="de_DE">'
    assert read(whole_page(paragraphs(text), head=locale, lang="en")).language == "de"
    assert read(whole_page(paragraphs(text), lang="en")).language is None


def test_publisher_of_microdata_is_the_outlet() -> None:
    item = (
        "<div itemscope itemtype=https://schema.org/NewsArticle><h1 itemprop=headline>A park opens</h1>"
        "<span itemprop=publisher itemscope itemtype=https://schema.org/Organization>"
        f"<meta itemprop=name content='River Voice'></span><p>{LEAD}</p></div>"
    )
    assert read(f"<html><head><title>A park opens</title></head><body>{item}</body></html>").outlet == "River Voice"


def test_a_name_as_long_as_a_text_is_no_outlet_s() -> None:
    article = read(whole_page(paragraphs(LEAD), head=f'<meta property="og:site_name" content="{"River " * 40}">'))
    assert article.outlet is None
