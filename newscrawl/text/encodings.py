"""The character encodings that pages are in."""

from __future__ import annotations

# The encodings of the Encoding standard by Python's names. Python knows more, which no page means: base64 and its like
# are no text, idna raises at what it cannot decode.
_STANDARD = """
    utf-8 utf-8-sig utf-16 utf-16-le utf-16-be gb18030 big5hkscs cp932 euc_jp iso2022_jp cp949 koi8-r koi8-u
    cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 mac-roman mac-cyrillic
    iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 iso8859-13 iso8859-14 iso8859-15
    iso8859-16
"""
ENCODINGS = frozenset(_STANDARD.split())
"""Those of the Encoding standard, by the names that w3lib's `resolve_encoding` gives them."""
