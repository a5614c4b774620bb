"""Read-also blocks: found by their heading, cut out of the tree, kept as data.

`blocks` finds them, `lone` those of a single line; `items` says what they hold; `headings` says where a heading's words
stand on a line, `cards` which lines belong together, `headlines` what reads like another article's headline; `replies`
cuts boxes of comments, newsletters and polls.
"""

from newscrawl.extraction.related.blocks import cut_related, related_links
from newscrawl.extraction.related.items import Block as RelatedBlock

__all__ = ["RelatedBlock", "cut_related", "related_links"]
