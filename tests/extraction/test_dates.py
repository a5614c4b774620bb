# ruff: noqa: DTZ001 (a time without offset is what these pages state)
"""The order in which evidence of a page's times is believed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from newscrawl.items import Article
from tests.extraction.newspaper import HEADLINE, LEAD, SECOND, URL, paragraphs, read, source, whole_page

META = '<meta property="article:published_time" content="2024-05-18T08:00:00+00:00">'
PRINTED = "<div class=when>الخميس 16 مايو 2024 06:00 م</div>"


def json_ld(**fields: object) -> str:
    """A script with one article."""
    node = {"@type": "NewsArticle", "headline": HEADLINE, "datePublished": "2024-05-17T07:00:00Z", **fields}
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def page(head: str = "", above: str = "", *, body: str = paragraphs(LEAD, SECOND), url: str = URL) -> Article:
    """The article of a page with this head and this between headline and text."""
    return read(whole_page(body, head=head, above=above), url=url)


@pytest.mark.parametrize(
    ("head", "raw"),
    [
        (META + json_ld(), "2024-05-17T07:00:00Z"),
        (META, "2024-05-18T08:00:00+00:00"),
        ("", "الخميس 16 مايو 2024 06:00 م"),
    ],
)
def test_order_of_evidence(head: str, raw: str) -> None:
    assert page(head, PRINTED).published_at_raw == raw


@pytest.mark.parametrize(
    "name",
    ["article:published:time", "article:published_time", "sailthru.date", "parsely-pub-date", "DC.date.issued",
     "citation_publication_date", "publish-date", "og:pubdate"],
)  # fmt: skip
def test_names_of_meta_elements_count_without_their_dividers(name: str) -> None:
    article = page(f'<meta name="{name}" content="2024-05-18T08:00:00+03:00">')
    assert article.published_at == datetime(2024, 5, 18, 8, tzinfo=timezone(timedelta(hours=3)))


def test_a_meta_element_that_says_only_date_yields_to_what_is_printed() -> None:
    head = '<meta name="date" content="2024-05-19T11:00:00+03:00">'
    assert page(head, PRINTED).published_at == datetime(2024, 5, 16, 18)
    assert page(head).published_at == datetime(2024, 5, 19, 8, tzinfo=UTC)


def test_what_cannot_be_read_yields_to_the_next_evidence() -> None:
    article = page(json_ld(datePublished="2099-01-01T00:00:00Z") + META)
    assert article.published_at == datetime(2024, 5, 18, 8, tzinfo=UTC)


def test_what_cannot_be_read_is_kept_as_given() -> None:
    article = page(json_ld(datePublished="soon", dateModified="later"))
    assert (article.published_at, article.published_at_raw) == (None, "soon")
    assert (article.modified_at, article.modified_at_raw) == (None, "later")


def test_json_ld_of_another_article_is_not_believed() -> None:
    other = json_ld(headline="خبر آخر عن موسم الزيتون", url="https://news.example/story/3")
    assert page(other, PRINTED).published_at == datetime(2024, 5, 16, 18)
    assert page(json_ld(url="https://news.example/old-address")).published_at_raw == "2024-05-17T07:00:00Z"


def test_json_ld_of_the_page_itself_stands_in_for_its_article_s() -> None:
    node = '<script type="application/ld+json">{"@type":"WebPage","url":"%s","datePublished":"2024-05-15"}</script>'
    assert page(node % URL).published_at == date(2024, 5, 15)
    assert page(node % "https://news.example/story/3").published_at is None


def test_microdata_of_comments_and_videos_is_not_the_article_s() -> None:
    video = (
        '<div itemscope itemtype="https://schema.org/VideoObject">'
        '<meta itemprop="datePublished" content="2024-05-01T08:00:00Z"></div>'
    )
    own = '<meta itemprop="datePublished" content="2024-05-15T08:00:00Z">'
    assert page(above=video + own).published_at_raw == "2024-05-15T08:00:00Z"
    assert page(above=video).published_at is None
    abbreviated = '<abbr itemprop="datePublished" title="2024-05-15T08:00:00+03:00">8:00</abbr>'
    assert page(above=abbreviated).published_at_raw == "2024-05-15T08:00:00+03:00"


def test_a_day_is_made_precise_by_evidence_of_the_same_day() -> None:
    day = '<meta property="article:published_time" content="2024-05-16">'
    assert page(day, PRINTED).published_at == datetime(2024, 5, 16, 18)
    assert page(day.replace("16", "15"), PRINTED).published_at == date(2024, 5, 15)


def test_the_url_s_day_stands_last_and_checks_what_is_printed() -> None:
    dated = "https://news.example/2024/05/14/story"
    assert page(url=dated).published_at == date(2024, 5, 14)
    assert page(above=PRINTED, url=dated).published_at == date(2024, 5, 14)
    assert page(above=PRINTED, url=dated.replace("14", "16")).published_at == datetime(2024, 5, 16, 18)
    assert page(META, url=dated).published_at == datetime(2024, 5, 18, 8, tzinfo=UTC)


def test_a_stamp_later_than_the_last_change_yields_to_an_earlier_printed_day() -> None:
    modified = '<meta property="article:modified_time" content="2024-05-18T07:59:00+00:00">'
    assert page(META + modified, PRINTED).published_at == datetime(2024, 5, 16, 18)
    later = modified.replace("07:59", "08:01")
    assert page(META + later, PRINTED).published_at == datetime(2024, 5, 18, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "above", "local"),
    [
        # the same instant with its time of day; the day and the time apart; the day alone, as its first instant
        ("2024-05-18T22:30:10Z", "<p>الأحد 19 مايو 2024 01:30 ص</p>", "2024-05-19T01:30:10+03:00"),
        ("2024-05-18T22:30:10Z", "<p>19 مايو 2024</p><p>هدى سالم @ 01:30</p>", "2024-05-19T01:30:10+03:00"),
        ("2024-05-17T22:00:00Z", "<p>18 مايو 2024</p>", "2024-05-18T00:00:00+02:00"),
        # the day before, and the day that it is in UTC
        ("2024-05-18T02:18:11Z", "<p>17 مايو 2024</p>", "2024-05-17T23:18:11-03:00"),
        ("2024-05-18T02:18:11Z", "<p>18 مايو 2024</p>", "2024-05-18T02:18:11+00:00"),
        # a clock of the text, an hour and a half off: no zone is
        ("2024-05-18T02:30:00Z", "<p>18 مايو 2024</p><p>04:00 عودة الهدوء</p>", "2024-05-18T02:30:00+00:00"),
        # another time: a later change
        ("2024-05-18T02:18:11Z", "<p>18 مايو 2024 07:44 ص</p>", "2024-05-18T02:18:11+00:00"),
        # no zone is that far from UTC
        ("2024-05-18T15:00:00Z", "<p>17 مايو 2024</p>", "2024-05-18T15:00:00+00:00"),
    ],
)
def test_an_instant_in_utc_is_given_as_the_page_prints_it(stated: str, above: str, local: str) -> None:
    published = page(json_ld(datePublished=stated), above).published_at
    assert published is not None
    assert published.isoformat() == local


@pytest.mark.parametrize(
    ("settings", "local"),
    [
        ('{"timezone":{"offset":"3","string":"Asia\\/Riyadh","abbr":""}}', "2024-05-19T01:30:10+03:00"),
        ('{"timezone":{"short":"ET","long":"America/New_York"}}', "2024-05-18T18:30:10-04:00"),
        ("{timeZone: 'Asia/Kolkata'}", "2024-05-19T04:00:10+05:30"),
        ('{"timezone":"Asia/Riyadh","event":{"timezone":"Africa/Cairo"}}', "2024-05-18T22:30:10+00:00"),
        ('{"timezone":"Asia/Nowhere"}', "2024-05-18T22:30:10+00:00"),
        ('{"plugin_timezone_string":"Asia/Riyadh"}', "2024-05-18T22:30:10+00:00"),
    ],
)
def test_an_instant_in_utc_is_given_in_the_zone_of_the_site_s_settings(settings: str, local: str) -> None:
    head = f"{json_ld(datePublished='2024-05-18T22:30:10Z')}<script>var site = {settings};</script>"
    published = page(head).published_at
    assert published is not None
    assert published.isoformat() == local
    # What the page prints goes before.
    printed = page(head, "<p>الأحد 19 مايو 2024 01:30 ص</p>").published_at
    assert printed is not None
    assert printed.isoformat() == "2024-05-19T01:30:10+03:00"


def test_where_the_source_marks_local_times_as_utc_they_are_its_zone_s() -> None:
    html = whole_page(paragraphs(LEAD), head=json_ld(dateModified="2024-05-17T09:00:00+00:00"))
    article = read(html, source(timezone="Africa/Cairo", utc_is_local=True))
    assert article.published_at == datetime(2024, 5, 17, 7, tzinfo=ZoneInfo("Africa/Cairo"))
    assert article.modified_at == datetime(2024, 5, 17, 9, tzinfo=ZoneInfo("Africa/Cairo"))
    assert article.published_at_raw == "2024-05-17T07:00:00Z"


def test_data_attributes_named_for_a_publication_stand_last() -> None:
    stamp = '<div data-publish-date="2024.05.15 18:40"></div>'
    assert page(above=stamp).published_at == datetime(2024, 5, 15, 18, 40)
    assert page(above=stamp + stamp.replace("15", "14")).published_at is None
    assert page(above=stamp.replace("publish", "expiry")).published_at is None
    assert page(above=PRINTED + stamp).published_at == datetime(2024, 5, 16, 18)
