"""What recording the exchanges costs a crawl: fetching with the bounded handler alone and with the recording one.

`python -m benchmarks.recording --pages FOLDER --urls 4000 --rounds 6`
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from scrapy.crawler import Crawler

from benchmarks.loopback import HASTE, ROOT
from benchmarks.site import Site
from benchmarks.throughput import Usage, measure
from newscrawl.archive.exchange import Exchange
from newscrawl.signals import exchange_recorded

_HANDLERS = {
    "without": "newscrawl.downloaders.bounded_http.BoundedHTTPDownloadHandler",
    "with": "newscrawl.downloaders.recording.RecordingHTTPDownloadHandler",
}


class Taker:
    """An extension that takes every exchange and lets it go."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        taker = cls()
        crawler.signals.connect(taker.exchange_recorded, signal=exchange_recorded)
        return taker

    def exchange_recorded(self, exchange: Exchange) -> None:
        """Nothing."""


def run(mode: str, site: Site) -> Usage:
    """One crawl that fetches everything and reads nothing."""
    settings = {
        **HASTE,
        "LOG_LEVEL": "WARNING",
        "DOWNLOAD_HANDLERS": json.dumps(dict.fromkeys(("http", "https"), _HANDLERS[mode])),
        "EXTENSIONS": json.dumps({"benchmarks.recording.Taker": 1}),
    }
    options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "scrapy", "runspider", "benchmarks/fetch_spider.py", "-a", f"home={site.home}"]
    with TemporaryDirectory(prefix="newscrawl-benchmark-") as folder:
        return measure([*command, *options], cwd=ROOT, log=Path(folder) / "crawl.log")


def main() -> None:
    """Print a row for each run, then what recording adds."""
    arguments = argparse.ArgumentParser(
        prog="python -m benchmarks.recording", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    arguments.add_argument("--pages", type=Path, required=True, help="a folder of *.html or *.html.gz in any depth")
    arguments.add_argument("--urls", type=int, default=4000)
    arguments.add_argument("--rounds", type=int, default=6)
    given = arguments.parse_args()
    cost: dict[str, list[float]] = {mode: [] for mode in _HANDLERS}
    print("| handler | main CPU, ms a page | pages/s | peak of the main process, MB |\n| --- | --- | --- | --- |")
    with Site(given.pages, given.urls) as site:
        for number in range(given.rounds):
            # Each goes first as often as the other.
            for mode in sorted(_HANDLERS, reverse=bool(number % 2)):
                usage = run(mode, site)
                cost[mode].append(1000 * usage.main_cpu / given.urls)
                rate = given.urls / usage.seconds
                print(f"| {mode} | {cost[mode][-1]:.3f} | {rate:.0f} | {usage.main_peak / 2**20:.0f} |", flush=True)
    added = [more - less for less, more in zip(cost["without"], cost["with"], strict=True)]
    print(f"\nrecording adds {statistics.median(added):.3f} ms a page (median; {min(added):.3f} to {max(added):.3f})")


if __name__ == "__main__":
    main()
