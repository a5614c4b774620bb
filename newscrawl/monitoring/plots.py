"""Small plots as SVG, to stand inside a page that loads nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _TOP = 336, 72, 10
_LOG_LEAST, _LOG_MOST = 60.0, 7 * 86_400.0


def bars(counts: Sequence[int], titles: Sequence[str], marked_from: int | None = None) -> Markup:
    """A bar a day; those from the one of that number on are marked, as an incident's."""
    most, width = max([*counts, 1]), _WIDTH / max(len(counts), 1)
    drawn = [
        Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"{}><title>{}</title></rect>').format(
            n * width,
            _HEIGHT - _tall(count / most),
            max(width - 1, 0.5),
            _tall(count / most),
            Markup(' class="bad"') if marked_from is not None and n >= marked_from else "",
            title,
        )
        for n, (count, title) in enumerate(zip(counts, titles, strict=True))
        if count
    ]
    return _svg(drawn, str(most))


def lines(series: Sequence[tuple[str, Sequence[float | None]]]) -> Markup:
    """Lines of shares, 0 to 1, one in each class of the style sheet; a day without a share is a gap."""
    drawn = [
        Markup('<polyline class="{}" points="{}"/>').format(name, part)
        for name, shares in series
        for part in _parts(shares)
    ]
    return _svg(drawn, "100 %")


def durations(seconds: Sequence[float | None]) -> Markup:
    """A line of durations between a minute and a week, on a logarithmic scale."""
    span = math.log(_LOG_MOST / _LOG_LEAST)
    heights = [
        None if value is None else math.log(min(max(value, _LOG_LEAST), _LOG_MOST) / _LOG_LEAST) / span
        for value in seconds
    ]
    return _svg([Markup('<polyline class="latency" points="{}"/>').format(part) for part in _parts(heights)], "7 d")


def _parts(shares: Sequence[float | None]) -> list[str]:
    """The points of a line, in the pieces into which gaps break it; a single day is drawn as a dash."""
    width, parts = _WIDTH / max(len(shares), 1), [""]
    for n, share in enumerate(shares):
        if share is None:
            parts.append("")
            continue
        height = _HEIGHT - _tall(share)
        parts[-1] += f"{n * width:.1f},{height:.1f} {(n + 1) * width - 1:.1f},{height:.1f} "
    return [part.strip() for part in parts if part]


def _tall(share: float) -> float:
    return share * (_HEIGHT - _TOP)


def _svg(drawn: Sequence[Markup], most: str) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {}" role="img"><text x="0" y="8">{}</text>').format(_WIDTH, _HEIGHT, most)
    return head + Markup().join(drawn) + Markup("</svg>")
