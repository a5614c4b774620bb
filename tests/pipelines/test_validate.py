from __future__ import annotations

import pytest
from scrapy.exceptions import DropItem

from newscrawl.items import Article
from newscrawl.pipelines.validate import ValidatePipeline


def article(headline: str | None, body: str | None) -> Article:
    return Article(id="0", url="https://news.example/a", url_key="news.example/a", headline=headline, body=body)


def test_an_article_with_headline_and_body_passes() -> None:
    whole = article("Headline", "Body")
    assert ValidatePipeline().process_item(whole) is whole


@pytest.mark.parametrize(
    ("headline", "body", "reason"),
    [(None, "Body", "no_headline"), ("Headline", None, "no_body"), (None, None, "no_headline")],
)
def test_what_is_no_article_is_dropped_with_a_reason(headline: str | None, body: str | None, reason: str) -> None:
    with pytest.raises(DropItem, match=f"^{reason}$"):
        ValidatePipeline().process_item(article(headline, body))
