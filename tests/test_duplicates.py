from __future__ import annotations

import random

import pytest

from newscrawl.duplicates import Relation, fingerprint, packed, relation, relation_of, shingles, sketch, unpacked
from newscrawl.items import Fingerprint, RelationKind
from newscrawl.text.fold import words

TEXT = (
    "ترجع بداية العداوة بين الجماعتين إلى عام مضى، عندما ضبطت الجماعة الأولى تجّارا يبيعون البضائع لحساب الجماعة الأخرى."
)


def text_digest(text: str) -> str | None:
    return fingerprint(text).digest


def test_texts_that_read_the_same_have_one_digest() -> None:
    printed_otherwise = TEXT.replace("إ", "ا").replace("ّ", "").replace("ة", "ه").replace("،", " ,").upper()
    assert text_digest(printed_otherwise) == text_digest(TEXT)
    assert str(text_digest(TEXT)).startswith("sha256:")


def test_another_text_has_another_digest() -> None:
    assert text_digest(TEXT.replace("عام", "عامين")) != text_digest(TEXT)


def test_word_borders_count() -> None:
    words = [f"word{number}" for number in range(16)]
    assert text_digest(" ".join(words)) != text_digest(" ".join(words).replace("word1 word2", "word1word2 more"))


def test_a_text_under_sixteen_words_has_none() -> None:
    assert text_digest(" ".join(["word"] * 15)) is None
    assert text_digest(" ".join(["word"] * 16)) is not None
    assert text_digest("") is None


def story(count: int, *, seed: int = 1) -> list[str]:
    """So many words of no story in particular; other seeds give other stories."""
    chance = random.Random(seed)
    return ["".join(chance.choices("ابتثجحخدذرزسشصضطظعغفقكلمنهوي", k=5)) for _ in range(count)]


def edited(text: list[str], every: int) -> list[str]:
    return [word + "x" if number % every == 0 else word for number, word in enumerate(text)]


LONG = story(400)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        pytest.param(LONG, [word + "،" for word in LONG], RelationKind.EXACT, id="printed otherwise"),
        pytest.param(LONG, edited(LONG, 12), RelationKind.NEAR, id="every twelfth word changed"),
        pytest.param(LONG, LONG[200:] + LONG[:200], RelationKind.NEAR, id="halves in another order"),
        pytest.param(LONG[:200], LONG, RelationKind.CONTAINED, id="cut in half"),
        pytest.param(LONG, LONG[100:200], RelationKind.CONTAINS, id="around a quotation"),
        pytest.param(LONG[:110] + story(290, seed=2), LONG, RelationKind.OVERLAP, id="a quarter shared"),
        pytest.param(LONG, story(400, seed=3), RelationKind.NONE, id="another story"),
        pytest.param(LONG[:15], LONG[:15], RelationKind.NONE, id="too short to tell"),
        pytest.param(
            LONG[:60], [*LONG[:30], "40", *LONG[31:60]], RelationKind.NEAR, id="a short text, one word changed"
        ),
        pytest.param(LONG[:60], edited(LONG[:60], 12), RelationKind.OVERLAP, id="a template with other figures"),
    ],
)
def test_relations(a: list[str], b: list[str], kind: RelationKind) -> None:
    found = relation(" ".join(a), " ".join(b))
    assert found.kind is kind
    assert relation(" ".join(b), " ".join(a)) == found.reversed()


def test_containments_are_shares_of_each_text() -> None:
    found = relation(" ".join(LONG[:204]), " ".join(LONG))
    assert found == Relation(RelationKind.CONTAINED, 1.0, 200 / 396)


def test_texts_that_share_shingles_share_samples() -> None:
    whole, half = sketch(shingles(LONG)), sketch(shingles(LONG[:200]))
    assert len(set(whole) & set(half)) >= 12
    assert whole == sorted(set(whole))
    assert all(-(1 << 63) <= value < 1 << 63 for value in whole)
    assert not set(whole) & set(sketch(shingles(story(400, seed=3))))


def test_a_sketch_is_the_same_in_every_process() -> None:
    text = "alpha beta gamma delta " * 4 + "one two three four five six seven eight"
    assert sketch(shingles(words(text)))[0] == -8342149627279475549


def test_long_texts_are_sampled_more_thinly_and_short_ones_never_under_twelve() -> None:
    assert len(sketch(shingles(LONG[:20]))) == 12
    assert 25 <= len(sketch(shingles(LONG[:396]))) <= 75
    assert len(sketch(shingles(story(4000)))) / 4000 == pytest.approx(1 / 16, rel=0.25)
    assert sketch(shingles(LONG[:15])) == []


def test_what_two_texts_share_of_both() -> None:
    found = relation(" ".join(LONG[:200]), " ".join(LONG))
    assert found.shared == found.reversed().shared == pytest.approx(196 / 396)
    assert relation("", "").shared == 0.0


@pytest.mark.parametrize("other", [edited(LONG, 12), LONG[200:], LONG[:110] + story(290, seed=2), story(400, seed=3)])
def test_packed_shingles_tell_the_same_relation(other: list[str]) -> None:
    a, b = " ".join(LONG), " ".join(other)
    packed = [unpacked(fingerprint(text).shingles) for text in (a, b)]
    assert relation_of(*packed) == relation(a, b)


def test_packed_shingles_are_little_endian_and_ascend() -> None:
    assert packed([5, -1, 1 << 32, 0]) == b"\0\0\0\0\5\0\0\0\xff\xff\xff\xff"


def test_a_fingerprint_is_of_one_folding() -> None:
    text = " ".join(LONG)
    told = fingerprint(text)
    assert told.sketch == tuple(sketch(shingles(words(text))))
    assert len(unpacked(told.shingles)) == len(told.shingles) // 4 == len(shingles(words(text))) == 396
    assert fingerprint(" ".join(LONG[:15])) == Fingerprint(None)
