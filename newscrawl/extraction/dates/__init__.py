"""When the page says that its article was published and modified.

`order` is the order in which evidence is believed; `printed` where a page prints dates, `wording` the words around
them; `text` how one text of a date is read, with `calendars`, `clock` and `relative` (ages) beneath it; `zones` the
zone that a site states in its settings.

Nothing here asks a clock: relative times count from the instant of the fetch, and without it they are not read.
"""

from newscrawl.extraction.dates.order import Times, read_times, times_in_script
from newscrawl.extraction.dates.text import TimeReader, zone_of

__all__ = ["TimeReader", "Times", "read_times", "times_in_script", "zone_of"]
