"""From bytes to text: the order of the evidence, and what contradicts it."""

from __future__ import annotations

import codecs

import pytest

from newscrawl.extraction.charset import decode
from newscrawl.items import Page
from tests.extraction.newspaper import LEAD, SECOND, THIRD, URL, source

TEXT = f"<html><body><p>{LEAD} {SECOND} {THIRD}</p></body></html>"


def page(body: bytes, content_type: str | None = None) -> Page:
    return Page(url=URL, body=body, headers={"content-type": content_type} if content_type else {})


def test_byte_order_mark_stands_above_the_header() -> None:
    assert decode(page(codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=windows-1252")) == TEXT
    assert decode(page(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"))) == TEXT


def test_header_stands_above_override_and_meta() -> None:
    text = f'<meta charset="utf-8">{TEXT}'
    assert decode(page(text.encode("cp1256"), "text/html; charset=windows-1256"), source(encoding="utf-8")) == text


def test_override_stands_above_meta() -> None:
    text = f'<meta charset="iso-8859-1">{TEXT}'
    assert decode(page(text.encode("cp1256")), source(encoding="windows-1256")) == text


@pytest.mark.parametrize(
    "meta",
    ['<meta charset="windows-1256">', '<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'],
)
def test_meta(meta: str) -> None:
    assert decode(page((meta + TEXT).encode("cp1256"))) == meta + TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "cp1256"])
def test_undeclared(encoding: str) -> None:
    assert decode(page(TEXT.encode(encoding))) == TEXT


def test_undeclared_hebrew_by_the_page_s_language() -> None:
    text = '<html lang="he"><body><p>ראש העיר פתח הבוקר גן ציבורי חדש על גדת הנהר</p></body></html>'
    assert decode(page(text.encode("cp1255"))) == text


def test_declaration_that_the_bytes_contradict_yields() -> None:
    text = f'<meta charset="utf-8">{TEXT}'
    assert decode(page(text.encode("cp1256"), "text/html; charset=utf-8")) == text


def test_few_broken_bytes_do_not_unseat_a_declaration() -> None:
    assert decode(page(TEXT.encode() + b"\xff", "text/html; charset=utf-8")) == TEXT + "\ufffd"


def test_unknown_encoding_name_is_passed_over() -> None:
    assert decode(page(TEXT.encode(), "text/html; charset=x-nonsense"), source(encoding="nonsense")) == TEXT


@pytest.mark.parametrize(
    "name", ["base64", "rot13", "zlib", "idna", "punycode", "undefined", "unicode_escape", "utf-7"]
)
@pytest.mark.parametrize("place", ["header", "meta", "override"])
def test_codec_that_no_page_is_written_in_is_passed_over(name: str, place: str) -> None:
    meta = f'<meta charset="{name}">' if place == "meta" else ""
    header = f"text/html; charset={name}" if place == "header" else None
    assert decode(page((meta + TEXT).encode(), header), source(encoding=name if place == "override" else None)) == (
        meta + TEXT
    )


def test_utf_16_is_believed_only_of_bytes_that_may_be_it() -> None:
    declared = "text/html; charset=utf-16"
    assert decode(page(TEXT.encode(), declared)) == TEXT
    assert decode(page(TEXT.encode("utf-16-le"), "text/html; charset=utf-16le")) == TEXT
