from __future__ import annotations

import pytest

from newscrawl.text.language import primary_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ar", "ar"),
        ("ar-EG", "ar"),
        ("ar_EG", "ar"),
        (" AR ", "ar"),
        ("zh-Hant-TW", "zh"),
        ("ckb", "ckb"),
        ("iw", "he"),
        ("", None),
        (None, None),
        ("arabic", None),
        ("ar, en", None),
        ("x", None),
        ("ar-", None),
    ],
)
def test_primary_language(tag: str | None, language: str | None) -> None:
    assert primary_language(tag) == language
