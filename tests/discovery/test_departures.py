from __future__ import annotations

import pytest

from newscrawl.discovery.departures import led_away
from newscrawl.items import TO_HOME, TO_SECTION
from newscrawl.sources.source import ArticlePatterns, Source

HOME = "https://news.example"


def source(allow: str | None = None, sections: tuple[str, ...] = ()) -> Source:
    patterns = ArticlePatterns(allow=(allow,) if allow else ())
    return Source(source_id="news", country="xx", outlet="News", homepage=HOME, sections=sections, articles=patterns)


@pytest.mark.parametrize(
    ("asked", "final", "why"),
    [
        ("/politics/2026/01/story-of-the-day", "/", TO_HOME),
        ("/politics/2026/01/story-of-the-day", "", TO_HOME),
        ("/politics/2026/01/story-of-the-day", "/?utm_source=gone", TO_HOME),
        ("/politics/2026/01/story-of-the-day", "/index.html", TO_HOME),
        ("/ar/article/12345", "/ar/", TO_HOME),
        ("/article/12345", "/en-us", TO_HOME),
        ("/politics/2026/01/story-of-the-day", "/politics/", TO_SECTION),
        ("/news/politics/12345", "/politics", TO_SECTION),
        ("/politics/2026/01/05/story-of-the-day", "/politics/2026/01/", TO_SECTION),
        ("/a/12345", "/lists/all", TO_SECTION),
        ("/politics/short-slug", "/politics", TO_SECTION),
        ("/politics/short-slug/print", "/politics/short-slug", None),
        ("/politics/short-slug/2", "/politics/short-slug", None),
        ("/politics/short-slug/amp", "/politics/short-slug", None),
        # What may be the article at another address.
        ("/?p=123", "/?p=124", None),
        ("/2026/01/05/short-slug", "/short-slug", None),
        ("/politics/2026/01/story", "/sport", None),
        ("/politics/12345", "/politics/12345/the-story-has-a-slug-now", None),
        ("/politics/12345", "/news/12345", None),
        ("/12345", "/12345.html", None),
    ],
)
def test_where_a_redirect_led(asked: str, final: str, why: str | None) -> None:
    assert led_away(HOME + asked, HOME + final, source(sections=(HOME + "/lists/all/",))) == why


def test_what_allow_matches_is_an_article() -> None:
    assert led_away(f"{HOME}/city/12345", f"{HOME}/city/", source("/city/$")) is None
    assert led_away(f"{HOME}/ar/12345", f"{HOME}/ar", source("/ar$")) is None
    assert led_away(f"{HOME}/ar/12345", f"{HOME}/", source(".")) == TO_HOME, (
        "the home page is none, whatever a file says"
    )


def test_pages_of_no_source() -> None:
    assert led_away(f"{HOME}/city/12345", f"{HOME}/city/", None) == TO_SECTION
    assert led_away(f"{HOME}/city/12345", f"{HOME}/", None) == TO_HOME
