from __future__ import annotations

import pytest

from newscrawl.extraction.walls import stated_wall
from newscrawl.items import Page

_DATA = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A", %s}</script>'


@pytest.mark.parametrize(
    ("head", "walled"),
    [
        (_DATA % '"isAccessibleForFree": false', True),
        (_DATA % '"isAccessibleForFree": "False"', True),
        (_DATA % '"isAccessibleForFree": "https://schema.org/False"', True),
        (_DATA % '"isAccessibleForFree": true', False),
        (_DATA % '"isAccessibleForFree": "True"', False),
        (_DATA % '"keywords": "false"', False),
        ('<meta property="article:content_tier" content="metered">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ("", False),
    ],
)
def test_a_page_says_whether_it_is_free_to_read(head: str, walled: bool) -> None:
    html = f"<html><head><title>A</title>{head}</head><body><p>Text.</p></body></html>"
    assert stated_wall(Page(url="https://a.example/1", body=html.encode())) is walled


def test_nothing_says_nothing() -> None:
    assert not stated_wall(Page(url="https://a.example/1", body=b""))
