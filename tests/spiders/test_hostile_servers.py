"""What broken and hostile servers may do, and what it comes to.

Two crawls of servers that speak in raw bytes: one over pages, one over robots.txt and discovery documents. Beside each
stands an honest source, whose pages must all be stored. Sizes are those of the real thing: a body of a gigabyte, a
robots.txt of 100 MB, bombs of a gigabyte.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from isal import isal_zlib
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from tests.crawling import HASTE, ROOT, Crawl, command, environment
from tests.hostile_server import (
    Act,
    Conversation,
    HostileServer,
    chunks,
    drip,
    endless,
    head,
    large,
    raw,
    redirect_onward,
    redirect_to,
    reset_after,
    silence,
    whole,
)
from tests.server import page

# What is bounded is bytes and memory; a machine that has much to do may take its time over a hundred of them.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_GIGABYTE = 1 << 30
_MEGABYTE = 1 << 20
_HONEST_PAGES = 20
_MAIN_PROCESS_MB = 300
_WORKER_MB = 165
"""Beyond the 150 MB of honest pages: these hold 100,000 links and half a million nested elements."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl left, what it asked of each server, and the most memory of each of its processes."""

    crawl: Crawl
    servers: dict[str, HostileServer]
    homes: dict[str, str]
    main_mb: float
    worker_mb: float

    def ends(self, source: str) -> dict[str, tuple[str, str | None]]:
        """Disposition and reason of a source's URLs, by path; by URL where the host is another."""
        rows = self.crawl.rows("SELECT url, disposition, reason FROM dispositions WHERE source_id = ?", source)
        return {url.removeprefix(self.homes[source]): (end, reason) for url, end, reason in rows}

    def polls(self, source: str) -> list[tuple[int, str]]:
        """Number of URLs found and error of each poll of a source."""
        rows = self.crawl.rows("SELECT found, coalesce(error, '') FROM polls WHERE source_id = ?", source)
        return [(found, error) for found, error in rows]


def crawl_of(folder: Path, servers: dict[str, HostileServer], keys: dict[str, str], **settings: Any) -> Crawled:
    """Crawl the servers, a source each, and watch the memory of the processes."""
    (folder / "sources/xx").mkdir(parents=True)
    with ExitStack() as stack:
        homes = {name: stack.enter_context(server).home for name, server in servers.items()}
        for name, home in homes.items():
            text = f'outlet = "{name}"\nhomepage = "{home}"\n{keys[name].format(home=home)}\n'
            (folder / f"sources/xx/{name}.toml").write_text(text + "[articles]\nallow = ['.']\n", encoding="utf-8")
        arguments = command(
            "crawl", "news", "-a", "sources=" + ",".join(servers), output=folder, NEWSCRAWL_SOURCES=folder / "sources",
            NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, NEWSCRAWL_PAGE_TIMEOUT=30,
            **{**HASTE, "NEWSCRAWL_WORKERS": 2, **settings},
        )  # fmt: skip
        for name, server in servers.items():
            for act in server.acts.values():
                if isinstance(act, AtHome):
                    act.prepare(homes[name])
        log = folder / "log"
        with log.open("w") as stderr:
            process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stderr=stderr)
            peaks: dict[int, int] = {}
            watching = threading.Thread(target=_watch, args=(process.pid, peaks))
            watching.start()
            try:
                code = process.wait(250)
            finally:
                process.kill()
                watching.join()
    main = peaks.pop(process.pid)
    crawl = Crawl(code, "", log.read_text(encoding="utf-8"), folder)
    return Crawled(crawl, servers, homes, main / 1e6, max(peaks.values()) / 1e6)


def _watch(pid: int, peaks: dict[int, int]) -> None:
    try:
        main = psutil.Process(pid)
        while main.status() != psutil.STATUS_ZOMBIE:
            for process in (main, *main.children(recursive=True)):
                try:
                    peaks[process.pid] = max(peaks.get(process.pid, 0), process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.02)
    except psutil.NoSuchProcess:
        return


def honest() -> HostileServer:
    """A server of honest pages."""
    acts = {f"/{number}": whole(page(f"honest {number}")) for number in range(_HONEST_PAGES)}
    return HostileServer({**acts, "/feed": feed(*acts)}, address="127.0.4.1")


def feed(*paths: str) -> Act:
    """A feed of the server's paths."""

    def act(conversation: Conversation) -> None:
        items = "".join(f"<item><title>Story</title><link>{conversation.home}{path}</link></item>" for path in paths)
        text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        whole(text.encode(), content_type="application/rss+xml")(conversation)

    return act


_FEED = 'feeds = ["{home}/feed"]'
_LONG = b"".join(b"<p>%d harbours, and %d ships</p>" % (number, number * number * 7919) for number in range(4000))


def article(name: str) -> bytes:
    """An article whose coded forms are long enough to be cut."""
    return page(name).replace(b"</article>", _LONG + b"</article>")


def in_chunks_of(size: int, body: bytes) -> bytes:
    """A body in chunks of so many bytes."""
    return chunks(body[start : start + size] for start in range(0, len(body), size))


def coded(coding: str, body: bytes) -> Act:
    return whole(body, f"Content-Encoding: {coding}")


def bomb(compress: Callable[[bytes], bytes], flush: Callable[[], bytes], piece: bytes = bytes(_MEGABYTE)) -> bytes:
    """A gigabyte, packed."""
    return b"".join([*(compress(piece) for _ in range(_GIGABYTE // len(piece))), flush()])


def gzip_bomb(piece: bytes = bytes(_MEGABYTE)) -> bytes:
    # zlib takes thirty times as long, and this file is collected by every process that runs tests.
    stream = isal_zlib.compressobj(1, isal_zlib.DEFLATED, 31)
    return bomb(stream.compress, stream.flush, piece)


def _bombs() -> dict[str, bytes]:
    deflate, br, zstandard = isal_zlib.compressobj(1), brotli.Compressor(quality=1), zstd.ZstdCompressor()
    return {
        "gzip": gzip_bomb(),
        "deflate": bomb(deflate.compress, deflate.flush),
        "br": bomb(br.process, br.finish),
        "zstd": bomb(zstandard.compress, zstandard.flush),
    }


def two_acts(first: Act, then: Act) -> Act:
    def act(conversation: Conversation) -> None:
        first(conversation)
        then(conversation)

    return act


_END = b"0\r\n\r\n"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_STORED = ("stored_new", "")
_NO_VALID = "no valid answer: "
_CLOSED = _NO_VALID + "the connection was closed before it was whole"
_LOST = _NO_VALID + "the connection was lost before it was whole"
_HEADERS = _NO_VALID + "its headers (are larger than 262,144 bytes|have more than 2,000 lines)"
_ENDED = "the connection ended before the body did"
_TOO_LONG = "no whole answer in time"
_BOUND = "truncated|timed_out"
"""By the limit of bytes or by that of seconds, whichever a busy machine meets first."""
_UNPACKED = "larger than the limit when unpacked: .*"

# Path, what the server does, disposition, reason.
_PAGES: list[tuple[str, Act, str, str]] = [
    ("/drip", drip(head("Content-Length: 100000"), every=0.1), "timed_out", _TOO_LONG),
    ("/drip-of-headers", drip(_HEAD, every=0.1, piece=b"X: y\r\n"), "timed_out", _TOO_LONG),
    ("/drip-of-status", drip(b"H", every=0.1, piece=b"T"), "timed_out", _TOO_LONG),
    ("/silence", silence, "timed_out", _TOO_LONG),
    ("/silence-after-head", two_acts(raw(head("Content-Length: 9")), silence), "timed_out", _TOO_LONG),
    ("/endless", endless(head()), _BOUND, ".*"),
    ("/endless-chunks", endless(head("Transfer-Encoding: chunked"), chunks([b"<p>a"])), _BOUND, ".*"),
    ("/gigabyte", large(head(f"Content-Length: {_GIGABYTE}"), _GIGABYTE), "truncated", "larger than the limit: .*"),
    ("/gigabyte-unannounced", large(head(), _GIGABYTE), _BOUND, ".*"),
    *((f"/bomb-{name}", coded(name, body), "truncated", _UNPACKED) for name, body in _bombs().items()),
    ("/bomb-twice", coded("gzip, gzip", gzip.compress(gzip_bomb())), "truncated", _UNPACKED),
    ("/many-codings", coded(", ".join(["gzip"] * 9), gzip.compress(b"")), "failed", "its headers name 9 .*"),
    ("/cut-gzip", coded("gzip", gzip.compress(article("cut gzip"))[:-900]), "truncated", "its gzip .* cut short"),
    ("/cut-gzip-end", coded("gzip", gzip.compress(page("cut end"))[:-4]), "truncated", "its gzip .* cut short"),
    ("/cut-deflate", coded("deflate", zlib.compress(article("cut def"))[:-900]), "truncated", "its deflate .* short"),
    ("/cut-br", coded("br", brotli.compress(article("cut br"))[:-900]), "truncated", "its br .* cut short"),
    ("/cut-zstd", coded("zstd", zstd.compress(article("cut zs"))[:-900]), "truncated", "its zstd .* cut short"),
    ("/no-gzip", coded("gzip", page("no gzip")), "failed", "its gzip coding is broken: .*"),
    ("/no-deflate", coded("deflate", page("no deflate")), "failed", "its deflate coding is broken: .*"),
    ("/no-br", coded("br", page("no br")), "failed", "its br coding is broken: .*"),
    ("/no-zstd", coded("zstd", page("no zstd")), "failed", "its zstd coding is broken: .*"),
    ("/gzip-and-more", coded("gzip", gzip.compress(page("gzip and more")) + b"\0 more"), *_STORED),
    ("/loop", redirect_to("/loop"), "failed", "too many redirects"),
    ("/loop-of-two", redirect_to("/loop-back"), "redirected", "to .*/loop-back"),
    ("/chain", redirect_onward, "redirected", "to .*/chain.5"),
    ("/refresh", whole(b"<meta http-equiv=refresh content='0; url=/refresh'>"), "failed", "too many redirects"),
    ("/to-long-url", redirect_to("/" + "x" * 3000), "failed", ".* is no URL, or one that is too long"),
    ("/longer", raw(head("Content-Length: 50000"), page("longer")), "truncated", _ENDED),
    ("/shorter", raw(head("Content-Length: 500"), page("shorter")), *_STORED),
    ("/negative", raw(head("Content-Length: -5"), page("negative")), "failed", _NO_VALID + ".*non-decimal.*"),
    ("/no-number", raw(head("Content-Length: many"), page("many")), "failed", _NO_VALID + ".*non-decimal.*"),
    ("/huge-length", raw(head("Content-Length: " + "9" * 5000), b"x"), "failed", _NO_VALID + ".*limit.*"),
    ("/two-lengths", raw(head("Content-Length: 5", "Content-Length: 9"), b"x"), "failed", _NO_VALID + ".*conflict.*"),
    ("/reset", reset_after(head("Content-Length: 50000"), page("reset")), "truncated", _ENDED),
    ("/reset-unannounced", reset_after(head(), page("reset unannounced")), "truncated", _ENDED),
    ("/reset-at-once", reset_after(), "failed", _LOST),
    ("/reset-in-headers", reset_after(_HEAD), "failed", _LOST),
    ("/closed-unannounced", raw(head(), page("closed")), *_STORED),
    ("/chunks-small", raw(head("Transfer-Encoding: chunked"), in_chunks_of(7, article("small")), _END), *_STORED),
    ("/chunks-cut", raw(head("Transfer-Encoding: chunked"), chunks([page("chunks")])), "truncated", _ENDED),
    ("/chunks-wrong", raw(head("Transfer-Encoding: chunked"), b"zz\r\n", page("zz")), "truncated", _ENDED),
    ("/chunks-negative", raw(head("Transfer-Encoding: chunked"), b"-5\r\n", page("-5")), "truncated", _ENDED),
    ("/chunk-of-extension", endless(head("Transfer-Encoding: chunked") + b"5;"), "truncated", _ENDED),
    ("/trailers", endless(head("Transfer-Encoding: chunked") + b"0\r\n", b"X: y\r\n"), "truncated|invalid", ".*"),
    ("/coding-unknown", raw(head("Transfer-Encoding: br"), page("br")), "failed", _NO_VALID + ".*b'br' is unknown"),
    ("/no-colon", raw(_HEAD + b"this is no header\r\n\r\n", page("no colon")), *_STORED),
    ("/huge-header", raw(head("X-Huge: " + "h" * _MEGABYTE), page("huge header")), "failed", _HEADERS),
    ("/large-header", raw(head("X-Large: " + "h" * 100_000), page("large header")), *_STORED),
    ("/many-headers", raw(head(*(f"X-{n}: {n}" for n in range(40_000))), page("many")), "failed", _HEADERS),
    ("/endless-headers", endless(_HEAD, b"X-More: and more\r\n"), "failed", _HEADERS),
    ("/endless-header", endless(_HEAD + b"X: "), "failed", _HEADERS),
    ("/endless-fold", endless(_HEAD, b" more\r\n"), "failed", _HEADERS),
    ("/endless-interim", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "failed", _HEADERS),
    ("/cookies", raw(head(*(f"Set-Cookie: c{n}={n}" for n in range(1900))), page("cookies")), *_STORED),
    ("/cookie-flood", raw(head(*(f"Set-Cookie: c{n}={n}" for n in range(40_000))), b"x"), "failed", _HEADERS),
    ("/nul-header", raw(_HEAD + b"X-N\0l: a\0b\r\n\r\n", page("nul header")), *_STORED),
    ("/nul-content-type", raw(b"HTTP/1.1 200 OK\r\nContent-Type: a\0b\r\n\r\n"), "not_article", "content type .*"),
    ("/arabic-header", raw(_HEAD + "X-خبر: خبر\r\n\r\n".encode(), page("arabic header")), *_STORED),
    ("/latin-header", raw(_HEAD + b"X: caf\xe9\r\n\r\n", page("latin header")), *_STORED),
    ("/lf-only", raw(b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n", page("lf only")), *_STORED),
    ("/cr-only", raw(b"HTTP/1.1 200 OK\rContent-Type: text/html\r\r", page("cr only")), "failed", _CLOSED),
    ("/no-status", raw(page("no status")), "failed", _NO_VALID + ".*|" + _CLOSED),
    ("/status-word", raw(b"HTTP/1.1 OK OK\r\n\r\n"), "failed", _NO_VALID + "non-integer status code"),
    ("/status-zero", raw(b"HTTP/1.1 0 OK\r\n\r\n"), "failed", _NO_VALID + "its status code .*"),
    ("/status-negative", raw(b"HTTP/1.1 -200 OK\r\n\r\n"), "failed", _NO_VALID + "its status code .*"),
    ("/status-huge", raw(b"HTTP/1.1 " + b"9" * 4000 + b" No\r\n\r\n"), "failed", _NO_VALID + "its status code .*"),
    ("/status-999", raw(b"HTTP/1.1 999 No\r\n\r\n"), "failed", "http 999"),
    ("/http-2", raw(b"HTTP/2 200\r\n\r\n"), "failed", _NO_VALID + ".*"),
    ("/ssh", raw(b"SSH-2.0-Server\r\n"), "failed", _NO_VALID + ".*"),
    ("/nothing", raw(), "failed", _CLOSED),
    ("/empty", whole(b""), "invalid", "no_headline"),
    ("/kept-alive", raw(_HEAD + b"Content-Length: %d\r\n\r\n" % len(page("kept")), page("kept")), *_STORED),
    ("/two-answers", raw(*[_HEAD + b"Content-Length: %d\r\n\r\n" % len(page("two")) + page("two")] * 2), *_STORED),
    ("/links", whole(page("links") + b"".join(b"<a href='/x%d'>%d</a>" % (n, n) for n in range(100_000))), *_STORED),
    ("/deep", whole(b"<div>" * 500_000 + page("deep")), "invalid|stored_new", ".*"),
]  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl of hostile pages; four at a time, so that the servers that say nothing do not take all day."""
    acts = {path: act for path, act, _, _ in _PAGES}
    acts["/loop-back"] = redirect_to("/loop-of-two")
    hostile = HostileServer({**acts, "/feed": feed(*(path for path, *_ in _PAGES))})
    return crawl_of(
        tmp_path_factory.mktemp("hostile-pages"), {"hostile": hostile, "honest": honest()},
        {"hostile": _FEED, "honest": _FEED}, CONCURRENT_REQUESTS_PER_DOMAIN=4, DOWNLOAD_TIMEOUT=3,
    )  # fmt: skip


@pytest.mark.parametrize(("path", "disposition", "reason"), [(path, end, why) for path, _, end, why in _PAGES])
def test_page_ends_in(pages: Crawled, path: str, disposition: str, reason: str) -> None:
    end, why = pages.ends("hostile")[path]
    assert re.fullmatch(disposition, end), (end, why)
    assert re.fullmatch(reason, why or ""), why


@pytest.mark.parametrize("path", ["/endless", "/gigabyte", "/gigabyte-unannounced", "/endless-headers", "/trailers"])
def test_what_has_no_end_is_read_to_the_limit(pages: Crawled, path: str) -> None:
    # What the system had taken in for us counts as sent.
    assert pages.servers["hostile"].sent[path] < 16 * _MEGABYTE + 8 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Host:
    """A host that is hostile where discovery asks it; `found` and `error` of its first poll."""

    acts: dict[str, Act]
    found: int
    error: str
    ends: str | None = None
    key: str = _FEED
    greeting: bytes = b""


def robots(act: Act, *, allows: bool, why: str = "") -> Host:
    """A host with a feed of one page, which its robots.txt lets be had or not."""
    acts = {"/robots.txt": act, "/feed": feed("/a"), "/a": whole(page("one"))}
    return Host(acts, 1, "", "stored_new|duplicate") if allows else Host(acts, 0, f".*\\({why}\\).*")


def document(kind: str, act: Act, found: int, error: str) -> Host:
    """A host with a hostile discovery document."""
    return Host({"/document": act}, found, error, key=f'{kind} = ["{{home}}/document"]')


class AtHome:
    """The document that `make` writes for the server's URL; made before the crawl, since making it may take long."""

    def __init__(self, make: Callable[[bytes], bytes], content_type: str = "application/xml") -> None:
        self._make = make
        self._content_type = content_type

    def prepare(self, home: str) -> None:
        self._act = whole(self._make(home.encode()), content_type=self._content_type)

    def __call__(self, conversation: Conversation) -> None:
        self._act(conversation)


def _million_urls(home: bytes) -> bytes:
    return gzip.compress(_URLSET + b"".join(b"<url><loc>%s/%d</loc></url>" % (home, n) for n in range(1_000_000)), 1)


def _ever_new_sitemaps(conversation: Conversation) -> None:
    number = int(conversation.path.partition("?")[2] or 0)
    locations = "".join(
        f"<sitemap><loc>{conversation.home}/document?{number * 10 + one}</loc></sitemap>" for one in range(1, 11)
    )
    whole(_INDEX % locations.encode(), content_type="application/xml")(conversation)


_RULES = b"User-agent: *\nDisallow: /private\n"
_URLSET = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
_INDEX = b"<sitemapindex>%s</sitemapindex>"
_TEXT = "text/plain"
_UNREACHABLE = "robots.txt unreachable: "
_ENTITIES = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
)
_HUGE_ROBOTS = 100 * _MEGABYTE

_HOSTS: dict[str, Host] = {
    "robots_4xx": robots(whole(b"User-agent: *\nDisallow: /", status="403 Forbidden", content_type=_TEXT), allows=True),
    "robots_500": robots(whole(b"", status="500 Oops"), allows=False, why=_UNREACHABLE + "http 500"),
    "robots_503": robots(whole(b"", status="503 Busy"), allows=False, why=_UNREACHABLE + "http 503"),
    "robots_429": robots(whole(b"", status="429 Slow"), allows=False, why=_UNREACHABLE + "http 429"),
    "robots_drips": robots(drip(head() + _RULES, every=0.1), allows=False, why=_UNREACHABLE + _TOO_LONG),
    "robots_silent": robots(silence, allows=False, why=_UNREACHABLE + _TOO_LONG),
    "robots_reset": robots(reset_after(), allows=False, why=_UNREACHABLE + _LOST),
    "robots_cut": robots(raw(head("Content-Length: 900"), _RULES), allows=False, why=_UNREACHABLE + _ENDED),
    "robots_loop": robots(redirect_to("/robots.txt"), allows=True),
    "robots_chain": robots(redirect_onward, allows=True),
    "robots_100_mb": robots(
        large(head(f"Content-Length: {_HUGE_ROBOTS}") + _RULES, _HUGE_ROBOTS, b"Disallow: /x/y*z\n"), allows=True
    ),
    "robots_100_mb_forbids": robots(
        large(head() + b"User-agent: *\nDisallow: /\n", _HUGE_ROBOTS, b"# comment\n"), allows=False, why="robots"
    ),
    "robots_bomb": robots(coded("gzip", gzip_bomb(b"#comment\n" * 100_000)), allows=True),
    "robots_page": robots(whole(page("robots")), allows=True),
    "robots_bytes": robots(whole(b"\0\xff\xfe\0Disallow: /\n", content_type=_TEXT), allows=True),
    "robots_year": robots(whole(b"User-agent: *\nCrawl-delay: 31536000", content_type=_TEXT), allows=True),
    "answers_unasked": Host(
        {}, 0, ".*neither XML nor JSON.*", greeting=head("Content-Length: 2") + b"hi",
    ),
    "sitemap_bomb": document("sitemaps", whole(gzip_bomb(), content_type="application/gzip"), 0, ".* larger than .*"),
    "sitemap_entities": document(
        "sitemaps", whole(b'<?xml version="1.0"?>' + _ENTITIES + b"<urlset>&c;</urlset>"), 0, ".* XML entities; .*"
    ),
    "sitemap_deep": document("sitemaps", whole(_URLSET + b"<url>" * 200_000), 0, ".* nests more than 100 .*"),
    "sitemap_ampersands": document("sitemaps", whole(_URLSET + b"&" * 9_000_000), 0, ".*ampersands.*"),
    "sitemap_million": document(
        "sitemaps",
        AtHome(_million_urls, "application/gzip"),
        50_000, ".* larger than .*|.* more than 50,000 URLs.*",
    ),
    "sitemap_names_itself": document(
        "sitemaps", AtHome(lambda home: _INDEX % (b"<sitemap><loc>%s/document</loc></sitemap>" % home)), 1, "",
    ),
    "sitemap_ever_new": document("sitemaps", _ever_new_sitemaps, 10, ""),
    "sitemap_cut": document(
        "sitemaps", coded("gzip", gzip.compress(_URLSET + _LONG)[:-900]), 0, ".*its gzip coding is cut short.*"
    ),
    "sitemap_drips": document("sitemaps", drip(head() + _URLSET, every=0.1), 0, f".*{_TOO_LONG}.*"),
    "feed_endless": document(
        "feeds", endless(head() + b"<rss version='2.0'><channel>", b"<item><title>t</title></item>"), 0,
        ".*larger than the limit.*|.*no whole answer in time.*",
    ),
    "feed_of_objects": document(
        "feeds", whole(b'{"items":[' + b",".join([b"{}"] * 2_000_000) + b"]}"), 0, ".* JSON objects.*"
    ),
    "section_of_links": document(
        "sections", whole(b"<html>" + b"".join(b"<a href=/%d>%d</a>" % (n, n) for n in range(100_000))), 50_000,
        ".* more than (50,000 links|150,000 tags).*",
    ),
    "section_of_tags": document("sections", whole(b"<html>" + b"<p>a" * 3_000_000), 0, ".* more than 150,000 tags.*"),
}  # fmt: skip
_BUDGET = 30


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl of hosts that are hostile where discovery asks them, with a small budget of candidates a source."""
    servers = {
        name: HostileServer(host.acts, address=f"127.0.5.{number}", greeting=host.greeting)
        for number, (name, host) in enumerate(_HOSTS.items(), 1)
    }
    keys = {name: host.key for name, host in _HOSTS.items()}
    return crawl_of(
        tmp_path_factory.mktemp("hostile-hosts"), {**servers, "honest": honest()}, {**keys, "honest": _FEED},
        NEWSCRAWL_CANDIDATES_PER_SOURCE=_BUDGET, AUTOTHROTTLE_MAX_DELAY=0.5, DOWNLOAD_TIMEOUT=8,
    )  # fmt: skip


@pytest.mark.parametrize("name", _HOSTS)
def test_poll_ends_in(hosts: Crawled, name: str) -> None:
    found, error = hosts.polls(name)[0]
    assert re.fullmatch(_HOSTS[name].error, error), error
    assert found == _HOSTS[name].found
    if _HOSTS[name].ends:
        ((end, _),) = hosts.ends(name).values()
        assert re.fullmatch(_HOSTS[name].ends or "", end)


def test_of_a_huge_robots_txt_the_beginning_is_read(hosts: Crawled) -> None:
    for name in ("robots_100_mb", "robots_100_mb_forbids"):
        assert hosts.servers[name].sent["/robots.txt"] < 8 * _MEGABYTE


def test_a_host_whose_robots_txt_cannot_be_had_is_asked_for_nothing_else(hosts: Crawled) -> None:
    for name in ("robots_500", "robots_silent", "robots_reset"):
        assert set(hosts.servers[name].paths()) == {"/robots.txt"}


def test_a_source_that_names_ever_new_urls_is_held_to_its_budget(hosts: Crawled) -> None:
    for name in ("sitemap_million", "section_of_links"):
        assert len(hosts.ends(name)) == _BUDGET
        assert hosts.crawl.rows(
            "SELECT count(*) > 40000 FROM frontier WHERE source_id = ? AND state = 'due'", name
        ) == [(1,)]
    assert len(hosts.polls("sitemap_ever_new")) == 1000
    assert len(hosts.polls("sitemap_names_itself")) == 1


@pytest.fixture(params=["pages", "hosts"])
def either(request: pytest.FixtureRequest) -> Crawled:
    crawled: Crawled = request.getfixturevalue(request.param)
    return crawled


def test_the_honest_source_is_crawled_whole(either: Crawled) -> None:
    assert either.crawl.code == 0
    ends = [end for end, _ in either.ends("honest").values()]
    assert ends == ["stored_new"] * _HONEST_PAGES


def test_no_traceback_is_logged(either: Crawled) -> None:
    assert "Traceback" not in either.crawl.stderr
    assert " CRITICAL" not in either.crawl.stderr
    assert " ERROR" not in either.crawl.stderr


def test_nothing_is_left_leased(either: Crawled) -> None:
    assert either.crawl.rows("SELECT count(*) FROM frontier WHERE state = 'leased'") == [(0,)]


def test_memory_is_bounded(either: Crawled) -> None:
    assert either.main_mb < _MAIN_PROCESS_MB
    assert either.worker_mb < _WORKER_MB
