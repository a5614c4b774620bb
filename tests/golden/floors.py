"""The floors: the figures below which no field and no page may fall, kept in floors.json."""

from __future__ import annotations

import json
from math import floor
from pathlib import Path
from typing import Any

from tests.golden.figures import Figures

FLOORS = Path(__file__).with_name("floors.json")

Floors = dict[str, dict[str, Any]]
"""Field, then `floor` (mean over its pages), `pages` (their number) and `short` (figure by page, those under 1)."""


def pinned() -> Floors:
    """The floors as they stand in the file."""
    floors: Floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def floors_of(figures: Figures) -> Floors:
    """The floors that these figures just reach."""
    return {
        name: {
            "floor": _down(sum(pages.values()) / len(pages)),
            "pages": len(pages),
            "short": {page: _down(figure) for page, figure in sorted(pages.items()) if figure < 1},
        }
        for name, pages in sorted(figures.items())
    }


def falls(floors: Floors, figures: Figures) -> dict[str, str]:
    """What is below the floors, by field, with the pages that are worse than they were."""
    told: dict[str, str] = {}
    reached = floors_of(figures)
    for name, known in floors.items():
        found = reached.get(name, {"floor": 0.0, "pages": 0, "short": {}})
        worse = {
            page: (known["short"].get(page, 1.0), figure)
            for page, figure in found["short"].items()
            if figure < known["short"].get(page, 1.0)
        }
        if found["floor"] >= known["floor"] and found["pages"] >= known["pages"] and not worse:
            continue
        pages = "".join(f"\n  {page}: {now}, pinned at {before}" for page, (before, now) in worse.items())
        told[name] = (
            f"{name}: {found['floor']} over {found['pages']} pages, its floor is {known['floor']} over {known['pages']}"
            f"{pages}"
        )
    return told


def _down(figure: float) -> float:
    return floor(figure * 10_000) / 10_000
