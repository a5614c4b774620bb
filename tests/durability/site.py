"""The site that the proofs crawl."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from benchmarks.crawling import Crawl, Project
from benchmarks.durability import Ends, count
from newscrawl.urls import url_key
from tests.crawling import scrapy, starter
from tests.server import Answer, Server, page


class LoadedProject(Project):
    """A project whose commands are processes that find the modules loaded."""

    def start(self, *arguments: str, through: tuple[str, ...] = (), **settings: Any) -> Crawl:
        """Start a crawl; from nothing where a command runs it."""
        if through:
            return super().start(*arguments, through=through, **settings)
        # The code is the one that is loaded, and so are its bundled sources.
        own = {"NEWSCRAWL_BUNDLED_SOURCES": 0, "NEWSCRAWL_SOURCES": self.folder / "newscrawl" / "sources"}
        _, _, module, *line = self.command(*arguments, **own, **settings)
        log = self.new_log()
        with log.open("wb") as file:
            process: Any = starter().start(
                module, line, cwd=self.folder, environment=self.environment(), stdout=file, stderr=file
            )
        return Crawl(process, log)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, output and error output of `scrapy ...`."""
        done = scrapy(*arguments, output=self.output, cwd=self.folder)
        return done.code, done.stdout, done.stderr


def serve(server: Server, pages: int, *, seconds: float = 0.0) -> Ends:
    """Let the server have so many articles, each answered after some seconds; what must become of them."""
    paths = [f"/2026/01/story-{number}.html" for number in range(pages)]
    for path in paths:
        server.routes[path] = Answer(body=page(path.strip("/")), seconds=seconds)
    entries = "".join(f"<url><loc>{server.home}{path}</loc></url>" for path in paths)
    text = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    server.routes["/sitemap.xml"] = Answer(body=text.encode(), content_type="application/xml")
    return {url_key(server.home + path): True for path in paths}


def stories(server: Server) -> list[str]:
    """The url_keys of the articles that were asked for, in order."""
    return [url_key(server.home + path) for path in server.paths() if path.startswith("/2026/")]


def stored(project: Project) -> set[str]:
    """The url_keys of the stored articles."""
    return {key for (key,) in project.rows("SELECT url_key FROM articles")}


def wait_until(what: Callable[[], bool], seconds: float = 40) -> None:
    """Wait until something holds. Raises AssertionError when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)


def wait_until_stored(project: Project, crawl: Crawl, articles: int) -> None:
    """Wait until the crawl has stored so many articles, and has not ended."""
    wait_until(lambda: not crawl.alive or count(project, "SELECT count(*) FROM articles") >= articles)
    assert crawl.alive, crawl.messages()
