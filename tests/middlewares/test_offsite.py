from __future__ import annotations

import pytest
from scrapy import Request

from newscrawl.middlewares.offsite import Offsite, OffsiteMiddleware, UnusableURL
from newscrawl.sources import Source

SOURCE = Source(
    source_id="news", outlet="News", homepage="https://news.example", country="xx", hosts=("news-live.example",)
)


@pytest.mark.parametrize(
    "url", ["https://news.example/a", "http://sport.news.example/a", "https://www.news-live.example/a"]
)
def test_requests_on_the_site_pass(url: str) -> None:
    OffsiteMiddleware().process_request(Request(url, meta={"site": SOURCE}))


@pytest.mark.parametrize("url", ["https://other.example/news.example", "https://fakenews.example/"])
def test_requests_off_the_site_end(url: str) -> None:
    with pytest.raises(Offsite, match=r"not on the site of news"):
        OffsiteMiddleware().process_request(Request(url, meta={"site": SOURCE}))


def test_requests_of_no_source_go_anywhere() -> None:
    OffsiteMiddleware().process_request(Request("https://other.example/", meta={"site": None}))
    OffsiteMiddleware().process_request(Request("https://other.example/"))


def test_a_url_that_is_too_long_is_not_asked_for() -> None:
    with pytest.raises(UnusableURL, match=r"no URL, or one that is too long"):
        OffsiteMiddleware().process_request(Request("https://news.example/" + "x" * 3000))
