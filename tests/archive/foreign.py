"""WARCs as others write them, made by hand after what was seen of theirs."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Iterable

ARTICLE = b"<!DOCTYPE html><html><title>Harbour</title><p>The ferry sails again.</p>" * 20


def sha1(content: bytes) -> str:
    """A digest as most others state it."""
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def record(version: str, fields: Iterable[tuple[str, str]], block: bytes) -> bytes:
    """One record, not compressed."""
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in fields), f"Content-Length: {len(block)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def http(kind: str, url: str, block: bytes, *fields: tuple[str, str], version: str = "1.0") -> bytes:
    """A record of HTTP; its number in the file is part of its id."""
    message = "request" if kind == "request" else "response"
    stated = [
        ("WARC-Type", kind),
        ("WARC-Target-URI", url),
        *fields,
        ("Content-Type", f"application/http; msgtype={message}"),
    ]
    return record(version, stated, block)


def common_crawl(pages: dict[str, bytes], truncated: str | None = None) -> bytes:
    """CC-NEWS: requests before responses, paired by URL and date; bodies decoded, headers renamed."""
    members = [record("1.0", [("WARC-Type", "warcinfo"), ("WARC-Record-ID", "<urn:uuid:0>")], b"format: WARC 1.1\r\n")]
    for number, (url, body) in enumerate(pages.items()):
        shared = ("WARC-Date", f"2024-05-01T10:00:{number:02}Z"), ("WARC-IP-Address", "192.0.2.7")
        head = (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Crawler-Content-Encoding: gzip\r\n"
            b"X-Crawler-Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        members += [
            http("request", url, f"GET {url} HTTP/1.1\r\n\r\n".encode(), ("WARC-Record-ID", f"<q{number}>"), *shared),
            http(
                "response",
                url,
                head + body,
                ("WARC-Record-ID", f"<urn:uuid:{number + 1}>"),
                *shared,
                ("WARC-Payload-Digest", sha1(body)),
                ("WARC-Block-Digest", sha1(head + body)),
                ("WARC-Identified-Payload-Type", "text/html"),
                *([("WARC-Truncated", truncated)] if truncated else []),
            ),
        ]
    return b"".join(map(gzip.compress, members))


def wget(url: str, body: bytes) -> bytes:
    """wget: angle brackets around URLs, the chunked framing kept, the response naming its request."""
    framed = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    date = ("WARC-Date", "2024-05-01T10:00:00Z")
    return gzip.compress(
        http("request", f"<{url}>", b"GET / HTTP/1.1\r\n\r\n", ("WARC-Record-ID", "<urn:uuid:q>"), date)
    ) + gzip.compress(
        http(
            "response",
            f"<{url}>",
            head + framed,
            ("WARC-Record-ID", "<urn:uuid:r>"),
            date,
            ("WARC-Concurrent-To", "<urn:uuid:q>"),
            ("WARC-Block-Digest", sha1(head + framed)),
            ("WARC-Payload-Digest", sha1(framed)),
        )
    )


def browsertrix(url: str, body: bytes) -> bytes:
    """browsertrix: WARC/1.1, sha256 in hex, response then request, and resources that are no HTTP."""
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n"
    date = ("WARC-Date", "2024-05-01T10:00:00.123Z")
    first = ("WARC-Record-ID", "<urn:uuid:r>")
    to = ("WARC-Concurrent-To", "<urn:uuid:r>")
    text = [("WARC-Type", "resource"), ("WARC-Target-URI", "urn:text:" + url), ("Content-Type", "text/plain")]
    return (
        gzip.compress(http("response", url, head + body, first, date, ("WARC-Payload-Digest", digest), version="1.1"))
        + gzip.compress(
            http("request", url, b"GET / HTTP/1.1\r\n\r\n", ("WARC-Record-ID", "<q>"), date, to, version="1.1")
        )
        + gzip.compress(record("1.1", [*text, date, ("WARC-Record-ID", "<t>")], b"The ferry sails again."))
    )
