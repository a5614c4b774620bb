"""The story's own text, as typed blocks.

`boxes` cuts out what stands around the text and is told by its name, `skipped` what readers are invited to skip;
`reading` has trafilatura find the text in what is left of the tree; `gaps` puts back what it leaves out, `extras` takes
out what is not the article's own; `closing_phrases` are the sentences by which outlets close a story, `said` tells
whether a text says something already. `script` reads the story where only a script's data hold it.
"""

from newscrawl.extraction.body.boxes import cut_boxes
from newscrawl.extraction.body.extras import own_blocks
from newscrawl.extraction.body.gaps import Placed, complete
from newscrawl.extraction.body.reading import part, read_blocks
from newscrawl.extraction.body.script import Story, script_story
from newscrawl.extraction.body.skipped import cut_skipped

__all__ = [
    "Placed",
    "Story",
    "complete",
    "cut_boxes",
    "cut_skipped",
    "own_blocks",
    "part",
    "read_blocks",
    "script_story",
]
