from __future__ import annotations

from newscrawl.items import Article, Block, RelatedLink
from newscrawl.pipelines.clean import CleanPipeline


def test_every_text_is_cleaned_and_nothing_becomes_none() -> None:
    article = Article(
        id="0", url="https://news.example/a", url_key="news.example/a", headline=" Two\x00  words ",
        outlet=" ", section="\u200b", byline="By\u00a0Mina ", authors=[" Mina ", "\x07"], keywords=["cafe\u0301", ""],
        blocks=[Block("paragraph", " می‌خواهم "), Block("paragraph", "\u200b"), Block("quote", "two")], body="stale",
        related_links=[RelatedLink(position=1, headline=" خبر ", label=" اقرأ أيضاً: ", url="https://news.example/b")],
    )  # fmt: skip
    CleanPipeline().process_item(article)
    assert (article.headline, article.outlet, article.section, article.byline) == ("Two words", None, None, "By Mina")
    assert (article.authors, article.keywords) == (["Mina"], ["café"])
    assert article.blocks == [Block("paragraph", "می‌خواهم"), Block("quote", "two")]
    assert article.body == "می‌خواهم\ntwo"
    (link,) = article.related_links
    assert (link.headline, link.label, link.url) == ("خبر", "اقرأ أيضاً:", "https://news.example/b")


def test_a_body_of_nothing_is_none() -> None:
    article = Article(id="0", url="https://news.example/a", url_key="news.example/a", blocks=[Block("paragraph", " ")])
    CleanPipeline().process_item(article)
    assert (article.blocks, article.body) == ([], None)
