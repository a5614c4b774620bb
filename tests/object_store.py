"""A real S3 server of the tests' own, and a gate before it that can be shut, or lose its nerve."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from tests.environments import programs_of

_PIECE = 1 << 16
_REGION = (
    b"<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>"
)
_SIGNED = "AWS4-HMAC-SHA256 Credential=tests/20260101/eu-central-1/s3/aws4_request"


class Gate:
    """Hands connections on to a server of this machine."""

    def __init__(self, upstream: int) -> None:
        self.requests = 0
        """Heads of requests that went through."""
        self.most: int | None = None
        """Bytes of one direction after which a connection is cut; None: as many as there are."""
        self.deaf_to: bytes = b""
        """What a server that does not know of it would not hear."""
        self.reached = Event()
        """Set when a connection was cut, or held up."""
        self._released = Event()
        self._released.set()
        self._upstream = upstream
        self._open: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.open()

    def open(self) -> None:
        """Take connections, at the same port as before."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)
        self.port = self._listener.getsockname()[1]
        Thread(target=self._accept, args=[self._listener], daemon=True).start()

    def shut(self) -> None:
        """Take none any more, and end those that there are."""
        assert self._listener is not None
        # A thread that waits in accept() holds a closed socket open.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            _end(connection)
        self._open.clear()

    def stall(self, most: int) -> None:
        """Hold up connections, instead of cutting them, after so many bytes of one direction."""
        self.most = most
        self.reached.clear()
        self._released.clear()

    def release(self) -> None:
        """Cut them, and let others through."""
        self.most = None
        self._released.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._upstream))
            self._open += [client, server]
            Thread(target=self._pump, args=[client, server], daemon=True).start()
            Thread(target=self._pump, args=[server, client], daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        sent = 0
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                sent += len(piece)
                if self.most is not None and sent > self.most:
                    self.reached.set()
                    # What the system had buffered must not go on: its sender may be dead.
                    self._released.wait()
                    break
                self.requests += piece.count(b" HTTP/1.1\r\n")
                if self.deaf_to:
                    piece = piece.replace(self.deaf_to, self.deaf_to[:-1] + b"X")
                target.sendall(piece)
        _end(source)
        _end(target)


class ObjectStore:
    """A server with buckets in memory; in the environment, what a client needs to reach it through its gate."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._buckets = 0
        self.gate = Gate(port)

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables of a client."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.gate.port}",
            "AWS_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
        }

    def bucket(self) -> str:
        """The URL of a place in a new bucket."""
        self._buckets += 1
        name = f"bucket-{self._buckets}"
        assert self.ask("PUT", f"/{name}", _REGION)[0] == 200
        return f"s3://{name}/news/archive"

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request past the gate: status and body of its answer."""
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            connection.request(method, path, body, {"Authorization": _SIGNED})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def object(self, url: str, name: str) -> bytes | None:
        """What an object below a URL holds; None when there is none."""
        status, body = self.ask("GET", f"/{url.removeprefix('s3://')}/{name}")
        return body if status == 200 else None

    def remove(self, url: str, name: str) -> None:
        """Take an object away, as an operator might."""
        assert self.ask("DELETE", f"/{url.removeprefix('s3://')}/{name}")[0] == 204


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """A server while it is used; its log lies in the folder."""
    programs = programs_of(Path(__file__).with_suffix(".txt"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "moto_server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            assert server.poll() is None, (folder / "log").read_text(encoding="utf-8")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        store = ObjectStore(port)
        yield store
        store.gate.shut()
    finally:
        server.terminate()
        server.wait()


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
