from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newscrawl.items import Candidate
from newscrawl.surveying.survey import Polled, to_be_read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def candidates(*hours: float, start: int = 0, **evidence: str) -> tuple[Candidate, ...]:
    """Candidates published so many hours ago."""
    return tuple(
        Candidate(
            url=f"https://a.example/news/{start + number}",
            evidence={"published": (NOW - timedelta(hours=ago)).isoformat(), **evidence},
        )
        for number, ago in enumerate(hours)
    )


@pytest.mark.parametrize(
    ("hours", "rate"),
    [((0, 6, 12, 18, 24), 4.0), ((24, 0, 12, 6, 18), 4.0), ((0, 6, 12, 18), None), ((0, 0, 1, 1, 2), None)],
)
def test_the_rate_is_that_of_the_time_looked_back(hours: tuple[float, ...], rate: float | None) -> None:
    assert Polled(kind="feed", url="https://a.example/rss", candidates=candidates(*hours)).per_day == rate


def test_a_sitemap_for_news_tells_titles() -> None:
    listed = candidates(1, title="A title")
    assert Polled(kind="sitemap", url="https://a.example/s", candidates=listed).is_for_news
    assert not Polled(kind="feed", url="https://a.example/s", candidates=listed).is_for_news
    plain = (Candidate(url="https://a.example/news/1", modified_at=NOW),)
    assert not Polled(kind="sitemap", url="https://a.example/s", candidates=plain).is_for_news


def test_the_newest_of_each_document_are_read_in_turn_and_no_page_twice() -> None:
    one = Polled(kind="feed", url="https://a.example/1", candidates=candidates(9, 1, 5))
    other = Polled(kind="feed", url="https://a.example/2", candidates=candidates(2, 1, start=1))
    undated = Polled(
        kind="sitemap", url="https://a.example/3", candidates=(Candidate(url="https://a.example/news/99"),)
    )
    chosen = [candidate.url.rpartition("/")[2] for candidate in to_be_read([undated, one, other], 9)]
    assert chosen == ["1", "2", "0", "99"]
    assert len(to_be_read([undated, one, other], 2)) == 2
