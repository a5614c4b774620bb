"""The world's web servers: one thread on loopback, an address for each outlet, at a time that the driver sets."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Self

from benchmarks.world import pages
from benchmarks.world.outlets import BEGIN, Outlet
from benchmarks.world.stories import Story

NEWEST = 25
"""Entries of a feed or section."""
SITEMAP_DAYS = 2
"""How far back a sitemap goes that is no index."""
_ROBOTS = b"User-agent: *\nDisallow: /admin\n"
_Answer = tuple[int, str, bytes, datetime | None]


class World:
    """Serves the outlets while it is entered. `now` is its time; `requests` counts what it was asked, by outlet and
    kind: robots, discovery, page (200), unchanged (304), other."""

    def __init__(self, outlets: Sequence[Outlet], stories: Mapping[int, Sequence[Story]]) -> None:
        self.now = BEGIN
        self.port = 0
        self.requests: Counter[tuple[int, str]] = Counter()
        self._outlets = {outlet.address: outlet for outlet in outlets}
        self._stories = stories
        self._times = {number: [story.published for story in several] for number, several in stories.items()}
        self._by_path = {(one.outlet.number, one.path): one for several in stories.values() for one in several}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="world", daemon=True)
        self._servers: list[asyncio.Server] = []

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def home(self, outlet: Outlet) -> str:
        """Where the outlet is served."""
        return f"http://{outlet.address}:{self.port}"

    async def _start(self) -> None:
        for address in self._outlets:
            server = await asyncio.start_server(self._connected, address, self.port)
            self.port = server.sockets[0].getsockname()[1]
            self._servers.append(server)

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        outlet = self._outlets[writer.get_extra_info("sockname")[0]]
        try:
            while not outlet.suffers("refusing", self.now):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(self._answer(outlet, head))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, outlet: Outlet, head: str) -> bytes:
        path = head.split(" ", 2)[1]
        asked = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        status, media_type, body, changed = self._found(outlet, path)
        lines = [f"Content-Type: {media_type}"]
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        modified = format_datetime(changed, usegmt=True) if changed else None
        if status == 200:
            if outlet.validators in ("etag", "both"):
                lines.append(f"ETag: {etag}")
            if outlet.validators in ("last_modified", "both") and modified and not outlet.rotates:
                lines.append(f"Last-Modified: {modified}")
            known = asked.get("if-none-match"), asked.get("if-modified-since")
            if known[0] == etag or (known[0] is None and known[1] is not None and known[1] == modified):
                status, body = 304, b""
        self.requests[outlet.number, _kind(path, status)] += 1
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([f"HTTP/1.1 {status} -", *lines, "", ""]).encode() + body

    def _found(self, outlet: Outlet, path: str) -> _Answer:
        if outlet.suffers("down", self.now):
            return 503, "text/plain", b"try later", None
        if path == "/robots.txt":
            return 200, "text/plain", _ROBOTS, BEGIN
        if path in outlet.discovery or path.startswith("/sitemap-"):
            if outlet.suffers("broken_feed", self.now):
                return 500, "text/plain", b"no feed", None
            return self._document(outlet, path)
        story = self._by_path.get((outlet.number, path))
        if story is None or story.published > self.now:
            return 404, "text/html", b"<h1>Not found</h1>", None
        if not story.is_there(self.now):
            return 410, "text/html", b"<h1>Gone</h1>", None
        others = self._newest(outlet, self.now if outlet.rotates else story.published, 5)
        body = pages.page(story, self.now, [one for one in others if one is not story]).encode()
        changed = [story.changed(self.now), *(one.begins for one in outlet.incidents if one.begins <= self.now)]
        return 200, "text/html; charset=utf-8", body, max(changed)

    def _newest(self, outlet: Outlet, moment: datetime, most: int) -> list[Story]:
        """Stories that are there, the newest first."""
        several = self._stories[outlet.number]
        last = bisect_right(self._times[outlet.number], moment)
        return [story for story in reversed(several[:last]) if story.is_there(self.now)][:most]

    def _document(self, outlet: Outlet, path: str) -> _Answer:
        home = self.home(outlet)
        if path == "/news":
            listed = self._newest(outlet, self.now, NEWEST)
            body, media_type = pages.section(outlet, self.now, listed), "text/html; charset=utf-8"
        elif path == "/feed.xml":
            listed = self._newest(outlet, self.now, NEWEST)
            body, media_type = _rss(outlet, home, listed, self.now), "application/rss+xml"
        elif path == "/atom.xml":
            listed = self._newest(outlet, self.now, NEWEST)
            body, media_type = _atom(outlet, home, listed, self.now), "application/atom+xml"
        elif path == "/sitemaps.xml":
            listed = []
            body, media_type = self._index(outlet, home), "application/xml"
        else:
            day = path.removeprefix("/sitemap-").removesuffix(".xml")
            since = self.now - timedelta(days=SITEMAP_DAYS)
            listed = [
                story
                for story in self._newest(outlet, self.now, 10_000)
                if (f"{story.published:%Y-%m-%d}" == day if path != "/sitemap.xml" else story.published >= since)
            ]
            body, media_type = _sitemap(home, listed, self.now), "application/xml"
        changed = max((story.changed(self.now) for story in listed), default=BEGIN)
        return 200, media_type, body.encode(), changed

    def _index(self, outlet: Outlet, home: str) -> str:
        changed: dict[str, datetime] = {}
        for story in self._newest(outlet, self.now, 10_000):
            day = f"{story.published:%Y-%m-%d}"
            changed[day] = max(changed.get(day, BEGIN), story.changed(self.now))
        entries = "".join(
            f"<sitemap><loc>{home}/sitemap-{day}.xml</loc><lastmod>{at.isoformat()}</lastmod></sitemap>"
            for day, at in changed.items()
        )
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</sitemapindex>'


def _kind(path: str, status: int) -> str:
    if path in ("/robots.txt", "/.well-known/tdmrep.json"):
        return "robots"
    if not path.startswith("/news/"):
        return "discovery"
    return {200: "page", 304: "unchanged"}.get(status, "other")


def _rss(outlet: Outlet, home: str, stories: Sequence[Story], now: datetime) -> str:
    items = "".join(
        f"<item><title>{escape(one.words(now).headline)}</title><link>{home}{one.path}</link>"
        f"<pubDate>{format_datetime(one.published)}</pubDate></item>"
        for one in stories
    )
    return f'<rss version="2.0"><channel><title>{outlet.name}</title><link>{home}</link>{items}</channel></rss>'


def _atom(outlet: Outlet, home: str, stories: Sequence[Story], now: datetime) -> str:
    entries = "".join(
        f"<entry><id>{home}{one.path}</id><title>{escape(one.words(now).headline)}</title>"
        f'<link href="{home}{one.path}"/>'
        f"<published>{one.published.isoformat()}</published><updated>{one.changed(now).isoformat()}</updated></entry>"
        for one in stories
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{outlet.name}</title><id>{home}</id>{entries}</feed>'


def _sitemap(home: str, stories: Sequence[Story], now: datetime) -> str:
    entries = "".join(
        f"<url><loc>{home}{one.path}</loc><lastmod>{one.changed(now).isoformat()}</lastmod></url>" for one in stories
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
