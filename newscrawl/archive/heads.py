"""Heads of HTTP messages: as they are archived, and as they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS_LINE = re.compile(rb"\s*[A-Za-z]+(?:/[\d.]+)?[ \t]+(\d{3})(?:[ \t]+(.*?))?[ \t\r\n]*\Z", re.DOTALL)
_BLANK_LINE = re.compile(rb"(?<=\n)\r?\n|\A\r?\n")
_RENAMED = b"X-Crawler-"
_FRAMING = b"transfer-encoding"
_LENGTH = b"content-length"


@dataclass(frozen=True, slots=True)
class Head:
    """The head of an answer, read as leniently as browsers do."""

    status: int | None
    """None when the status line states none."""
    reason: str
    """The reason phrase; empty when there is none."""
    headers: list[tuple[str, str]]
    """Names and values in their order, folded lines joined by a space; lines without a colon are left out. Bytes are
    read as latin-1, which loses none."""

    def all(self, name: str) -> list[str]:
        """The values of every header of the name, whatever its case."""
        return [value for key, value in self.headers if key.lower() == name]

    def first(self, name: str) -> str | None:
        """The first value of the name, whatever its case; None without one."""
        return next(iter(self.all(name)), None)


def archived_head(head: bytes, body_length: int, *, truncated: bool = False) -> bytes:
    """The head as it is archived with a body whose chunked framing was removed, or whose end is missing.

    Every line ends in CR LF. Where Transfer-Encoding, or the Content-Length of a truncated body, no longer tells the
    body's length, both get the prefix `X-Crawler-` and a Content-Length tells it: the form that warcio, fastwarc and
    pywb all read. Other bytes stay.
    """
    lines = [line.removesuffix(b"\r") + b"\r\n" for line in head.split(b"\n") if line.strip(b"\r")]
    names = [_name(line) for line in lines]
    stated = [line.partition(b":")[2].strip() for line, name in zip(lines, names, strict=True) if name == _LENGTH]
    if _FRAMING not in names and not (truncated and stated and stated != [b"%d" % body_length]):
        return b"".join(lines) + b"\r\n"
    renamed = [
        _RENAMED + line if name in (_FRAMING, _LENGTH) else line for line, name in zip(lines, names, strict=True)
    ]
    return b"".join(renamed) + b"Content-Length: %d\r\n\r\n" % body_length


def split_message(message: bytes) -> tuple[bytes, bytes]:
    """Head, with its blank line, and body of an HTTP message; all is head when there is no blank line."""
    blank = _BLANK_LINE.search(message)
    end = blank.end() if blank else len(message)
    return message[:end], message[end:]


def parse_head(head: bytes) -> Head:
    """Status, reason and headers of an answer. Never raises: what cannot be read is left out."""
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    match = _STATUS_LINE.match(lines[0])
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (b" ", b"\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {line.decode('latin-1').strip()}".strip())
        elif b":" in line:
            before, _, after = line.decode("latin-1").partition(":")
            headers.append((before.strip(), after.strip()))
    if match is None:
        return Head(None, "", headers)
    return Head(int(match[1]), (match[2] or b"").decode("latin-1"), headers)


def _name(line: bytes) -> bytes:
    name, colon, _ = line.partition(b":")
    return name.strip().lower() if colon and line[:1] not in (b" ", b"\t") else b""
