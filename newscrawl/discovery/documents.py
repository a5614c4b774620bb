"""Discovery documents as text that is safe to read: unpacked, decoded, and XML without its traps.

The bytes come from strangers. Every step is linear in the bytes that it is allowed to look at, nothing is
fetched, no entity is expanded, and what was read before a defect is kept.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.entities import html5
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.parsers import expat
from xml.sax.saxutils import escape

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from newscrawl.exceptions import DiscoveryError
from newscrawl.items import Candidate, header
from newscrawl.urls import is_http

MAX_DEPTH = 100
"""Levels of nested elements; feeds and sitemaps need less than ten."""
MAX_REFERENCES = 500_000
"""Ampersands in a document, each of which may become five characters when it is mended."""

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 16
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# Characters that XML 1.0 forbids, which generators let slip into titles.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]\w{1,30});")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """A sitemap named by a sitemap index."""

    url: str
    """Absolute URL of the sitemap."""
    modified_at: datetime | None = None
    """Aware instant of its last change, as the index states it."""


@dataclass(slots=True)
class Findings:
    """What a discovery document names, in its order."""

    candidates: list[Candidate] = field(default_factory=list)
    """Pages, each URL once."""
    sitemaps: list[ChildSitemap] = field(default_factory=list)
    """Further sitemaps to read (of a sitemap index only)."""
    error: DiscoveryError | None = None
    """What is wrong with the document and what to do; the findings before the defect are kept beside it."""
    refused: int = 0
    """Pages named that are not taken for articles of the source, or are too old; counted by `read_document`."""
    pause: timedelta | None = None
    """How seldom the document says that it changes."""


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a document, and what was wrong with its bytes."""

    text: str
    error: DiscoveryError | None = None


def absolute(base: str, reference: str) -> str | None:
    """The http(s) URL that a reference names, without fragment and credentials; None for any other and for garbled
    ones.

    Credentials in a public document are a slip or a trap, and would stand in the archive.
    """
    # HTML, URL parsing: tabs and newlines inside an address are dropped.
    reference = reference.strip().translate({9: None, 10: None, 13: None})
    try:
        url = urldefrag(urljoin(base, reference)).url
        if "@" in url:
            parts = urlsplit(url)
            url = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return None
    return url if is_http(url) and "\ufffd" not in url else None


def read_text(
    body: bytes, url: str, headers: Mapping[str, str], *, max_bytes: int, encoding: str | None = None
) -> Text:
    """The document's text, unpacked where it is gzip, white space and byte-order marks before it left out.

    At most `max_bytes` of the unpacked document are read; the error tells when that, a cut gzip stream or
    undecodable bytes cost a part. `encoding` is the source's own knowledge of its character encoding.
    """
    plain, error = _unpacked(body, url, max_bytes)
    text, decoding_error = _decoded(plain, url, header(headers, "content-type"), encoding, cut=error is not None)
    text = text.lstrip("\ufeff\x00 \t\r\n")
    if not text and error is None:
        error = DiscoveryError(f"{url} is empty; look at it in a browser, and mend its entry in the source file")
    return Text(text, error or decoding_error)


def is_html(text: str) -> bool:
    """Whether a text that is neither feed nor sitemap begins like an HTML page."""
    return bool(_HTML.search(text[:4096]))


def root_name(text: str) -> str | None:
    """Local name of the XML root element in lower case; None where the text does not begin as XML."""
    names: list[str] = []
    parser = expat.ParserCreate("utf-8")

    def start(name: str, attributes: dict[str, str]) -> None:
        names.append(local(name))
        parser.StartElementHandler = None

    parser.StartElementHandler = start
    # The head may be cut anywhere; what is wrong with the document is told when it is read whole.
    with suppress(expat.ExpatError):
        parser.Parse(mend(text[:20_000]).encode("utf-8", "replace"), False)
    return names[0] if names else None


def local(name: str) -> str:
    """An element's name without prefix, in lower case."""
    return name.rpartition(":")[2].lower()


def walk(
    text: str,
    url: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> DiscoveryError | None:
    """Stream the XML through three handlers, names as written; the defect that ended it early, or None.

    Refused: entity declarations, more than MAX_DEPTH levels or MAX_REFERENCES references. External entities and DTDs
    are never opened. A handler may raise DiscoveryError to stop.
    """
    if text.count("&") > MAX_REFERENCES:
        return DiscoveryError(f"{url} has more than {MAX_REFERENCES:,} ampersands; {_REFUSED}")
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    depth = 0

    def start_element(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise DiscoveryError(f"{url} nests more than {MAX_DEPTH} elements; {_REFUSED}")
        start(name, attributes)

    def end_element(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def entity(*declaration: object) -> None:
        raise DiscoveryError(f"{url} declares XML entities; {_REFUSED}")

    parser.StartElementHandler = start_element
    parser.EndElementHandler = end_element
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(mend(text).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        return DiscoveryError(f"{url} is broken XML at line {error.lineno}: {reason}; {_BROKEN}")
    except DiscoveryError as error:
        return error
    return None


_REFUSED = "such a document is refused as hostile: check its address in the source file, or leave it out"
_BROKEN = "what stands before is kept; tell the outlet, or use another feed, sitemap or section"


def mend(text: str) -> str:
    """The XML text without the two commonest slips: forbidden characters, and ampersands that name nothing.

    Entities of HTML (`&nbsp;`), which XML does not know, become their characters.
    """
    text = _FORBIDDEN.sub("", text)
    if "&" not in text:
        return text
    pieces = []
    for number, piece in enumerate(text.split("<![CDATA[")):
        verbatim, closed, markup = piece.partition("]]>") if number else ("", "", piece)
        pieces.append(verbatim + closed + _BARE.sub("&amp;", _NAMED.sub(_character, markup)))
    return "<![CDATA[".join(pieces)


def _character(match: re.Match[str]) -> str:
    return escape(html5.get(f"{match[1]};") or match[0])


def _unpacked(body: bytes, url: str, max_bytes: int) -> tuple[bytes, DiscoveryError | None]:
    if not body.startswith(_GZIP):
        return body[:max_bytes], _too_large(url, max_bytes) if len(body) > max_bytes else None
    pieces: list[bytes] = []
    size = 0
    error = None
    try:
        # In chunks, so that what stands before a defect is had.
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            while size <= max_bytes and (piece := stream.read1(_CHUNK)):
                pieces.append(piece)
                size += len(piece)
    except EOFError:
        error = DiscoveryError(f"{url} is a gzip file cut short; {_BROKEN}")
    except (gzip.BadGzipFile, zlib.error) as defect:
        # Servers add bytes after a whole member, which gzip tools leave aside too.
        if not (pieces and str(defect).startswith("Not a gzipped file")):
            error = DiscoveryError(f"{url} is a broken gzip file ({defect}); {_BROKEN}")
    plain = b"".join(pieces)
    return plain[:max_bytes], _too_large(url, max_bytes) if size > max_bytes else error


def _too_large(url: str, max_bytes: int) -> DiscoveryError:
    return DiscoveryError(
        f"{url} is larger than {max_bytes:,} bytes; only that much was read: name a smaller one of the outlet"
    )


def _decoded(
    plain: bytes, url: str, content_type: str | None, encoding: str | None, *, cut: bool
) -> tuple[str, DiscoveryError | None]:
    """Byte-order mark, then UTF-8 where the bytes are valid UTF-8 (no other encoding looks like it), then what the
    source, the header and the document say."""
    marked, _ = read_bom(plain)
    named = [marked, _utf16(plain), "utf-8", encoding, http_content_type_encoding(content_type)]
    named.append(html_body_declared_encoding(plain))
    for name in named:
        codec = resolve_encoding(name) if name else None
        if codec is None:
            continue
        try:
            # A cut document may end within a character.
            return codecs.getincrementaldecoder(codec)().decode(plain, final=not cut), None
        except (UnicodeDecodeError, LookupError):
            continue
    error = DiscoveryError(
        f"{url} is in none of the encodings that it declares; what could not be decoded is left: set `encoding` in the "
        "source file"
    )
    return plain.decode("utf-8", "replace"), error


def _utf16(plain: bytes) -> str | None:
    """UTF-16 without a byte-order mark, told by its first `<` (XML 1.0, appendix F)."""
    return {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(plain[:2])
