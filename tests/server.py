"""A web server on loopback that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the server."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/html; charset=utf-8"
    seconds: float = 0.0
    """How long the server waits before it answers."""
    announced: int | None = None
    """Content-Length to state in place of the body's own."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the server was asked, with the monotonic times of its coming and its answer."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float


@dataclass(slots=True)
class Server:
    """Serves `routes` (path → answer, or a function that gives one) on a loopback address while it is entered."""

    routes: dict[str, Answer | Callable[[], Answer]] = field(default_factory=dict)
    address: str = "127.0.0.1"
    asked: list[Asked] = field(default_factory=list)
    asking: list[dict[str, str]] = field(default_factory=list)
    """The headers of each request, before it is answered."""
    connections: int = 0
    _http: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        self._http = _HTTPServer((self.address, 0), _Handler)
        self._http.of = self  # type: ignore[attr-defined]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._http is not None
        self._http.shutdown()
        self._http.server_close()

    @property
    def port(self) -> int:
        """The free port that the system gave."""
        assert self._http is not None
        return int(self._http.server_address[1])

    @property
    def home(self) -> str:
        """The server's URL without a path."""
        return f"http://{self.address}:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt left out."""
        return [one.path for one in self.asked if one.path != "/robots.txt"]


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.of.connections += 1  # type: ignore[attr-defined]
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        began = time.monotonic()
        server: Server = self.server.of  # type: ignore[attr-defined]
        route = server.routes.get(self.path) or Answer(status=404, body=b"not here")
        server.asking.append(dict(self.headers))
        answer = route() if callable(route) else route
        if answer.seconds:
            time.sleep(answer.seconds)
        server.asked.append(Asked(self.path, dict(self.headers), began, time.monotonic()))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) if answer.announced is None else answer.announced))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.announced is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the tests read `asked`."""


def page(name: str, *, headline: str | None = None, body: bool = True) -> bytes:
    """An article's page whose text no other name shares; without body, or without headline when it is empty."""
    headline = f"The harbour keeps its {name} another year" if headline is None else headline
    title = f"<h1>{headline}</h1>" if headline else ""
    paragraphs = [
        f"The {name} by the old harbour will stay open for another year, the council decided on Monday evening.",
        f"Members of the board said that the {name} had cost less than feared, and that nobody had asked to close it.",
        f"A new report on the {name} is due in spring; until then its visitors are asked to sign the book at the door.",
    ]
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs) if body else ""
    head = f"<meta charset=utf-8><title>{headline}</title>" if headline else "<meta charset=utf-8>"
    html = f"<html lang=en><head>{head}</head><body>{title}<article>{text}</article></body></html>"
    return f"<!doctype html>{html}".encode()


def rss(*urls: str) -> Answer:
    """A feed that lists the URLs."""
    items = "".join(f"<item><title>Story</title><link>{url.replace('&', '&amp;')}</link></item>" for url in urls)
    text = f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    return Answer(body=text.encode(), content_type="application/rss+xml")


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect."""
    return Answer(status=status, headers=(("Location", location),))


def robots(text: str) -> Answer:
    """A robots.txt."""
    return Answer(body=text.encode(), content_type="text/plain")
