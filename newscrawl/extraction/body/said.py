"""What a text says already: runs of words that tell in linear time whether other texts hold the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from newscrawl.text.fold import fold_key

_RUN = 6


class Said:
    """The texts of a body, to be asked whether they say something already."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._keys: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()
        for text in texts:
            key = fold_key(text)
            self._keys.add(key)
            self._runs.update(_runs(key.split()))

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
    runs = [list(_runs(fold_key(text).split())) for text in texts]
    owner: dict[tuple[str, ...], int] = {}
    for number in sorted(range(len(runs)), key=lambda number: -len(runs[number])):
        for run in runs[number]:
            owner.setdefault(run, number)
    owners = [{owner[run] for run in found} for found in runs]
    return [set() if number in found else found for number, found in enumerate(owners)]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(_RUN)), strict=False)
