"""Telling copies: how the text of one article relates to that of another.

Texts are compared by their shingles: every run of five folded words, each once. Word order within a sentence counts,
the order of sentences and paragraphs does not.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Hashable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from newscrawl.items import Fingerprint, RelationKind
from newscrawl.text.fold import words

_SHINGLE = 5
# Shorter texts (a stub, a caption) are alike by chance.
_LEAST_SHINGLES = 12
_LEAST_WORDS = _LEAST_SHINGLES + _SHINGLE - 1
# Bounds of a relation, measured on labelled pairs (docs/benchmarks.md, Duplicates).
_NEAR_JACCARD = 0.25
_NEAR_CONTAINMENT = 0.6
# Notices by template (weather, prices, prayer times) are short, and differ by their figures alone.
_SHORT = 100
_SHORT_NEAR_JACCARD = 0.8
_CONTAINED = 0.8
_CONTAINED_LENGTH = 0.8
_OVERLAP = 0.2
# Of a long text every sixteenth shingle is sampled, of a short one every eighth, but never fewer than twelve.
_LONG = 400
_SAMPLED_OF_SHORT, _SAMPLED_OF_LONG = 8, 16
_LEAST_SAMPLED = 12
_HASH_BYTES = 8
_PACKED_BYTES = 4


@dataclass(frozen=True, slots=True)
class Relation:
    """How a text `a` relates to a text `b`."""

    kind: RelationKind
    containment: float
    """Share of a's shingles that stand in b, 0 to 1."""
    contained: float
    """Share of b's shingles that stand in a, 0 to 1."""

    @property
    def shared(self) -> float:
        """Share of all their shingles that stand in both (Jaccard), 0 to 1."""
        both = self.containment * self.contained
        return both / (self.containment + self.contained - both) if both else 0.0

    def reversed(self) -> Relation:
        """How b relates to a."""
        kind = _REVERSED.get(self.kind, self.kind)
        return Relation(kind, self.contained, self.containment)


_REVERSED = {
    RelationKind.CONTAINED: RelationKind.CONTAINS,
    RelationKind.CONTAINS: RelationKind.CONTAINED,
}


def fingerprint(text: str) -> Fingerprint:
    """By what the store finds a text's copies: the digest of its folded words, its shingles, and a sketch of these."""
    folded = words(text)
    digest = None
    if len(folded) >= _LEAST_WORDS:
        digest = "sha256:" + hashlib.sha256(" ".join(folded).encode()).hexdigest()
    hashes = _hashes(shingles(folded))
    if len(hashes) < _LEAST_SHINGLES:
        return Fingerprint(digest)
    return Fingerprint(digest, tuple(_sampled(hashes)), packed(hashes))


def relation(a: str, b: str) -> Relation:
    """How text `a` relates to text `b`; none for texts under 12 different shingles, which are alike by chance."""
    words_of_a, words_of_b = words(a), words(b)
    return relation_of(shingles(words_of_a), shingles(words_of_b), same=words_of_a == words_of_b)


def relation_of(a: AbstractSet[Hashable], b: AbstractSet[Hashable], *, same: bool = False) -> Relation:
    """As `relation`, of two texts' shingles; `same`: their folded words are the same in the same order."""
    shorter, longer = sorted((len(a), len(b)))
    if shorter < _LEAST_SHINGLES:
        return Relation(RelationKind.NONE, 0.0, 0.0)
    if same:
        return Relation(RelationKind.EXACT, 1.0, 1.0)
    shared = len(a & b)
    containment, contained = shared / len(a), shared / len(b)
    jaccard, of_shorter = shared / (len(a) + len(b) - shared), shared / shorter
    if of_shorter >= _CONTAINED and shorter <= _CONTAINED_LENGTH * longer:
        kind = RelationKind.CONTAINED if len(a) < len(b) else RelationKind.CONTAINS
    elif _is_near(jaccard, of_shorter, shorter):
        kind = RelationKind.NEAR
    else:
        kind = RelationKind.OVERLAP if of_shorter >= _OVERLAP else RelationKind.NONE
    return Relation(kind, containment, contained)


def _is_near(jaccard: float, of_shorter: float, shorter: int) -> bool:
    if shorter < _SHORT:
        return jaccard >= _SHORT_NEAR_JACCARD
    return jaccard >= _NEAR_JACCARD or of_shorter >= _NEAR_CONTAINMENT


def shingles(folded: Sequence[str]) -> frozenset[str]:
    """Every run of five of a text's folded words, joined by spaces."""
    return frozenset(" ".join(folded[at : at + _SHINGLE]) for at in range(len(folded) - _SHINGLE + 1))


def sketch(text_shingles: AbstractSet[str]) -> list[int]:
    """A sample of shingles by their hashes, signed 64-bit integers in ascending order; empty under 12 shingles.

    Which are sampled depends on the shingle alone, so that texts that share shingles share samples: the hashes below
    an eighth of their range, of 400 shingles and more below a sixteenth, but the twelve lowest at least.
    """
    return _sampled(_hashes(text_shingles)) if len(text_shingles) >= _LEAST_SHINGLES else []


def packed(hashes: Iterable[int]) -> bytes:
    """Shingles in as few bytes as telling a relation takes: of each hash its low 32 bits, each number once, unsigned,
    little-endian, ascending. That two texts of 400 words share one by chance happens once in 27,000 pairs."""
    numbers = sorted({value & 0xFFFFFFFF for value in hashes})
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpacked(shingles_packed: bytes) -> frozenset[int]:
    """The numbers that `packed` made, for `relation_of`."""
    return frozenset(struct.unpack(f"<{len(shingles_packed) // _PACKED_BYTES}I", shingles_packed))


def _hashes(text_shingles: AbstractSet[str]) -> list[int]:
    return sorted(map(_hash, text_shingles))


def _sampled(hashes: list[int]) -> list[int]:
    part = _SAMPLED_OF_SHORT if len(hashes) < _LONG else _SAMPLED_OF_LONG
    bound = -(1 << 63) + (1 << 64) // part
    below = [value for value in hashes if value < bound]
    return below if len(below) >= _LEAST_SAMPLED else hashes[:_LEAST_SAMPLED]


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=_HASH_BYTES).digest(), "big", signed=True)
