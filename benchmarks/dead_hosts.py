"""What a dead host costs: requests, seconds of the run, and in how many URLs it ends, run after run.

`python -m benchmarks.dead_hosts` crawls a source of `--pages` due pages whose host accepts connections, never answers
(silent), refuses them (refusing), or serves robots.txt and feed and lets pages hang (hanging): three runs, of which the
later come when the rest of the host is over, else an hour later. `--project FOLDER` measures another checkout.
"""

from __future__ import annotations

import argparse
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

_START = datetime(2026, 11, 23, 8, tzinfo=UTC)
_PATIENCE = 3600.0


class DeadHost:
    """A server on loopback of one kind, which counts what it was asked; none listens where it is refusing."""

    def __init__(self, kind: str, pages: int) -> None:
        self.kind, self.asked, self._pages = kind, 0, pages
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.home = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.alive = True
        if kind != "refusing":
            self._socket.listen(64)
            threading.Thread(target=self._accept, daemon=True).start()

    def urls(self) -> list[str]:
        """Its pages."""
        return [f"{self.home}/story-{number}" for number in range(self._pages)]

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while data := connection.recv(65536):
                self.asked += 1
                path = data.split(b" ")[1].decode()
                if not self.alive and (self.kind == "silent" or path.startswith("/story")):
                    continue
                items = "".join(f"<item><title>Story</title><link>{url}</link></item>" for url in self.urls())
                feed = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
                body = feed if path == "/feed" else ""
                kind = "application/rss+xml" if path == "/feed" else "text/plain"
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                connection.sendall((head + body).encode())


def measure(kind: str, *, pages: int, timeout: float, project: Path, runs: int) -> None:
    """Print a line a run."""
    with TemporaryDirectory() as name:
        folder, host, now = Path(name), DeadHost(kind, pages), _START
        (folder / "sources" / "xx").mkdir(parents=True)
        text = f'outlet = "Dead"\nhomepage = "{host.home}"\nfeeds = ["{host.home}/feed"]\n[articles]\nallow = ["."]\n'
        (folder / "sources" / "xx" / "dead.toml").write_text(text, encoding="utf-8")
        _make_due(folder, host, now, project, timeout)
        host.alive = False
        for number in range(1, runs + 1):
            host.asked, began = 0, time.monotonic()
            log = _crawl(folder, now, project, timeout)
            seconds = time.monotonic() - began
            attempts = host.asked if kind != "refusing" else max(1, log.count("(failed "))
            with closing(sqlite3.connect(folder / "newscrawl.db")) as database:
                last = database.execute("SELECT run_id FROM runs ORDER BY rowid DESC").fetchone()[0]
                ends = database.execute(
                    "SELECT disposition, count(*) FROM dispositions WHERE run_id = ? GROUP BY 1", [last]
                ).fetchall()
                until = _rest(database)
            print(f"{kind:9} run {number} {attempts:5} requests {seconds:8.1f} s  {dict(ends)}", flush=True)
            now = max(until or now + timedelta(hours=1), now + timedelta(minutes=1)) + timedelta(minutes=1)


def _make_due(folder: Path, host: DeadHost, now: datetime, project: Path, timeout: float) -> None:
    """The frontier with all pages due, as after a run that was ended before it had asked for one."""
    _crawl(folder, now, project, timeout, "urls=" + f"{host.home}/nothing")
    with closing(sqlite3.connect(folder / "newscrawl.db")) as database, database:
        known = database.execute("SELECT * FROM frontier").fetchone()
        names = [row[1] for row in database.execute("PRAGMA table_info(frontier)")]
        row = dict(zip(names, known, strict=True))
        database.execute("DELETE FROM frontier")
        for url in host.urls():
            row |= {"url": url, "url_key": url.removeprefix("http://"), "state": "due", "tries": 0, "source_id": "dead"}
            row |= {"due_at": f"{now:%Y-%m-%d %H:%M:%S.000000}", "run_id": None, "lease_until": None}
            marks = ", ".join("?" for _ in row)
            database.execute(f"INSERT INTO frontier ({', '.join(row)}) VALUES ({marks})", list(row.values()))
        for table in ("hosts", "host_files"):
            with suppress(sqlite3.OperationalError):
                database.execute(f"DELETE FROM {table}")


def _rest(database: sqlite3.Connection) -> datetime | None:
    with suppress(sqlite3.OperationalError):
        row = database.execute("SELECT until FROM hosts").fetchone()
        return datetime.fromisoformat(row[0]).replace(tzinfo=UTC) if row else None
    return None


def _crawl(folder: Path, now: datetime, project: Path, timeout: float, argument: str = "sources=dead") -> str:
    settings = {
        "NEWSCRAWL_OUTPUT": folder, "NEWSCRAWL_SOURCES": folder / "sources", "NEWSCRAWL_NOW": now.isoformat(),
        "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1, "NEWSCRAWL_BUNDLED_SOURCES": 0, "DOWNLOAD_TIMEOUT": timeout,
        "NEWSCRAWL_WORKERS": 1, "LOG_LEVEL": "DEBUG",
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    line = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", argument, *options]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(line, cwd=project, env=environment, capture_output=True, encoding="utf-8", timeout=_PATIENCE)
    return done.stderr


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default="silent,refusing,hanging")
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--timeout", type=float, default=2.0, help="DOWNLOAD_TIMEOUT; 60 by default in a crawl")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--project", type=Path, default=Path(__file__).parent.parent)
    asked = parser.parse_args()
    for one in asked.kinds.split(","):
        measure(one, pages=asked.pages, timeout=asked.timeout, project=asked.project.resolve(), runs=asked.runs)
