"""What differs between two states of an article, and how it is shown."""

from newscrawl.differences.comparing import Differences, FieldChange, Operation, Passage, differences, words_between

__all__ = ["Differences", "FieldChange", "Operation", "Passage", "differences", "words_between"]
