from __future__ import annotations

import pytest
from lxml import etree

from newscrawl.exporting.markup import legal


@pytest.mark.parametrize("text", ["خبر عاجل: «نعم»", "می‌خواهم", "a\tb\nc", "\U0001f680", "\u200f\u202b"])
def test_what_xml_can_hold_stays(text: str) -> None:
    assert legal(text) == text


@pytest.mark.parametrize("code", [*range(9), 11, 12, *range(14, 32), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_what_it_cannot_is_marked(code: int) -> None:
    element = etree.Element("a")
    element.text = legal(f"a{chr(code)}b")
    assert element.text == "a\ufffdb"
