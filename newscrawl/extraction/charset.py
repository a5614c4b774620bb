"""From a page's bytes to its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charset_normalizer import from_bytes
from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    resolve_encoding,
)

from newscrawl.items import Page
from newscrawl.sources.source import Source
from newscrawl.text.encodings import ENCODINGS

# Single-byte encodings that undeclared pages of a language are in (the HTML standard's table of default encodings by
# locale), for the languages whose letters the statistics below tell apart least surely.
_LEGACY = {
    "ar": "cp1256",
    "fa": "cp1256",
    "ur": "cp1256",
    "he": "cp1255",
    "tr": "cp1254",
    "el": "cp1253",
    "ru": "cp1251",
}
_LANGUAGE = re.compile(rb"<html[^>]{0,400}?\blang\s*=\s*[\"']?([a-z]{2})", re.IGNORECASE)
# Function words of Arabic: text of another script that is read as windows-1256 does not hold them again and again.
_ARABIC_WORDS = re.compile(r"(?<!\w)(?:في|من|على|إلى|أن|عن|التي|الذي|هذا|هذه|بعد|كان)(?!\w)")
_MARKUP = re.compile(rb"<[^<>]*>")
_SAMPLE = 60_000
# A declared encoding is believed while fewer than this share of the bytes outside ASCII cannot be decoded.
_MOST_BROKEN = 0.1
# Less than the share of zeros in a page in UTF-16 whose text is not in Latin letters.
_LEAST_ZEROS = 0.05


def decode(page: Page, source: Source | None = None) -> str:
    """The page's text: by its byte-order mark, else its HTTP header, else the source's override, else its meta
    element, else by detection. Bytes that the encoding does not know become U+FFFD.

    A declaration that the bytes plainly contradict (a tenth of them undecodable) yields to the next evidence.
    """
    bom_encoding, bom = read_bom(page.body)
    if bom_encoding and bom:
        return page.body[len(bom) :].decode(bom_encoding, "replace")
    fallback = "utf-8"
    for number, encoding in enumerate(_declared(page, source)):
        text = page.body.decode(encoding, "replace")
        if not _is_broken(page.body, text):
            return text
        fallback = encoding if number == 0 else fallback
    return _detected(page.body, source, fallback)


def _declared(page: Page, source: Source | None) -> Iterator[str]:
    header = page.header("Content-Type")
    named = (
        http_content_type_encoding(header) if header else None,
        resolve_encoding(source.encoding) if source and source.encoding else None,
        html_body_declared_encoding(page.body),
    )
    for encoding in named:
        if encoding in ENCODINGS and (not encoding.startswith("utf-16") or _is_wide(page.body)):
            yield encoding


def _is_wide(body: bytes) -> bool:
    """Whether bytes may be in UTF-16, where markup is half zeros: where there are few, whoever names it errs."""
    return _LEAST_ZEROS * len(body) < body.count(0)


def _is_broken(body: bytes, text: str) -> bool:
    # Most pages hold none, and a look for the first tells it faster than a count.
    if "\ufffd" not in text:
        return False
    return text.count("\ufffd") > _MOST_BROKEN * len(body.translate(None, bytes(range(128))))


def _detected(body: bytes, source: Source | None, fallback: str) -> str:
    text = body.decode("utf-8", "replace")
    if not _is_broken(body, text):
        return text
    language = _LANGUAGE.search(body[:4000])
    tag = language[1].decode("ascii").lower() if language else (source and source.main_language) or ""
    sample = _MARKUP.sub(b" ", body[: 8 * _SAMPLE])[:_SAMPLE]
    if tag in _LEGACY:
        return body.decode(_LEGACY[tag], "replace")
    if len(_ARABIC_WORDS.findall(sample.decode("cp1256", "replace"))) >= 3:
        return body.decode("cp1256", "replace")
    best = from_bytes(sample).best()
    return body.decode(best.encoding if best else fallback, "replace")
