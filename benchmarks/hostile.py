"""What a hostile server costs the others: the pace of good sources beside it, as a part of their pace alone.

`python -m benchmarks.hostile --pages FOLDER` crawls ten hosts of a local site alone and beside a server of each kind,
in turn, under two conditions: with the manners that the project has by default, and with no delay at all.
"""

from __future__ import annotations

import argparse
import re
import signal
import statistics
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]

from benchmarks.crawling import Crawl, Project, local_source
from benchmarks.loopback import HASTE
from benchmarks.site import Site
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
    reset_after,
    silence,
    whole,
)
from tests.server import page

HOSTS = 10
"""Good sources; each takes the pages of the site whose number ends in its own digit."""
_HOSTILE_PAGES = 5_000
_LONG_SITEMAP = 50_000
_SITEMAPS_A_PAGE = 10
_URLS_A_SITEMAP = 100
_MEGABYTE = 1 << 20
_GIGABYTE = 1 << 30
_SECONDS_BETWEEN_LOOKS = 0.5
_PATIENCE = 120.0
"""Seconds that a crawl is given at least; else four times as long as alone."""

CONDITIONS: dict[str, dict[str, Any]] = {
    # Settings as they stand, but no chance in the delays: the slowest of ten hosts would tell the time.
    "manners": {
        "DOWNLOAD_DELAY": 1,
        "AUTOTHROTTLE_ENABLED": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY_JITTER": 0,
    },
    "stress": HASTE,
}
"""Settings of each condition."""


def _bomb(compress: Callable[[bytes], bytes], flush: Callable[[], bytes]) -> bytes:
    return b"".join([*(compress(bytes(_MEGABYTE)) for _ in range(_GIGABYTE // _MEGABYTE)), flush()])


def _bombs() -> Act:
    gzip, deflate = zlib.compressobj(1, zlib.DEFLATED, 31), zlib.compressobj(1)
    br, zstandard = brotli.Compressor(quality=1), zstd.ZstdCompressor()
    packed = {
        "gzip": _bomb(gzip.compress, gzip.flush),
        "deflate": _bomb(deflate.compress, deflate.flush),
        "br": _bomb(br.process, br.finish),
        "zstd": _bomb(zstandard.compress, zstandard.flush),
    }
    return _in_turn(*(whole(body, f"Content-Encoding: {coding}") for coding, body in packed.items()))


def _in_turn(*acts: Act) -> Act:
    """Each page does one of the acts, by its number."""

    def act(conversation: Conversation) -> None:
        # Files that a host is asked for by name have no number.
        number = ["0", *re.findall(r"\d+", conversation.path)][-1]
        acts[int(number) % len(acts)](conversation)

    return act


def _malformed() -> Act:
    text = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    return _in_turn(
        raw(b"SSH-2.0-Server\r\n"),
        raw(b"HTTP/1.1 OK OK\r\n\r\n"),
        raw(head("Content-Length: many"), page("many")),
        raw(head("Transfer-Encoding: chunked"), b"zz\r\n", page("zz")),
        whole(page("no gzip"), "Content-Encoding: gzip"),
        raw(text + b"X-N\0l: a\0b\r\n", b"\r\n" + bytes(range(256)) * 40),
        raw(head("Content-Length: 50000"), page("longer")),
        raw(),
    )


def _page_of(piece: str, count: int) -> Act:
    """A page with so many of a piece in its article."""
    pieces = "".join(piece.format(number) for number in range(count))
    return whole(page("pieces").replace(b"</article>", pieces.encode() + b"</article>"))


_WORDS = "<p>Harbour <b>{}</b> of <i>many</i></p>"

KINDS: dict[str, Callable[[], Act]] = {
    "silent": lambda: silence,
    "drip": lambda: drip(head("Content-Length: 100000"), every=0.2),
    "endless": lambda: endless(head()),
    "gigabyte": lambda: _in_turn(large(head(f"Content-Length: {_GIGABYTE}"), _GIGABYTE), large(head(), _GIGABYTE)),
    "tiny-chunks": lambda: endless(head("Transfer-Encoding: chunked"), chunks([b"<p>a"])),
    "bomb": _bombs,
    "headers": lambda: endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", b"X-More: and more\r\n"),
    "redirects": lambda: redirect_onward,
    "malformed": _malformed,
    "reset": lambda: _in_turn(reset_after(), reset_after(head("Content-Length: 50000"), page("reset"))),
    "dear": lambda: _page_of(_WORDS, 20_000),
    "large": lambda: _page_of(_WORDS, 350_000),
    "links": lambda: _page_of("<a href='/x{0}'>A headline about harbour {0}</a> ", 100_000),
    "calendar": lambda: whole(page("calendar")),
    "long-sitemap": lambda: whole(page("long sitemap")),
}
"""What every page of the kind's server does, made when it is asked for. The calendar's sitemaps have no end."""


@dataclass(frozen=True, slots=True)
class Round:
    """One crawl, from its beginning until the last good page was stored."""

    kind: str
    seconds: float
    stored: int
    main_cpu: float
    workers_cpu: float
    main_peak: int
    worker_peak: int
    hostile_ends: int
    hostile_cpu: float

    @property
    def rate(self) -> float:
        """Good pages a second."""
        return self.stored / self.seconds

    @property
    def cpu(self) -> float:
        """Seconds of CPU of the crawl, for a good page."""
        return (self.main_cpu + self.workers_cpu) / self.stored

    def row(self, alone: Round) -> str:
        """A row of the table that HEAD begins."""
        cells = (
            self.kind,
            f"{self.seconds:.1f}",
            f"{self.stored}",
            f"{self.rate:.2f}",
            f"{self.rate / alone.rate:.2f}",
            f"{alone.cpu / self.cpu:.2f}",
            f"{self.main_cpu:.1f}",
            f"{self.workers_cpu:.1f}",
            f"{self.main_peak / _MEGABYTE:.0f}",
            f"{self.worker_peak / _MEGABYTE:.0f}",
            f"{self.hostile_ends}",
            f"{self.hostile_cpu:.1f}",
        )
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| beside | seconds | good pages | pages/s | ratio | ratio by CPU | main CPU s | workers CPU s | main MB "
    "| worker MB | hostile ends | hostile server CPU s |\n" + "| --- " * 12 + "|"
)


def sitemap(conversation: Conversation, count: int = _HOSTILE_PAGES) -> None:
    """A sitemap of more pages than are ever asked for."""
    urls = "".join(f"<url><loc>{conversation.home}/story-{number}</loc></url>" for number in range(count))
    whole(f"<urlset>{urls}</urlset>".encode(), content_type="application/xml")(conversation)


def long_sitemap(conversation: Conversation) -> None:
    """A sitemap of as many pages as one may have."""
    sitemap(conversation, _LONG_SITEMAP)


def calendar(conversation: Conversation) -> None:
    """A sitemap index that leads to further ones and to new pages, for ever."""
    place = conversation.path.partition("?")[2]
    home = conversation.home
    if place.count("-") < 3:
        children = range(_SITEMAPS_A_PAGE)
        locations = "".join(f"<sitemap><loc>{home}/sitemap.xml?{place}-{one}</loc></sitemap>" for one in children)
        text = f"<sitemapindex>{locations}</sitemapindex>"
    else:
        locations = "".join(f"<url><loc>{home}/{place}-{day}</loc></url>" for day in range(_URLS_A_SITEMAP))
        text = f"<urlset>{locations}</urlset>"
    whole(text.encode(), content_type="application/xml")(conversation)


def serve(kind: str, address: str) -> None:
    """Be a hostile server of that kind until ended; its URL goes to stdout."""
    sitemaps: dict[str, Act] = {"calendar": calendar, "long-sitemap": long_sitemap}
    acts = {"/sitemap.xml": sitemaps.get(kind, sitemap), "/robots.txt": whole(b"", status="404 No")}
    with HostileServer(acts, anything=KINDS[kind](), address=address) as server:
        print(server.home, flush=True)
        signal.pause()


@contextmanager
def hostile_server(kind: str, address: str) -> Iterator[tuple[str, psutil.Process]]:
    """The URL and the process of a hostile server."""
    command = [sys.executable, "-m", "benchmarks.hostile", "--serve", kind, "--address", address]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        home = process.stdout.readline().strip()
        if not home:
            raise SystemExit(f"the server of {kind} did not start; its message stands above")
        yield home, psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def run(kind: str, site: Site, settings: dict[str, Any], patience: float) -> Round:
    """Crawl the good sources beside a kind of hostile server ("" for none), until their pages have ended."""
    kinds = list(KINDS) if kind == "all" else [kind] if kind else []
    port = site.home.rpartition(":")[2]
    good = [
        local_source(f"http://127.0.6.{digit + 1}:{port}") + f"deny = ['[^{digit}]\\.html$']\n"
        for digit in range(HOSTS)
    ]
    with ExitStack() as stack:
        servers = [stack.enter_context(hostile_server(one, f"127.0.7.{number}")) for number, one in enumerate(kinds, 1)]
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="newscrawl-benchmark-")))
        project = Project.make(folder / "project", *good, *(local_source(home) for home, _ in servers))
        before = sum(_cpu(process) for _, process in servers)
        with project.started(LOG_LEVEL="INFO", **settings) as crawl:
            used = _wait(project, crawl, site.urls, patience)
            hostile_cpu = sum(_cpu(process) for _, process in servers) - before
            with suppress(ProcessLookupError):
                crawl.send(signal.SIGKILL, group=True)
            crawl.left()
        seconds, stored = _stored(project)
        hostile_ends = project.count(f"SELECT count(*) FROM dispositions WHERE NOT {_GOOD}")
        return Round(kind or "none", seconds, stored, *used, hostile_ends, hostile_cpu)


def _wait(project: Project, crawl: Crawl, pages: int, patience: float) -> tuple[float, float, int, int]:
    """When the good pages have ended: CPU of the main process and of the workers, the most memory of it and of one."""
    deadline = time.monotonic() + patience
    main_cpu, workers_cpu, main_peak, worker_peak = 0.0, 0.0, 0, 0
    while time.monotonic() < deadline and (sample := crawl.sample()) is not None:
        main_cpu, main_peak = sample.main_cpu, max(main_peak, sample.main_rss)
        workers_cpu, worker_peak = max(workers_cpu, sum(sample.worker_cpu)), max([worker_peak, *sample.worker_rss])
        if _begun(project) and project.count(f"SELECT count(*) FROM dispositions WHERE {_GOOD}") >= pages:
            break
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return main_cpu, workers_cpu, main_peak, worker_peak


def _begun(project: Project) -> bool:
    if not (project.output / "newscrawl.db").exists():
        return False
    # The last of what the migrations make.
    return project.count("SELECT count(*) FROM sqlite_master WHERE name = 'dispositions'") == 1


def _stored(project: Project) -> tuple[float, int]:
    """Seconds from the run's start to the last good page that was stored, and how many were."""
    ((began, ended, stored),) = project.rows(
        "SELECT (SELECT min(started_at) FROM runs), max(at), count(*) FROM dispositions "
        f"WHERE {_GOOD} AND disposition IN ('stored_new', 'duplicate')"
    )
    if not stored:
        raise SystemExit("no good page was stored")
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds(), stored


_NAMES = ", ".join(f"'local{number or ''}'" for number in range(HOSTS))
_GOOD = f"source_id IN ({_NAMES})"


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def compare(pages: Path, condition: str, each: int, rounds: int, kinds: list[str]) -> None:
    """Crawl alone and beside each kind, in turn; print a row for each crawl, then the median of each kind's ratios."""
    done: dict[str, list[tuple[Round, Round]]] = {kind: [] for kind in kinds}
    with Site(pages, each * HOSTS, address="0.0.0.0") as site:
        print(f"\n{condition}: {HOSTS} good hosts of {each} pages each\n\n{HEAD}", flush=True)
        for _ in range(rounds):
            for kind in kinds:
                # Anew for each: a machine that others use too does not stay the same for long.
                alone = run("", site, CONDITIONS[condition], 10 * _PATIENCE)
                print(alone.row(alone), flush=True)
                beside = run(kind, site, CONDITIONS[condition], max(_PATIENCE, 4 * alone.seconds))
                done[kind].append((alone, beside))
                print(beside.row(alone), flush=True)
    print("\n| beside | pages/s, ratio | CPU a page, ratio | main MB |\n" + "| --- " * 4 + "|")
    for kind, pairs in done.items():
        rate = statistics.median(beside.rate / alone.rate for alone, beside in pairs)
        cpu = statistics.median(alone.cpu / beside.cpu for alone, beside in pairs)
        peak = max(beside.main_peak for _, beside in pairs) / _MEGABYTE
        print(f"| {kind} | {rate:.2f} | {cpu:.2f} | {peak:.0f} |", flush=True)


def main() -> None:
    """Run what the arguments ask for."""
    arguments = argparse.ArgumentParser(prog="python -m benchmarks.hostile", description=__doc__)
    arguments.add_argument("--pages", type=Path, help="a folder of *.html or *.html.gz in any depth")
    arguments.add_argument("--conditions", nargs="+", choices=CONDITIONS, default=list(CONDITIONS))
    arguments.add_argument("--kinds", nargs="+", choices=[*KINDS, "all"], default=[*KINDS, "all"])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--each", type=int, default=0, help="pages of each good host (20 with manners, 100 else)")
    arguments.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    arguments.add_argument("--address", default="127.0.7.1", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        serve(given.serve, given.address)
    if given.pages is None:
        arguments.error("name a folder of pages with --pages")
    for condition in given.conditions:
        each = given.each or (20 if condition == "manners" else 100)
        compare(given.pages, condition, each, given.rounds, given.kinds)


if __name__ == "__main__":
    main()
