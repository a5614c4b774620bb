"""What is recorded of an exchange is what the server received and sent, byte for byte."""

from __future__ import annotations

import gzip
import re
import runpy
import socket
import ssl
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.http import Response

from newscrawl.archive.exchange import Exchange
from newscrawl.downloaders import bounded_http, rehearsal, wire
from newscrawl.downloaders.bounded_http import MAX_HEAD, MAX_LINES
from newscrawl.downloaders.recording import NOT_RECORDED, RECORDED
from newscrawl.exceptions import ConfigurationError
from tests.crawling import HASTE, ROOT, command, environment, write_source
from tests.hostile_server import (
    Act,
    Conversation,
    HostileServer,
    chunks,
    endless,
    keeping,
    raw,
    read_request,
    redirect_to,
    reset_after,
    silence,
    whole,
)
from tests.recording import Asked, Recorded, record

_PAGE = "<html><p>خبر</p></html>".encode() * 50
_MAXSIZE = 100_000


def head(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK", end: bytes = b"\r\n") -> bytes:
    """A head of these lines."""
    return end.join((status, *lines, b"", b""))


def length(size: int) -> bytes:
    """The header that announces a body."""
    return b"Content-Length: %d" % size


@dataclass(frozen=True, slots=True)
class Route:
    """What the server does, and what the exchange has to hold of it."""

    act: Act
    head: bytes = b""
    body: bytes = b""
    truncated: str | None = None
    method: str = "GET"


def sends(head: bytes, body: bytes = b"", *, before: bytes = b"", wire: bytes | None = None, **more: Any) -> Route:
    """An answer, with interim answers before it, its body on the wire as it is if not said otherwise."""
    return Route(raw(before + head + (body if wire is None else wire)), head, body, **more)


def coded(coding: bytes, body: bytes) -> Route:
    """A page in a content coding."""
    return sends(head(b"Content-Encoding: " + coding, b"Content-Type: text/html", length(len(body))), body)


CHUNKED = head(b"Transfer-Encoding: chunked", b"Content-Type: text/html")
SHORT = head(length(5000), b"Content-Type: text/html")
UNANNOUNCED = head(b"Content-Type: text/html")
EARLY = head(b"Link: </style.css>; rel=preload", status=b"HTTP/1.1 103 Early Hints")
SIMPLE = head(length(len(_PAGE)), b"Content-Type: text/html")
HALF = b"HTTP/1.1 200 OK\r\nX: y\r\n"
LARGE = head(length(_MAXSIZE + 1))
MANY_LINES = b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (MAX_LINES + 5)
LONG_LINE = b"HTTP/1.1 200 OK\r\nX: " + b"x" * (MAX_HEAD + 70_000)
GZIPPED_CHUNKED = head(b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Content-Type: text/html")


def stall(conversation: Conversation) -> None:
    """The beginning of an answer, and nothing more."""
    conversation.send(SHORT, b"abc")
    silence(conversation)


WHOLE = {
    "identity": sends(SIMPLE, _PAGE),
    "gzip": coded(b"gzip", gzip.compress(_PAGE)),
    "br": coded(b"br", brotli.compress(_PAGE)),
    "zstd": coded(b"zstd", zstd.compress(_PAGE)),
    "chunked": sends(CHUNKED, _PAGE, wire=chunks([_PAGE[:7], _PAGE[7:900], _PAGE[900:]]) + b"0\r\n\r\n"),
    "chunked-gzip": sends(
        GZIPPED_CHUNKED, gzip.compress(_PAGE), wire=chunks([gzip.compress(_PAGE)]) + b"0\r\n\r\n"
    ),
    "extensions-and-trailers": sends(
        CHUNKED, b"abcdef", wire=b'3;a=b;c="d e"\r\nabc\r\n0003\r\ndef\r\n0;z\r\nETag: "x"\r\nX-Sum: 1\r\n\r\n'
    ),
    "204": sends(head(b"X-A: b", status=b"HTTP/1.1 204 No Content")),
    "304": sends(head(b'ETag: "x"', length(77), status=b"HTTP/1.1 304 Not Modified")),
    "head": sends(head(length(4321), b"Content-Type: text/html"), method="HEAD"),
    "empty-body": sends(head(length(0))),
    "odd-reason": sends(head(length(2), status=b"HTTP/1.1 200 Tr\xe8s  bien; merci!"), b"ok"),
    "empty-reason": sends(head(length(2), status=b"HTTP/1.1 200 "), b"ok"),
    "no-reason": sends(head(length(2), status=b"HTTP/1.1 200"), b"ok"),
    "unknown-status": sends(head(length(2), status=b"HTTP/1.1 299 Half Done"), b"ok"),
    "duplicates-in-order": sends(
        head(b"X-b: 2", b"Set-Cookie: a=1", b"x-B:  3 ", b"set-cookie:b=2", b"CONNECTION: close", length(2)), b"ok"
    ),
    "folded": sends(head(b"X-Folded: one", b"  two", b"\tthree", length(2)), b"ok"),
    "latin-1": sends(head(b"X-Name: caf\xe9", "X-خبر: نص".encode(), length(2)), b"ok"),
    "no-colon": sends(head(b"this is no header", b": nameless", length(2)), b"ok"),
    "lf-only": sends(head(b"X-A: b", length(2), end=b"\n"), b"ok"),
    "mixed-line-ends": sends(b"HTTP/1.1 200 OK\nX-A: b\r\nContent-Length: 2\n\r\n", b"ok"),
    "early-hints": sends(SIMPLE, _PAGE, before=EARLY + EARLY),
    "http-1.0": sends(head(b"Content-Type: text/html", status=b"HTTP/1.0 200 OK"), _PAGE),
    "unannounced": sends(UNANNOUNCED, _PAGE),
    "leftovers": sends(SIMPLE, _PAGE, wire=_PAGE + head(length(6)) + b"poison"),
    "chunked-leftovers": sends(CHUNKED, b"abc", wire=b"3\r\nabc\r\n0\r\n\r\n" + head(length(6)) + b"poison"),
    "error-500": sends(head(length(4), b"Retry-After: 1", status=b"HTTP/1.1 500 Oh"), b"oops"),
    "missing": sends(head(length(4), status=b"HTTP/1.1 404 Not Found"), b"gone"),
    "not-gzip": coded(b"gzip", b"this is no gzip"),
    "cut-gzip": coded(b"gzip", gzip.compress(_PAGE)[:-20]),
}  # fmt: skip
CUT = {
    "short-body": sends(SHORT, _PAGE, truncated="disconnect"),
    "reset-in-body": Route(reset_after(SHORT, _PAGE), SHORT, _PAGE, "disconnect"),
    "reset-unannounced": Route(reset_after(UNANNOUNCED, _PAGE), UNANNOUNCED, _PAGE, "disconnect"),
    "cut-chunk": sends(CHUNKED, b"abcde", wire=b"3\r\nabc\r\n9\r\nde", truncated="disconnect"),
    "no-last-chunk": sends(CHUNKED, b"abc", wire=b"3\r\nabc\r\n", truncated="disconnect"),
    "broken-chunk": sends(CHUNKED, b"abc", wire=b"3\r\nabc\r\nXYZ\r\nde", truncated="unspecified"),
    "cut-head": sends(b"HTTP/1.1 200 OK\r\nContent-Type: te", truncated="disconnect"),
    "reset-in-head": Route(reset_after(HALF), HALF, b"", "disconnect"),
    "interim-only": Route(raw(EARLY), truncated="disconnect"),
    "hung-up": Route(raw(), truncated="disconnect"),
    "reset-at-once": Route(reset_after(), truncated="disconnect"),
    "no-http": sends(b"SSH-2.0-OpenSSH_9.2\r\nmore", truncated="unspecified"),
    "odd-coding": sends(head(b"Transfer-Encoding: odd"), truncated="unspecified"),
    "silence": Route(silence, truncated="time"),
    "silence-in-body": Route(stall, SHORT, b"abc", "time"),
}  # fmt: skip
HUGE = {
    "announced-too-large": Route(raw(LARGE, b"x" * _MAXSIZE), LARGE, b"x", "length"),
    "too-large": Route(endless(UNANNOUNCED, b"x"), UNANNOUNCED, b"x", "length"),
    "too-many-lines": Route(raw(MANY_LINES), MANY_LINES, b"", "length"),
    "too-long-line": Route(raw(LONG_LINE), LONG_LINE, b"", "length"),
}
ROUTES = {**WHOLE, **CUT, **HUGE}


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    """A server of all routes, and of robots.txt and redirects."""
    acts = {f"/{name}": route.act for name, route in ROUTES.items()}
    acts["/robots.txt"] = raw(head(length(23), b"content-TYPE: text/plain"), b"User-agent: *\nAllow: /\n")
    acts["/redirect"] = redirect_to("/identity?after")
    with HostileServer(acts, address="127.0.9.1") as server:
        yield server


@pytest.fixture(scope="module")
def forms() -> Iterator[HostileServer]:
    """A server that keeps no connection open: on one that ends a form is lost, while a GET is sent again."""
    with HostileServer({"/form": whole(b"thanks")}, address="127.0.9.1") as server:
        yield server


@pytest.fixture(scope="module")
def recorded(server: HostileServer, forms: HostileServer, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """What a crawl recorded that asked for everything."""
    # By name, so that the host is not taken for one of which nothing comes.
    plan = [
        Asked(f"{server.home}/{name}", route.method) for name, route in sorted(ROUTES.items(), key=lambda one: one[0])
    ]
    plan.append(Asked(f"{server.home}/redirect"))
    plan.append(Asked(f"{forms.home}/form#part", "POST", b"a=1&b=%00\r\n\r\n\xff", {"X-Own": "é"}))
    return record(
        tmp_path_factory.mktemp("recorded"), *plan,
        CONCURRENT_REQUESTS_PER_DOMAIN=8, DOWNLOAD_TIMEOUT=2, DOWNLOAD_MAXSIZE=_MAXSIZE, REFERER_ENABLED=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", ROUTES)
def test_the_request_is_what_the_server_received(name: str, server: HostileServer, recorded: Recorded) -> None:
    received = [request for _, request in server.heard if request.split(b" ")[1] == f"/{name}".encode()]
    assert received == [recorded.of(f"{server.home}/{name}").request]


@pytest.mark.parametrize("name", [*WHOLE, *CUT])
def test_the_answer_is_what_the_server_sent(name: str, server: HostileServer, recorded: Recorded) -> None:
    exchange, route = recorded.of(f"{server.home}/{name}"), ROUTES[name]
    assert (exchange.head, exchange.body, exchange.truncated) == (route.head, route.body, route.truncated)
    assert (exchange.url, exchange.protocol) == (f"{server.home}/{name}", None)


@pytest.mark.parametrize("name", HUGE)
def test_of_what_is_too_large_the_beginning_is_kept(name: str, server: HostileServer, recorded: Recorded) -> None:
    exchange, route = recorded.of(f"{server.home}/{name}"), ROUTES[name]
    assert exchange.truncated == "length"
    if route.body:
        assert exchange.head == route.head
        assert exchange.body == route.body * len(exchange.body)
        # What is refused by its announced length is not read.
        assert exchange.body == b"" if name == "announced-too-large" else len(exchange.body) > _MAXSIZE
    else:
        assert route.head.startswith(exchange.head)
        assert len(exchange.head) > min(len(route.head), MAX_HEAD) // 2


def test_the_spider_gets_what_it_got_before(server: HostileServer, recorded: Recorded) -> None:
    assert recorded.answers[f"{server.home}/br"] == (200, _PAGE, [])
    assert recorded.answers[f"{server.home}/unannounced"] == (200, _PAGE, ["partial"])
    assert recorded.answers[f"{server.home}/head"] == (200, b"", [])
    assert recorded.answers[f"{server.home}/reset-unannounced"] == "ResponseDataLossError"
    assert recorded.answers[f"{server.home}/silence"] == "DownloadTimeoutError"
    assert recorded.answers[f"{server.home}/too-large"] == "DownloadCancelledError"
    assert recorded.answers[f"{server.home}/cut-head"] == "DownloadFailedError"


def test_no_exchange_is_missed_and_none_told_twice(
    server: HostileServer, forms: HostileServer, recorded: Recorded
) -> None:
    told = Counter(exchange.request for _, exchange in recorded.exchanges)
    heard = Counter(request for _, request in [*server.heard, *forms.heard])
    assert not heard - told
    # Sent on a kept connection that the server had just closed, and sent again on another.
    unanswered = Counter(
        one.request for _, one in recorded.exchanges if (one.head, one.truncated) == (b"", "disconnect")
    )
    assert told - heard <= unanswered
    assert len(recorded.exchanges) == recorded.stats[RECORDED]
    assert NOT_RECORDED not in recorded.stats
    assert not re.search("ERROR|CRITICAL|Traceback", recorded.log), recorded.log


def test_the_body_is_not_copied(recorded: Recorded) -> None:
    assert len(recorded.shared) >= len(WHOLE)
    assert all(recorded.shared.values())


def test_no_buffer_holds_a_body_that_has_ended(recorded: Recorded) -> None:
    assert recorded.still_held == 0


def test_robots_and_redirects_are_recorded(server: HostileServer, recorded: Recorded) -> None:
    robots = recorded.of(f"{server.home}/robots.txt")
    assert robots.head == head(length(23), b"content-TYPE: text/plain")
    assert robots.body == b"User-agent: *\nAllow: /\n"
    assert recorded.of(f"{server.home}/redirect").head.startswith(b"HTTP/1.1 302 Found\r\n")
    assert recorded.of(f"{server.home}/identity?after").body == _PAGE
    urls = [url for url, _ in recorded.exchanges]
    assert urls.index(f"{server.home}/redirect") < urls.index(f"{server.home}/identity?after")


def test_a_form_is_recorded_with_its_body(forms: HostileServer, recorded: Recorded) -> None:
    exchange = recorded.of(f"{forms.home}/form#part")
    assert exchange.url == f"{forms.home}/form"
    assert exchange.request.startswith(b"POST /form HTTP/1.1\r\n")
    assert exchange.request.endswith(b"\r\n\r\na=1&b=%00\r\n\r\n\xff")
    assert exchange.request in [request for _, request in forms.heard]


def test_time_and_address(recorded: Recorded) -> None:
    now = datetime.now(UTC)
    for _, exchange in recorded.exchanges:
        assert exchange.started_at.tzinfo is UTC
        assert now - timedelta(minutes=2) < exchange.started_at < now
        assert exchange.ip_address == "127.0.9.1"
    assert len({exchange.started_at for _, exchange in recorded.exchanges}) > len(ROUTES) / 2


@pytest.mark.slow
def test_answers_on_a_kept_connection_do_not_mix(tmp_path: Path) -> None:
    pages = {f"/{number}": b"page %d " % number * (number + 1) for number in range(6)}

    def both_at_once(conversation: Conversation) -> None:
        # A second answer that nobody asked for, in one segment with the first.
        page = pages[conversation.path]
        conversation.send(head(length(len(page))) + page + head(length(3)) + b"bad")

    acts: dict[str, Act] = {path: keeping(raw(head(length(len(page))), page)) for path, page in pages.items()}
    acts["/3"] = keeping(both_at_once)
    with HostileServer(acts, address="127.0.9.2") as server:
        recorded = record(tmp_path, *(Asked(server.home + path) for path in pages), ROBOTSTXT_OBEY=False)
        assert len({number for number, _ in server.heard}) == 1, "one connection"
        for (_, request), (path, page) in zip(server.heard, pages.items(), strict=True):
            exchange = recorded.of(server.home + path)
            assert (exchange.request, exchange.head, exchange.body) == (request, head(length(len(page))), page)
            assert exchange.truncated is None


@pytest.mark.slow
@pytest.mark.parametrize("encrypted", [False, True])
def test_many_exchanges_at_once_do_not_mix(encrypted: bool, certificate: ssl.SSLContext, tmp_path: Path) -> None:
    def answer(conversation: Conversation) -> None:
        body = conversation.path.encode() * 1000
        cut = len(body) // 3
        if conversation.path.endswith("0"):
            conversation.send(EARLY + CHUNKED, chunks([body[:cut]]), chunks([body[cut:]]) + b"0\r\n\r\n")
        else:
            conversation.send(
                head(b"X-Path: " + conversation.path.encode(), length(len(body))) + body[:cut], body[cut:]
            )
        conversation.kept = not conversation.path.endswith("7")

    tls = certificate if encrypted else None
    with HostileServer(anything=answer, address="127.0.9.7", tls=tls) as server:
        plan = [Asked(f"{server.home}/{number}") for number in range(400)]
        recorded = record(
            tmp_path, *plan, ROBOTSTXT_OBEY=False, CONCURRENT_REQUESTS_PER_DOMAIN=32, DOWNLOAD_VERIFY_CERTIFICATES=0
        )
    assert len({number for number, _ in server.heard}) < len(plan) / 2, "connections are kept"
    heard = {request for _, request in server.heard}
    for asked in plan:
        exchange, path = recorded.of(asked.url), b"/" + asked.url.rpartition("/")[2].encode()
        assert exchange.request.startswith(b"GET " + path + b" HTTP/1.1\r\n")
        assert exchange.request in heard
        assert exchange.head == (CHUNKED if path.endswith(b"0") else head(b"X-Path: " + path, length(1000 * len(path))))
        assert exchange.body == path * 1000
        assert exchange.truncated is None


@pytest.mark.slow
def test_a_request_that_twisted_sends_anew_is_two_exchanges(tmp_path: Path) -> None:
    turns = iter([raw(), raw(SIMPLE, _PAGE)])
    acts = {"/first": keeping(raw(SIMPLE, _PAGE)), "/again": lambda conversation: next(turns)(conversation)}
    with HostileServer(acts, address="127.0.9.3") as forgetful:
        urls = [f"{forgetful.home}/first", f"{forgetful.home}/again"]
        recorded = record(tmp_path, *map(Asked, urls), ROBOTSTXT_OBEY=False)
    assert [number for number, _ in forgetful.heard] == [0, 0, 1]
    assert [exchange.request for _, exchange in recorded.exchanges] == [request for _, request in forgetful.heard]
    assert [(url, exchange.head, exchange.body, exchange.truncated) for url, exchange in recorded.exchanges] == [
        (urls[0], SIMPLE, _PAGE, None), (urls[1], b"", b"", "disconnect"), (urls[1], SIMPLE, _PAGE, None),
    ]  # fmt: skip


@pytest.mark.slow
def test_what_is_under_way_when_the_crawl_is_ended_is_recorded_before_it_closes(tmp_path: Path) -> None:
    with HostileServer({"/begun": stall}, anything=silence, address="127.0.9.4") as server:
        urls = [f"{server.home}/{name}" for name in ("begun", "silent", "waiting")]
        recorded = record(
            tmp_path, *map(Asked, urls), end_after=0.7, ROBOTSTXT_OBEY=False, CONCURRENT_REQUESTS_PER_DOMAIN=2
        )
    assert {url: (exchange.head, exchange.body, exchange.truncated) for url, exchange in recorded.exchanges} == {
        urls[0]: (SHORT, b"abc", "unspecified"), urls[1]: (b"", b"", "unspecified"),
    }  # fmt: skip
    assert recorded.after_close == 0
    assert recorded.answers == dict.fromkeys(urls, "Stopped")


@pytest.mark.slow
def test_what_a_handler_fails_to_take_is_an_error_and_counted(tmp_path: Path) -> None:
    with HostileServer({"/kept": whole(b"a"), "/lost": whole(b"b")}, address="127.0.9.5") as server:
        plan = [Asked(f"{server.home}/{name}") for name in ("kept", "lost")]
        recorded = record(tmp_path, *plan, fail_on="/lost", ROBOTSTXT_OBEY=False)
    assert [url for url, _ in recorded.exchanges] == [plan[0].url]
    assert (recorded.stats[RECORDED], recorded.stats[NOT_RECORDED]) == (1, 1)
    assert re.search(f"ERROR: The exchange with {plan[1].url} was not recorded", recorded.log)


@pytest.mark.slow
def test_what_was_never_sent_is_no_exchange(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.9.6", 0))
        nobody = f"http://127.0.9.6:{free.getsockname()[1]}/"
    recorded = record(tmp_path, Asked(nobody), ROBOTSTXT_OBEY=False)
    assert recorded.answers == {nobody: "DownloadConnectionRefusedError"}
    assert recorded.exchanges == []
    assert NOT_RECORDED not in recorded.stats


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A certificate that nobody vouches for."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    addresses = [x509.IPAddress(ip_address(f"127.0.9.{number}")) for number in (7, 8)]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.slow
def test_https_is_recorded_as_it_was_before_it_was_encrypted(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    names = ["gzip", "extensions-and-trailers", "folded", "lf-only", "early-hints", "unannounced", "short-body"]
    acts = {f"/{name}": ROUTES[name].act for name in names}
    with HostileServer(acts, address="127.0.9.7", tls=certificate) as server:
        plan = [Asked(f"{server.home}/{name}") for name in names]
        recorded = record(tmp_path, *plan, ROBOTSTXT_OBEY=False, DOWNLOAD_VERIFY_CERTIFICATES=False)
    assert [exchange.request for _, exchange in recorded.exchanges] == [request for _, request in server.heard]
    for name, asked in zip(names, plan, strict=True):
        exchange, route = recorded.of(asked.url), ROUTES[name]
        assert (exchange.head, exchange.body, exchange.truncated) == (route.head, route.body, route.truncated)
        assert exchange.ip_address == "127.0.9.7"


@pytest.mark.slow
def test_a_certificate_that_is_refused_is_no_exchange(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    with HostileServer({"/": whole(b"secret")}, address="127.0.9.7", tls=certificate) as server:
        asked = Asked(f"{server.home}/")
        recorded = record(tmp_path, asked, ROBOTSTXT_OBEY=False)
    assert server.heard == []
    assert recorded.answers == {asked.url: "DownloadFailedError"}
    assert recorded.exchanges == []


@pytest.mark.slow
def test_behind_a_proxy_the_answer_is_recorded_without_the_proxy(certificate: ssl.SSLContext, tmp_path: Path) -> None:
    inside: list[bytes] = []

    def proxy(conversation: Conversation) -> None:
        if not conversation.request.startswith(b"CONNECT "):
            conversation.send(SIMPLE, _PAGE)
            return
        conversation.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with certificate.wrap_socket(conversation.connection, server_side=True) as tunnel:
            inside.append(read_request(tunnel))
            tunnel.sendall(SIMPLE + _PAGE)

    with HostileServer(anything=proxy, address="127.0.9.8") as server:
        through = {"proxy": server.home.replace("//", "//user:secret@")}
        plan = [Asked(f"{scheme}://127.0.9.8/page", meta=through) for scheme in ("http", "https")]
        recorded = record(tmp_path, *plan, ROBOTSTXT_OBEY=False, DOWNLOAD_VERIFY_CERTIFICATES=False)
    credentials = re.compile(rb"Proxy-Authorization: [^\r]*\r\n", re.IGNORECASE)
    plain, connect = [request for _, request in server.heard]
    assert credentials.search(plain)
    assert credentials.search(connect)
    assert recorded.of(plan[0].url).request == credentials.sub(b"", plain)
    assert plain.startswith(b"GET http://127.0.9.8/page HTTP/1.1\r\n")
    assert [recorded.of(plan[1].url).request] == inside
    for asked in plan:
        exchange: Exchange = recorded.of(asked.url)
        assert (exchange.head, exchange.body, exchange.ip_address) == (SIMPLE, _PAGE, None)


def test_a_rehearsal_of_what_is_installed_passes() -> None:
    rehearsal.rehearse()


def test_a_body_that_scrapy_gathers_elsewhere_ends_the_crawl_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reader(http11._ResponseReader):
        _gathered = b""

        def dataReceived(self, data: bytes) -> None:  # noqa: N802
            self._gathered += data

        def _finish_response(self, *args: Any, **kwargs: Any) -> None:
            self._bodybuf = BytesIO(self._gathered)
            super()._finish_response(*args, **kwargs)

    monkeypatch.setattr(http11, "_ResponseReader", Reader)
    with pytest.raises(ConfigurationError, match=r"Scrapy .* Twisted .* requirements\.txt"):
        rehearsal.rehearse()


@pytest.mark.parametrize(
    ("part", "hook"),
    [
        (wire.RecordingPool, "getConnection"),
        (wire._Request, "writeTo"),
        (wire._Parser, "connectionMade"),
        (wire._Parser, "lineReceived"),
        (wire._Parser, "connectionLost"),
        (wire._Response, "deliverBody"),
    ],
)
def test_a_hook_that_is_not_called_any_more_is_noticed(part: type, hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(part, hook)
    with pytest.raises(ConfigurationError, match=r"requirements\.txt"):
        rehearsal.rehearse()


def test_a_scrapy_without_a_name_that_is_needed_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(http11, "_LenientHTTPClientParser")
    with pytest.raises(ConfigurationError, match=r"_LenientHTTPClientParser.*requirements\.txt"):
        runpy.run_path(bounded_http.__file__)


def test_what_passed_by_the_recording_is_told_and_not_made_up() -> None:
    told: list[Any] = []
    request = Request("http://example.org/")
    recording = wire.Recording(request, lambda: datetime.now(UTC), lambda *what: told.append(what))
    recording.end(Response(request.url, body=b"answer"), None)
    assert told == [(request, None, "it passed by the recording connection")]


@pytest.mark.slow
def test_a_crawl_whose_rehearsal_fails_does_not_begin(tmp_path: Path) -> None:
    changed = """
from scrapy import Request
from scrapy.core.downloader.handlers import http11
from scrapy.http import Response
class Reader(http11._ResponseReader):
    def connectionMade(self):
        self._bodybuf = type("Other", (), {"write": lambda *_: None, "getvalue": lambda _: b"body"})()
http11._ResponseReader = Reader
from scrapy.cmdline import execute
execute()
"""
    with HostileServer(address="127.0.9.9") as server:
        write_source(tmp_path / "sources", "local", server.home)
        settings = {"NEWSCRAWL_SOURCES": tmp_path / "sources", "NEWSCRAWL_OUTPUT": tmp_path / "output", **HASTE}
        arguments = command("crawl", "news", NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=1, **settings)
        done = subprocess.run(
            [sys.executable, "-c", changed, *arguments[3:]],
            cwd=ROOT, env=environment(), capture_output=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
    assert done.returncode == 1
    assert re.search(r"^newscrawl: with Scrapy .* requirements\.txt names$", done.stderr, re.MULTILINE), done.stderr
    assert server.asked == []
