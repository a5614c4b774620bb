"""Boxes that are named as furniture leave the body, whatever else is named so stays."""

from __future__ import annotations

import pytest

from tests.extraction.newspaper import LEAD, SECOND, THIRD, paragraphs, read, whole_page

NOTE = "Twelve pictures of the opening day, chosen by our desk for those who could not come."


@pytest.mark.parametrize(
    "box",
    [
        f'<div class="promo-box"><p>{NOTE}</p></div>',
        f'<div class="author-bio"><p>{NOTE}</p></div>',
        f'<div class="newsletterSignup"><p>{NOTE}</p></div>',
        f"<figure><img src=/i.jpg><figcaption>{NOTE}</figcaption></figure>",
        f'<div class="photo-caption"><p>{NOTE}</p></div>',
    ],
)
def test_named_box_is_no_body(box: str) -> None:
    article = read(whole_page(f"<p>{LEAD}</p>{box}{paragraphs(SECOND, THIRD)}"))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]


@pytest.mark.parametrize("name", ["promo-article", "video-page", "article no-caption", "has-image"])
def test_box_that_holds_the_article_stays_whatever_its_name(name: str) -> None:
    article = read(whole_page(f'<div class="{name}">{paragraphs(LEAD, SECOND, THIRD)}</div>'))
    assert [block.text for block in article.blocks] == [LEAD, SECOND, THIRD]
