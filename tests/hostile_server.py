"""A server on loopback that speaks to its clients in raw bytes, whatever HTTP says."""

from __future__ import annotations

import re
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Self

Act = Callable[["Conversation"], None]
"""What the server does once it has read a request; the connection is closed when it returns, unless it is `kept`."""

_MEGABYTE = 1 << 20


@dataclass(slots=True)
class Conversation:
    """One request and the connection on which it came."""

    path: str
    home: str
    connection: socket.socket
    request: bytes = b""
    """The request as it came."""
    sent: int = 0
    kept: bool = False
    """Whether the connection stays open for another request; an act may say so."""

    def send(self, *pieces: bytes) -> None:
        """Send bytes; OSError when the client has hung up."""
        for piece in pieces:
            self.connection.sendall(piece)
            self.sent += len(piece)

    def reset(self) -> None:
        """Close with a reset in place of an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def wait(self, seconds: float) -> bool:
        """Wait that long; False as soon as the client has hung up."""
        self.connection.settimeout(seconds)
        try:
            return bool(self.connection.recv(1))
        except TimeoutError:
            return True
        except OSError:
            return False
        finally:
            self.connection.settimeout(None)


@dataclass(slots=True)
class HostileServer:
    """Does what `acts` says (by path without query, else `anything`, else 404) while it is entered."""

    acts: dict[str, Act] = field(default_factory=dict)
    anything: Act | None = None
    address: str = "127.0.0.1"
    greeting: bytes = b""
    """Sent as soon as a client connects, before it has asked anything."""
    tls: ssl.SSLContext | None = None
    """Speaks https with this certificate."""
    asked: list[tuple[str, float]] = field(default_factory=list)
    """Path and monotonic time of each request."""
    sent: Counter[str] = field(default_factory=Counter)
    """Bytes sent by path."""
    heard: list[tuple[int, bytes]] = field(default_factory=list)
    """Number of the connection and bytes of each request."""
    _listener: socket.socket | None = None

    def __enter__(self) -> Self:
        self._listener = socket.create_server((self.address, 0), backlog=128)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._listener is not None
        self._listener.close()

    @property
    def home(self) -> str:
        """The server's URL without a path."""
        assert self._listener is not None
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{self.address}:{self._listener.getsockname()[1]}"

    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]

    def _accept(self) -> None:
        assert self._listener is not None
        for number in count():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                if self.greeting:
                    connection.sendall(self.greeting)
                while (request := read_request(connection)) and self._answer(request, connection, number):
                    """Another one may come."""
                if isinstance(connection, ssl.SSLSocket):
                    connection.unwrap()
        except OSError:
            """Clients that hang up are part of the tests."""

    def _answer(self, request: bytes, connection: socket.socket, number: int) -> bool:
        path = request.split(b" ", 2)[1].decode("latin-1")
        self.asked.append((path, time.monotonic()))
        self.heard.append((number, request))
        conversation = Conversation(path, self.home, connection, request)
        act = self.acts.get(path.partition("?")[0]) or self.anything or _missing
        try:
            act(conversation)
        finally:
            self.sent[path] += conversation.sent
        return conversation.kept


def read_request(connection: socket.socket) -> bytes:
    """One request with its body; b"" when the client has hung up."""
    request = b""
    while b"\r\n\r\n" not in request or len(request.partition(b"\r\n\r\n")[2]) < _announced(request):
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    return request


def _announced(request: bytes) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", request, re.IGNORECASE)
    return int(found[1]) if found else 0


def head(*headers: str, status: str = "200 OK", content_type: str = "text/html; charset=utf-8") -> bytes:
    """Status line and headers."""
    lines = (f"HTTP/1.1 {status}", f"Content-Type: {content_type}", "Connection: close", *headers)
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def whole(body: bytes, *headers: str, status: str = "200 OK", content_type: str = "text/html; charset=utf-8") -> Act:
    """An honest answer."""
    return raw(head(f"Content-Length: {len(body)}", *headers, status=status, content_type=content_type), body)


def raw(*pieces: bytes) -> Act:
    """These bytes, then an orderly end."""
    return lambda conversation: conversation.send(*pieces)


def keeping(act: Act) -> Act:
    """The act, and the connection stays open."""

    def keep(conversation: Conversation) -> None:
        act(conversation)
        conversation.kept = True

    return keep


def drip(beginning: bytes, *, every: float, piece: bytes = b"x") -> Act:
    """A byte now and then, for ever."""

    def act(conversation: Conversation) -> None:
        conversation.send(beginning)
        while conversation.wait(every):
            conversation.send(piece)

    return act


def endless(beginning: bytes, piece: bytes = b"<p>More and more of it.</p>\n") -> Act:
    """As fast as the client reads, for ever."""
    return lambda conversation: _pour(conversation, beginning, piece, None)


def large(beginning: bytes, size: int, piece: bytes = b"<p>More and more of it.</p>\n") -> Act:
    """About `size` bytes after the beginning."""
    return lambda conversation: _pour(conversation, beginning, piece, size)


def reset_after(*pieces: bytes) -> Act:
    """These bytes, a moment for the client to read them, and a reset."""

    def act(conversation: Conversation) -> None:
        conversation.send(*pieces)
        time.sleep(0.2)
        conversation.reset()

    return act


def silence(conversation: Conversation) -> None:
    """Nothing, for ever."""
    while conversation.wait(60):
        """The client may speak; nobody answers."""


def redirect_to(location: str, status: str = "302 Found") -> Act:
    """A redirect."""
    return whole(b"", f"Location: {location}", status=status)


def redirect_onward(conversation: Conversation) -> None:
    """A redirect to a URL that was never seen before, for ever."""
    path, _, number = conversation.path.partition("?")
    redirect_to(f"{path}?{int(number or 0) + 1}")(conversation)


def chunks(pieces: Iterable[bytes]) -> bytes:
    """Pieces in chunked transfer coding, without the last chunk."""
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)


def _pour(conversation: Conversation, beginning: bytes, piece: bytes, size: int | None) -> None:
    conversation.send(beginning)
    block = piece * (_MEGABYTE // len(piece) + 1)
    left = size
    while left is None or left > 0:
        conversation.send(block if left is None else block[:left])
        left = None if left is None else left - len(block)


def _missing(conversation: Conversation) -> None:
    whole(b"not here", status="404 Not Found", content_type="text/plain")(conversation)
