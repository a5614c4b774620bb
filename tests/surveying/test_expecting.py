from __future__ import annotations

import pytest

from newscrawl.sources.source import Expect
from newscrawl.surveying.expecting import expected, held


def test_less_is_expected_than_was_measured_and_nothing_of_what_was_never_seen() -> None:
    found = Expect(articles_per_day=37.6, authors=0.5, published_at=1.0, related_links=0.0, body_characters=1230)
    assert expected(found) == Expect(articles_per_day=38.0, authors=0.4, published_at=0.8, body_characters=600)
    assert expected(Expect()) == Expect()


@pytest.mark.parametrize(
    ("promised", "found", "kept"),
    [
        (Expect(authors=0.9), Expect(authors=0.9), True),
        (Expect(authors=0.9), Expect(authors=0.8), True),  # 4 of 5 pages: less than one page below
        (Expect(authors=0.9), Expect(authors=0.6), False),
        (Expect(authors=0.1), Expect(authors=0.0), True),
        (Expect(articles_per_day=10), Expect(articles_per_day=5), True),
        (Expect(articles_per_day=10), Expect(articles_per_day=4.9), False),
        (Expect(articles_per_day=10), Expect(), True),
        (Expect(body_characters=600), Expect(body_characters=599), False),
        (Expect(body_characters=600), Expect(), False),
    ],
)
def test_promises_are_held_against_five_pages(promised: Expect, found: Expect, kept: bool) -> None:
    (result,) = held(promised, found, 5)
    assert result.kept is kept


def test_what_is_not_promised_is_not_held() -> None:
    assert held(Expect(), Expect(authors=0.0), 5) == []
