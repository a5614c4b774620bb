from __future__ import annotations

import pytest

from newscrawl.manners.freshness import LONGEST, fresh_for


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        (None, LONGEST),
        ("", LONGEST),
        ("public", LONGEST),
        ("max-age=600", 600.0),
        ('private, Max-Age="600"', 600.0),
        ("max-age=31536000, immutable", LONGEST),
        ("max-age=" + "9" * 5000, LONGEST),
        ("s-maxage=5", LONGEST),
        ("no-cache", 0.0),
        ('no-cache="set-cookie", max-age=600', 0.0),
        ("no-store, max-age=600", 0.0),
        ("max-age=soon", 0.0),
        ("max-age=-1", 0.0),
        ("max-age=0, must-revalidate", 0.0),
    ],
)
def test_cache_control_may_shorten_a_day(cache_control: str | None, seconds: float) -> None:
    assert fresh_for(cache_control) == seconds


def test_what_was_spent_in_caches_on_the_way_counts() -> None:
    assert fresh_for("max-age=600", "200") == 400.0
    assert fresh_for("max-age=600", "900") == 0.0
    assert fresh_for("max-age=600", "long") == 600.0
