"""No field of the fixtures' articles falls below its floor, and floors that are not reached are told."""

from __future__ import annotations

import pytest

from tests.golden.figures import Figures, compare, measure
from tests.golden.floors import falls, floors_of, pinned


@pytest.fixture(scope="module")
def figures() -> Figures:
    return measure()


@pytest.mark.parametrize("field", pinned())
def test_a_field_reaches_its_floor(field: str, figures: Figures) -> None:
    below = falls({field: pinned()[field]}, figures)
    assert not below, f"{below[field]}\n(on purpose? python -m tests.golden --pin --lower)"


def test_every_field_and_page_is_pinned(figures: Figures) -> None:
    pages = {name: found["pages"] for name, found in floors_of(figures).items()}
    assert pages == {name: known["pages"] for name, known in pinned().items()}, "run python -m tests.golden --pin"


def test_a_fall_is_told_with_its_page() -> None:
    floors = floors_of({"headline": {"a": 1.0, "b": 0.5, "c": 0.25}})
    assert falls(floors, {"headline": {"a": 1.0, "b": 0.75, "c": 0.25}}) == {}
    traded = falls(floors, {"headline": {"a": 0.75, "b": 1.0, "c": 0.25}})["headline"]
    assert "a: 0.75, pinned at 1.0" in traded
    assert "b:" not in traded
    assert "0.75 over 2 pages" in falls(floors, {"headline": {"a": 1.0, "b": 0.5}})["headline"]
    assert "0.0 over 0 pages" in falls(floors, {})["headline"]


def test_figures_of_an_article() -> None:
    def block(text: str) -> dict[str, str]:
        return {"type": "paragraph", "text": text}

    def link(headline: str, placement: str = "inline") -> dict[str, object]:
        return {"position": 1, "headline": headline, "url": None, "label": "x", "placement": placement}

    expected = {
        "headline": "One",
        "authors": ["A B", "C D"],
        "blocks": [block("one two"), block("three four")],
        "related_links": [link("first"), link("second")],
    }
    assert set(compare(expected, expected).values()) == {1.0}
    found = {
        "headline": "Two",
        "authors": ["C D"],
        "blocks": [block("one two"), block("four three")],
        "related_links": [link("second", "aside"), link("first")],
    }
    assert compare(expected, found) == {
        "headline": 0.0,
        "authors": pytest.approx(2 / 3),
        "body": 1.0,
        "blocks": 0.5,
        "related_headlines": 0.5,
        "related_links": 0.5,
    }
    nothing: dict[str, list[str]] = {"related_links": [], "authors": []}
    assert compare(nothing, nothing) == {"related_headlines": 1.0, "related_links": 1.0, "authors": 1.0}
