"""What a text says already: runs of words that tell in linear time whether other texts hold the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from newscrawl.text.fold import fold_key

_RUN = 6
_QUICKLY_LOOKED_THROUGH = 5_000_000


class Said:
    """The texts of a body, to be asked whether they say something already."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys = set(map(fold_key, texts))

    @cached_property
    def _runs(self) -> set[tuple[str, ...]]:
        return {run for key in self._keys for run in _runs(key.split())}

    def holds(self, key: str) -> bool:
        """Whether the texts say what a `fold_key` says: each run of six words of it, or, where it is shorter, the same
        text."""
        if key in self._keys:
            return True
        words = key.split()
        return len(words) >= _RUN and all(run in self._runs for run in _runs(words))


def said_elsewhere(texts: Sequence[str]) -> list[set[int]]:
    """For each text the numbers of those that say all of it: longer ones, or ones as long that stand before it. None
    for texts of fewer than six words, and for those that say something of their own."""
    keys = [fold_key(text) for text in texts]
    words = [key.split() for key in keys]
    elsewhere: list[set[int]] = [set() for _ in words]
    if not _may_repeat(keys, words):
        return elsewhere
    runs = [set(_runs(said)) for said in words]
    owner: dict[tuple[str, ...], int] = {}
    for number in sorted(range(len(runs)), key=lambda number: -len(words[number])):
        owners = {owner.setdefault(run, number) for run in runs[number]}
        if number not in owners:
            elsewhere[number] = owners
    return elsewhere


def _may_repeat(keys: Sequence[str], words: Sequence[Sequence[str]]) -> bool:
    """Whether the first run of any text stands twice in all of them: a look that takes far less time than to make the
    other runs, where the texts are no more than an article's."""
    together = "".join([f" {key} " for key in keys])
    if len(together) * len(keys) > _QUICKLY_LOOKED_THROUGH:
        return True
    first_runs = (f" {' '.join(said[:_RUN])} " for said in words if len(said) >= _RUN)
    return any(together.find(run, together.find(run) + 1) >= 0 for run in first_runs)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(_RUN)), strict=False)
