from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from newscrawl.discovery.candidates import accepts, aware_time, is_article_url, within_age
from newscrawl.items import Candidate
from newscrawl.sources.source import ArticlePatterns, Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def source(**fields: object) -> Source:
    given: dict[str, object] = {"homepage": "https://www.example.com/", **fields}
    return Source(source_id="example", outlet="Example", country="xx", **given)  # type: ignore[arg-type]


def at(path: str) -> str:
    return "https://www.example.com" + quote(path, safe="/?=&%:.,~+_-")


ARTICLES = [
    "/43643",
    "/43643/",
    "/2026/11/3/ministers-meet",
    "/2026/11/03/world/europe/storm-hits-coast.html",
    "/2026/11/03/world/storm-coast/index.html",
    "/world/2026/nov/03/ministers-meet",
    "/2026/11/budget-vote/",
    "/internacional/2026-11-03/acuerdo.html",
    "/20261103/acuerdo-1094567890.html",
    "/ar/story/2026/11/3/وزير-المالية/7654321",
    "/arab-and-world/egypt/2026/11/03/قمة-القاهرة",
    "/News/4567890.aspx",
    "/News/4567890/وزير-المالية",
    "/news/news_egypt/details/2026/11/3/2345678/زلزال",
    "/middle-east/1712345-زلزال-تركيا",
    "/وزير-الخارجية-يبحث-مع-نظيره-تطورات-المنطقة",
    "/%D9%88%D8%B2%D9%8A%D8%B1-%D8%A7%D9%84%D9%85%D8%A7%D9%84%D9%8A%D8%A9-%D9%8A%D8%B9%D9%84%D9%86-%D8%A7%D9%84%D8%AE%D8%B7%D8%A9/",
    "/سياسة/وزير المالية يعلن الخطة",
    "/politics/وزير_المالية_يعلن_الخطة_الجديدة",
    "/archives/12345",
    "/archives/987",
    "/?p=123",
    "/news.aspx?id=8812",
    "/news.php?id=7",
    "/ArticleDetails.aspx?ArticleID=55",
    "/index.php?option=com_content&view=article&id=12:storm",
    "/NewsDetails.asp?news_id=991&lang=ar",
    "/news/articles/c4gz9x1w2ryo",
    "/arabic/articles/cq8x0zg2p1yo",
    "/ar/وزير-المالية/a-71234567",
    "/ar/1.1712345",
    "/article/us-storm-0123456789abcdef0123456789abcdef",
    "/politik/sturm-a-3f1c9a52-7d4e-4b7c-9d1e-0a2b3c4d5e6f",
    "/monde/article/2026/11/03/tempete_6543210_3210.html",
    "/tempete-sur-la-cote-nord-quatre-blesses",
    "/world/ministers-meet-over-the-water-crisis",
    "/business/ministers-water-idUSKBN2A1B2C3",
    "/haber/12",
    "/خبر/77",
    "/node/315",
    "/post/9",
    "/view/AKR20261103012300",
    "/news/612345-storm-coast/",
    "/news/articles/storm-hits-northern-coast",
    "/رياضة/الاهلي-يفوز-على-الزمالك-بثلاثة-أهداف.html",
    "/fa/news/1234567/سیل-در-شمال",
    "/iw/article/bk11abcdef22",
    "/storypage.php?autono=166607",
    "/news_info.php?SerialNo=83141",
    "/news,139377.html",
    "/Entwurf/!5928990/",
]

OTHERS = [
    "",
    "/",
    "/index.html",
    "/index.php",
    "/ar",
    "/ar/",
    "/en/home.aspx",
    "/politics",
    "/middle-east",
    "/science-and-environment",
    "/latin-america-and-the-caribbean",
    "/رياضة",
    "/أخبار-مصر",
    "/اقتصاد/بنوك-وشركات",
    "/tag/elections-2026-results-and-reactions",
    "/tags/12345",
    "/وسم/وزارة-المالية-في-مصر-الجديدة",
    "/topic/storm/123456",
    "/category/politics/",
    "/category/12345",
    "/category.php?id=5",
    "/section.aspx?id=3",
    "/index.php?option=com_content&view=category&id=12",
    "/تصنيف/أخبار",
    "/author/jane-doe-senior-political-editor",
    "/كاتب/77123",
    "/kategori/12345",
    "/auteur/98765-durand",
    "/search?q=storm&id=12345",
    "/?s=storm",
    "/login",
    "/about-us",
    "/about",
    "/من-نحن",
    "/اتصل-بنا",
    "/contact",
    "/privacy-policy",
    "/سياسة-الخصوصية",
    "/terms-and-conditions",
    "/impressum",
    "/page/2",
    "/politics/page/12345",
    "/politics?page=2",
    "/politics?p=2",
    "/?page_id=12",
    "/?cat=12345",
    "/list.php?catid=12345",
    "/browse.php?section_id=12345",
    "/browse.php?sid_session=1&page=12345",
    "/2026",
    "/2026/11",
    "/2026/11/03/",
    "/2026-11-03",
    "/archive/2026/11/",
    "/feed/",
    "/rss/12345",
    "/rss.xml",
    "/politics/rss",
    "/sitemap.xml",
    "/images/storm-hits-the-northern-coast-1234567.jpg",
    "/wp-content/uploads/2026/11/report-of-the-commission.pdf",
    "/audio/2026/11/03/bulletin.mp3",
    "/world-cup-2026",
    "/2026",
    "/newsletter/morning-briefing-from-our-newsroom",
    "/contributors/1234567",
    "/cdn-cgi/l/email-protection",
]


@pytest.mark.parametrize("path", ARTICLES)
def test_what_looks_like_an_article_is_one(path: str) -> None:
    assert is_article_url(at(path), source())


@pytest.mark.parametrize("path", OTHERS)
def test_lists_people_services_and_files_are_none(path: str) -> None:
    assert not is_article_url(at(path), source())


@pytest.mark.parametrize("path", ["/politics/vote", "/حوار", "/tag/x", "/2026/11"])
def test_what_a_feed_lists_needs_no_look_of_an_article(path: str) -> None:
    assert is_article_url(at(path), source(), listed_as_article=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/",
        "https://www.example.com",
        "https://www.example.com/photo.jpg",
        "https://elsewhere.org/2026/11/03/storm-hits-coast",
        "https://notexample.com/43643",
        "ftp://www.example.com/43643",
        "javascript:void(0)",
        "mailto:desk@example.com",
        "https://[bad/43643",
        "",
    ],
)
def test_listing_does_not_make_an_article_of_these(url: str) -> None:
    assert not is_article_url(url, source(), listed_as_article=True)


def test_deny_stands_above_allow_and_listing() -> None:
    outlet = source(articles=ArticlePatterns(allow=(r"/story/",), deny=(r"/story/sponsored-",)))
    assert is_article_url(at("/story/x"), outlet)
    assert not is_article_url(at("/story/sponsored-1234567"), outlet)
    assert not is_article_url(at("/story/sponsored-1234567"), outlet, listed_as_article=True)


def test_allow_needs_no_generic_test_but_the_site() -> None:
    outlet = source(articles=ArticlePatterns(allow=(r"/tag/live$",)))
    assert is_article_url(at("/tag/live"), outlet)
    assert not is_article_url("https://elsewhere.org/tag/live", outlet)
    assert is_article_url(at("/43643"), outlet), "what no pattern matches still has the generic test"


def candidate(kind: str = "sitemap", modified_at: datetime | None = None, **evidence: str) -> Candidate:
    return Candidate(
        url=at("/vote"), kind=kind, modified_at=modified_at, evidence=evidence  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("published", "kept"),
    [
        ("2026-11-20T10:00:00Z", True),
        ("2026-11-01T10:00:00+02:00", False),
        ("2026-11-20", True),
        ("2026-10-20", False),
        ("Fri, 20 Nov 2026 10:00:00 GMT", True),
        ("Tue, 20 Oct 2026 10:00:00 EET", False),
        ("20 نوفمبر 2026", True),
        ("20 أكتوبر 2026", False),
        ("20 octobre 2026", False),
        ("yesterday", True),
        ("October", True),
        ("0000-00-00", True),
        ("9" * 1_000_000, True),
        ("0001-01-01T00:00:00+14:00", True),
        ("1970-01-01T00:00:00Z", True),
        ("", True),
    ],
)
def test_age_limit_keeps_recent_and_unknown_dates(published: str, kept: bool) -> None:
    assert (
        within_age(candidate(published=published), source(max_age_days=7, languages=("ar", "fr", "no-such")), NOW)
        is kept
    )


def test_without_limit_everything_is_recent() -> None:
    assert within_age(candidate(published="1999-01-01"), source(), NOW)
    assert within_age(candidate(published="0002-01-01T00:00:00Z"), source(max_age_days=999_999_999), NOW)


def test_the_latest_date_counts() -> None:
    old, new = "2020-01-01T00:00:00Z", "2026-11-21T00:00:00Z"
    assert within_age(candidate(published=old, updated=new), source(max_age_days=7), NOW)
    assert within_age(candidate(published=old, modified_at=NOW - timedelta(days=1)), source(max_age_days=7), NOW)
    assert not within_age(candidate(modified_at=NOW - timedelta(days=8)), source(max_age_days=7), NOW)


def test_times_without_offset_are_read_in_the_sources_zone() -> None:
    stated = candidate(published="2026-11-21 23:30:00")
    now = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    assert within_age(stated, source(max_age_days=1, timezone="UTC"), now)
    assert not within_age(stated, source(max_age_days=1, timezone="Africa/Cairo"), now)


def test_accepts_weighs_the_kind() -> None:
    assert accepts(candidate("feed"), source(), NOW)
    assert accepts(candidate("sitemap", title="Vote"), source(), NOW)
    assert not accepts(candidate("sitemap", updated="2026-11-20"), source(), NOW)
    assert not accepts(candidate("section", title="Vote"), source(), NOW)
    assert not accepts(candidate("related"), source(), NOW)
    assert accepts(Candidate(url="https://elsewhere.org/", kind="given"), source(), NOW)
    assert not accepts(candidate("feed", published="2020-01-01"), source(max_age_days=7), NOW)


def test_aware_time_guesses_no_offset() -> None:
    assert aware_time("2026-11-20T10:00:00+02:00") == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert aware_time("Fri, 20 Nov 2026 10:00:00 +0200") == datetime(2026, 11, 20, 8, tzinfo=UTC)
    for unknown in ("2026-11-20T10:00:00", "2026-11-20", "soon", "", None, "0001-01-01T00:00:00+14:00"):
        assert aware_time(unknown) is None
