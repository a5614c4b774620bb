from __future__ import annotations

import pytest
from lxml import etree

from newscrawl.monitoring import plots


def drawn(svg: str, what: str) -> list[etree._Element]:
    return etree.fromstring(svg).findall(what)


def test_tallest_bar_fills_the_plot_and_nothing_is_no_bar() -> None:
    bars = drawn(plots.bars([0, 5, 10], ["a", "b", "c"], 2), "rect")
    assert [float(bar.get("height", 0)) for bar in bars] == [31.0, 62.0]
    assert [bar.get("class") for bar in bars] == [None, "bad"]
    assert [bar.findtext("title") for bar in bars] == ["b", "c"]


def test_titles_are_text() -> None:
    (bar,) = drawn(plots.bars([1], ["<b>&"]), "rect")
    assert bar.findtext("title") == "<b>&"


def test_line_breaks_where_nothing_is_known() -> None:
    lines = drawn(plots.lines([("authors", [1.0, None, 0.5, 0.5, None])]), "polyline")
    assert [len(str(line.get("points")).split()) for line in lines] == [2, 4]
    assert str(lines[0].get("points")).split(",")[1].startswith("10.0")


@pytest.mark.parametrize(("seconds", "height"), [(60, 72.0), (7 * 86_400, 10.0), (1, 72.0), (10**9, 10.0)])
def test_durations_stay_within_the_plot(seconds: float, height: float) -> None:
    (line,) = drawn(plots.durations([seconds]), "polyline")
    assert float(str(line.get("points")).split()[0].split(",")[1]) == pytest.approx(height)


def test_plots_of_nothing() -> None:
    assert drawn(plots.bars([], []), "rect") == []
    assert drawn(plots.durations([None, None]), "polyline") == []
