"""Who wrote the article: the line as printed, and the names in it.

`order` is the order in which evidence is believed; `places` where a page prints bylines, `text` how one is read,
`closing` the credits under a story, `names` which names are persons' or agencies'; `cut` takes the byline out of the
body.
"""

from newscrawl.extraction.byline.cut import byline_lines, cut_byline
from newscrawl.extraction.byline.order import byline_in_script, read_byline
from newscrawl.extraction.byline.text import Byline

__all__ = ["Byline", "byline_in_script", "byline_lines", "cut_byline", "read_byline"]
