"""A news site on loopback, in a process of its own: as many articles as asked for, made from a folder of real pages.

`python -m benchmarks.site --pages FOLDER --urls 2000` serves one until it is ended.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_PARAGRAPH = re.compile(rb"(<p(?:\s[^>]*)?>)", re.IGNORECASE)
_SITEMAP_URLS = 50_000
# The site goes by whatever name it is asked for.
_HOST = re.compile(r"\r\nhost: *(\S+)", re.IGNORECASE)


@dataclass(slots=True)
class Site:
    """The site while it is entered. robots.txt names /sitemap.xml, that its pages; / links to the first thousand."""

    pages: Path
    """A folder with *.html or *.html.gz in any depth."""
    urls: int
    address: str = "127.0.0.1"
    home: str = ""
    _process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.site", "--pages", str(self.pages), "--urls", str(self.urls)]
        self._process = subprocess.Popen([*command, "--address", self.address], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.home = self._process.stdout.readline().strip()
        if not self.home:
            raise SystemExit("the local site did not start; its message stands above")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        self._process.wait()

    def cpu_seconds(self) -> float:
        """Seconds of CPU that the site has used so far."""
        assert self._process is not None
        times = psutil.Process(self._process.pid).cpu_times()
        return times.user + times.system

    def addresses(self) -> list[str]:
        """The URL of every article."""
        return [self.home + path_of(number) for number in range(self.urls)]


def path_of(number: int) -> str:
    """The path of an article."""
    return f"/2026/01/story-{number}.html"


def read_pages(folder: Path) -> list[bytes]:
    """The pages of a folder, in the order of their names."""
    files = sorted(file for file in folder.rglob("*.html*") if file.name.endswith((".html", ".html.gz")))
    if not files:
        raise SystemExit(f"{folder} holds no *.html or *.html.gz; name a folder of pages")
    return [gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes() for file in files]


class _Answers:
    def __init__(self, pages: list[bytes], urls: int) -> None:
        self._pieces = [_PARAGRAPH.split(page) for page in pages]
        self._urls = urls

    def answer(self, path: str, home: str) -> tuple[int, str, bytes]:
        if found := re.fullmatch(r"/2026/01/story-(\d+)\.html", path):
            number = int(found[1])
            return (200, "text/html; charset=utf-8", self._page(number)) if number < self._urls else _MISSING
        if found := re.fullmatch(r"/sitemap(?:-(\d+))?\.xml", path):
            first = int(found[1] or 0) * _SITEMAP_URLS
            numbers = range(first, min(first + _SITEMAP_URLS, self._urls))
            entries = "".join(f"<url><loc>{home}{path_of(number)}</loc></url>" for number in numbers)
            text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
            return 200, "application/xml", text.encode()
        if path == "/robots.txt":
            return 200, "text/plain", f"User-agent: *\nDisallow: /search\nSitemap: {home}/sitemap.xml\n".encode()
        if path == "/":
            links = "".join(
                f'<li><a href="{path_of(number)}">Story {number} of the archive</a></li>'
                for number in range(min(self._urls, 1000))
            )
            return 200, "text/html; charset=utf-8", f"<html><title>Site</title><ul>{links}</ul></html>".encode()
        return _MISSING

    def _page(self, number: int) -> bytes:
        # Each paragraph begins with the number, so that no two pages have one text.
        pieces = self._pieces[number % len(self._pieces)]
        mark = b"%d " % number
        return b"".join(piece + mark if index % 2 else piece for index, piece in enumerate(pieces))


_MISSING = (404, "text/plain", b"not here")


async def _serve(pages: Path, urls: int, address: str) -> None:
    answers = _Answers(read_pages(pages), urls)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                host = _HOST.search(head)
                home = f"http://{host[1]}" if host else ""
                status, content_type, body = answers.answer(head.split(" ", 2)[1], home)
                lines = f"HTTP/1.1 {status} -\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(lines.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, address, 0)
    home = f"http://{address}:{server.sockets[0].getsockname()[1]}"
    print(home, flush=True)
    async with server:
        await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.site", description=__doc__)
    arguments.add_argument("--pages", type=Path, required=True)
    arguments.add_argument("--urls", type=int, default=2000)
    arguments.add_argument("--address", default="127.0.0.1")
    given = arguments.parse_args()
    try:
        asyncio.run(_serve(given.pages, given.urls, given.address))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
