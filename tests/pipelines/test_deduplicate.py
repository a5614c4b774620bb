from __future__ import annotations

from newscrawl.duplicates import fingerprint
from newscrawl.items import Article, Visit
from newscrawl.pipelines.deduplicate import DeduplicatePipeline

BODY = "The museum by the old harbour will stay open for another year, the council decided on Monday evening."


def article(body: str | None, visit: Visit | None) -> Article:
    return Article(id="0", url="https://news.example/a", url_key="news.example/a", body=body, visit=visit)


def test_the_fingerprint_of_the_text_is_noted_on_the_visit() -> None:
    visit = Visit(candidate_key="news.example/a", final_url="https://news.example/a", payload_digest="sha256:0")
    noted = DeduplicatePipeline().process_item(article(BODY, visit)).visit
    assert noted is not None
    assert noted.fingerprint == fingerprint(BODY)
    assert (noted.candidate_key, noted.payload_digest) == (visit.candidate_key, visit.payload_digest)


def test_an_article_without_visit_passes() -> None:
    assert DeduplicatePipeline().process_item(article(BODY, None)).visit is None
