"""Rules of a source's file stand above what the page says in general, each for its own days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from newscrawl.extraction import EXTRACTOR, extract
from newscrawl.extraction.dates.form import in_form
from newscrawl.items import Article, Evidence, Page
from newscrawl.sources.source import ArticlePatterns, Rule
from tests.extraction.newspaper import source

FIRST = "افتتح أهالي الحي صباح اليوم سوقهم الجديد بعد عام من العمل المتواصل في ترميم الأبنية القديمة."
SECOND = "وقال المشرفون إن السوق يضم ستين دكانا ومقهى صغيرا يطل على النهر، وإن الدخول إليه مجاني."
LAST = "ويستقبل السوق زواره حتى منتصف الليل طوال أيام الأسبوع."
AD = "نرحب بكل القراء في معرضنا السنوي للكتب المستعملة الذي يقام في قاعة البلدية كل خميس من الشهر."
OUTSIDE = "نص طويل آخر لا علاقة له بالموضوع يقع خارج حاوية المقال ويظهر في أسفل الصفحة لكل القراء دائما."
HTML = f"""<html><head><title>سوق</title><meta property="og:title" content="عنوان آخر تماما من الوسوم">
<meta name="author" content="نادر حداد"><meta name="description" content="وصف الوسوم"></head><body>
<h1>أخبار الدار</h1>
<div class=art><h2 class=ttl>افتتاح سوق الحي الجديد في المدينة القديمة</h2>
<span class=who>سلمى الخطيب</span> <span class=desk>قسم المدينة</span>
<span class=when data-at="2026-11-20 08:05">٢٢ تشرين الثاني ٢٠٢٦ - 21:30</span><img class=photo src="/photo.jpg">
<div class=txt><p>{FIRST}</p><p>{SECOND}</p>
<p>زاوية الدار: <a href="/n/12345">حديقة النهر تفتح أبوابها للأطفال</a></p>
<div class=zz><p>{AD}</p></div><p>{LAST}</p></div></div>
<div class=other><p>{OUTSIDE}</p></div></body></html>"""
FETCHED = datetime(2026, 11, 23, 12, tzinfo=UTC)


def read(*rules: Rule, fetched_at: datetime | None = FETCHED, html: str = HTML, **file: Any) -> Article:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    page = Page(url="https://news.example/n/99", body=html.encode(), headers=headers, fetched_at=fetched_at)
    return extract(page, source(rules=rules, **file))


def paragraphs(article: Article) -> list[str]:
    return [block.text for block in article.blocks]


def test_the_page_without_rules_is_read_wrongly() -> None:
    article = read()
    assert article.headline == "عنوان آخر تماما من الوسوم"
    assert article.authors == ["نادر حداد"]
    assert {AD, OUTSIDE} <= set(paragraphs(article))
    assert article.related_links == []
    assert (article.extractor, article.rule_misses) == (EXTRACTOR, [])


@pytest.mark.parametrize(
    ("rule", "field", "value"),
    [
        (Rule(headline=("h2.ttl",)), "headline", "افتتاح سوق الحي الجديد في المدينة القديمة"),
        (Rule(headline=(".none", "xpath://h2",)), "headline", "افتتاح سوق الحي الجديد في المدينة القديمة"),
        (Rule(authors=(".who",)), "authors", ["سلمى الخطيب"]),
        (Rule(byline=(".who",)), "byline", "سلمى الخطيب"),
        (Rule(byline=(".who",)), "authors", ["سلمى الخطيب"]),
        (Rule(description=("title",)), "description", "سوق"),
        (Rule(section=(".desk",)), "section", "قسم المدينة"),
        (Rule(keywords=("xpath:concat('سوق، ', //span[@class='desk'])",)), "keywords", ["سوق", "قسم المدينة"]),
        (Rule(main_image=("img.photo",)), "main_image", "https://news.example/photo.jpg"),
        (Rule(outlet=("h1",)), "outlet", "أخبار الدار"),
        (Rule(language="ar"), "language", "ar"),
        (
            Rule(published_at=(".when",), date_format=("%Y", "%d %B %Y - %H:%M"), timezone="Asia/Baghdad"),
            "published_at",
            datetime.fromisoformat("2026-11-22T21:30+03:00"),
        ),
        (Rule(published_at=(".when::attr(data-at)",)), "published_at", datetime(2026, 11, 20, 8, 5)),  # noqa: DTZ001
        (Rule(modified_at=(".when::attr(data-at)",), date_format=("%Y-%m-%d %H:%M",)), "modified_at_raw",
         "2026-11-20 08:05"),
    ],
)  # fmt: skip
def test_a_selector_stands_above_other_evidence(rule: Rule, field: str, value: object) -> None:
    article = read(rule)
    assert getattr(article, field) == value
    assert article.evidence[field.removesuffix("_raw")] is Evidence.RULE
    assert article.rule_misses == []


def test_the_body_is_looked_for_in_the_kept_container_without_what_is_dropped() -> None:
    assert paragraphs(read(Rule(keep=(".txt",), related_labels=("زاوية الدار",)))) == [FIRST, SECOND, AD, LAST]
    article = read(Rule(keep=(".txt",), drop=(".zz",), related_labels=("زاوية الدار",)))
    assert paragraphs(article) == [FIRST, SECOND, LAST]
    assert article.evidence["body"] is Evidence.RULE
    (link,) = article.related_links
    assert (link.headline, link.url, link.label, link.placement) == (
        "حديقة النهر تفتح أبوابها للأطفال", "https://news.example/n/12345", "زاوية الدار", "inline",
    )  # fmt: skip


def test_a_body_is_taken_as_it_stands() -> None:
    short = "<html><body><h1>Title of it</h1><ul class=x><li>One.<li>Two, By us.</ul><p>Not this.</p></body></html>"
    article = read(Rule(body=(".x",)), html=short)
    assert [(block.type, block.text) for block in article.blocks] == [
        ("list_item", "One."), ("list_item", "Two, By us."),
    ]  # fmt: skip


def test_a_short_kept_container_is_read_though_nothing_looks_like_an_article() -> None:
    article = read(
        Rule(keep=(".x",)), html="<html><body><h1>Title</h1><div class=x>Open.</div><p>No.</p></body></html>"
    )
    assert article.body == "Open."


def test_own_labels_last_no_longer_than_the_page() -> None:
    assert read(Rule(related_labels=("زاوية الدار",))).related_links
    assert read().related_links == []


def test_what_a_rule_does_not_find_is_read_as_without_it_and_told() -> None:
    rule = Rule(
        keep=(".none",), headline=("#none", "xpath://h7"), body=(".other > i",),
        published_at=(".when",), date_format=("%d/%m/%Y",),
    )  # fmt: skip
    article, without = read(rule), read()
    assert (article.headline, article.body) == (without.headline, without.body)
    assert article.published_at == without.published_at
    assert Evidence.RULE not in article.evidence.values()
    assert sorted(article.rule_misses) == [
        "body: '.other > i' found nothing",
        "headline: '#none' and 'xpath://h7' found nothing",
        "keep: '.none' found nothing",
        "published_at: '٢٢ تشرين الثاني ٢٠٢٦ - 21:30' is not written as '%d/%m/%Y'",
    ]


@pytest.mark.parametrize("selector", ["xpath://h2[re:test(., '(')]", "xpath://h2[count('a')]"])
def test_a_selector_that_fails_on_a_page_is_a_miss(selector: str) -> None:
    article, without = read(Rule(headline=(selector,), drop=(selector,), keep=(selector,))), read()
    assert (article.headline, article.body) == (without.headline, without.body)
    assert sum("cannot be asked of this page" in miss for miss in article.rule_misses) == 3
    assert f"keep: {selector!r} found nothing" in article.rule_misses


def test_a_container_without_text_is_none() -> None:
    article = read(Rule(keep=(".photo",)))
    assert article.body == read().body
    assert article.rule_misses == ["keep: the container holds no text"]


def test_no_rule_dates_an_article_after_its_fetch() -> None:
    rule = Rule(published_at=(".when",), date_format=("%d %B %Y - %H:%M",), timezone="UTC")
    article = read(rule, fetched_at=datetime(2026, 11, 22, tzinfo=UTC))
    assert article.evidence.get("published_at") is not Evidence.RULE
    assert len(article.rule_misses) == 1


@pytest.mark.parametrize(
    ("fetched_at", "headline"),
    [
        (datetime(2025, 12, 31, 23, 59, tzinfo=UTC), "أخبار الدار"),
        (datetime(2026, 1, 1, tzinfo=UTC), "افتتاح سوق الحي الجديد في المدينة القديمة"),
        (datetime.fromisoformat("2026-01-01T01:00+03:00"), "أخبار الدار"),
        (datetime(2027, 1, 1, tzinfo=UTC), "عنوان آخر تماما من الوسوم"),
        (None, "عنوان آخر تماما من الوسوم"),
    ],
)
def test_a_page_is_read_with_the_rule_of_its_day(fetched_at: datetime | None, headline: str) -> None:
    before = Rule(headline=("h1",), valid_until=date(2025, 12, 31))
    after = Rule(headline=("h2",), valid_from=date(2026, 1, 1), valid_until=date(2026, 12, 31))
    article = read(before, after, fetched_at=fetched_at)
    assert article.headline == headline
    assert article.extractor == read(before, after).extractor, "the rules are one version, whichever of them holds"


def test_the_extractor_names_the_state_of_the_rules() -> None:
    one, same, other = (read(Rule(headline=(selector,))).extractor for selector in ("h1", "h1", "h2"))
    assert one == same != other
    assert one is not None
    assert one.startswith(f"{EXTRACTOR} rules/")


def test_a_rule_s_encoding_zone_and_patterns_stand_above_the_source_s() -> None:
    rule = Rule(
        encoding="windows-1256", timezone="Asia/Baghdad", language="ar", articles=ArticlePatterns(allow=("/n/",)),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    own = source(rules=(rule,), encoding="utf-8", timezone="UTC", articles=ArticlePatterns(deny=("/n/",)))
    now, before = own.on(FETCHED), own.on(datetime(2025, 1, 1, tzinfo=UTC))
    assert (now.encoding, now.timezone, now.main_language) == ("windows-1256", "Asia/Baghdad", "ar")
    assert now.articles.allows("https://news.example/n/1")
    assert not now.articles.denies("https://news.example/n/1")
    assert before == own
    body = HTML.encode("windows-1256", "ignore")
    article = extract(Page(url="https://news.example/n/99", body=body, fetched_at=FETCHED), own)
    assert FIRST in (article.body or "")


@pytest.mark.parametrize(
    ("text", "form", "language", "read"),
    [
        ("03/04/2026", "%m/%d/%Y", "en", date(2026, 3, 4)),
        ("03/04/2026", "%d/%m/%Y", None, date(2026, 4, 3)),
        ("۲۲/۱۱/۲۰۲۶", "%d/%m/%Y", "fa", date(2026, 11, 22)),
        ("22 نونبر 2026 الساعة 09:30", "%d %B %Y الساعة %H:%M", "ar", datetime(2026, 11, 22, 9, 30)),  # noqa: DTZ001
        ("الأحد 22 نوفمبر 2026 | 09:30 م", "%A %d %B %Y | %I:%M %p", "ar", datetime(2026, 11, 22, 21, 30)),  # noqa: DTZ001
        ("3. März 2026, 12:30 Uhr", "%d. %B %Y, %H:%M Uhr", "de", datetime(2026, 3, 3, 12, 30)),  # noqa: DTZ001
        ("2026-05-01T10:00+0300", "%Y-%m-%dT%H:%M%z", None, datetime.fromisoformat("2026-05-01T10:00+03:00")),
        ("1 May", "%d/%m/%Y", "en", None),
        ("31/02/2026", "%d/%m/%Y", "en", None),
    ],
)
def test_a_stated_form_is_read(text: str, form: str, language: str | None, read: object) -> None:
    assert in_form(text, form, language) == read
