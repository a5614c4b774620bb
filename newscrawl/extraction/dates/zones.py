"""The time zone in which a site tells its times, as its own settings in a script state it.

Content systems hand their zone to the programs of each page ("timezone":"Asia/Riyadh", or an object with that name in
it). Where a page states its times in UTC and prints none, this tells on which day its readers saw it.
"""

from __future__ import annotations

import re
from datetime import tzinfo

from newscrawl.extraction.dates.text import zone_of

_NAMES = ("imezone", "imeZone")
_STATED = re.compile(
    r"ime[Zz]one[\"']?\s*[:=]\s*(?:\{[^{}]{0,120}?:\s*)?[\"']"
    r"((?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)(?:\\?/[A-Za-z_+-]+){1,2})[\"']"
)
# Of more places a list of zones is to be thought of.
_MOST_PLACES = 100


def stated_zone(text: str) -> tzinfo | None:
    """The one time zone of the IANA's list that a page's text states as its own; None where it states none, or several
    (a list of events or a choice of zones)."""
    names: set[str] = set()
    for name in _NAMES:
        place = text.find(name)
        for _ in range(_MOST_PLACES):
            if place < 0:
                break
            if found := _STATED.match(text, place):
                names.add(found[1].replace("\\", ""))
            place = text.find(name, place + 1)
        else:
            return None
    return zone_of(names.pop()) if len(names) == 1 else None
