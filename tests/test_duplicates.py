from __future__ import annotations

from newscrawl.duplicates import text_digest

TEXT = (
    "ترجع بداية العداوة بين الجماعتين إلى عام مضى، عندما ضبطت الجماعة الأولى تجّارا يبيعون البضائع لحساب الجماعة الأخرى."
)


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
