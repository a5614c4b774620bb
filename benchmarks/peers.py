"""news-please and trafilatura's own command on the same local site as this project: pages a second, and what they lose.

`python -m benchmarks.peers --pages FOLDER --venv VENV`, where VENV is a virtual environment of its own in which
`news-please` and `trafilatura` are installed.

Both run unchanged, as their users start them. They take no URL with an IP address or `localhost` for a news site, so
inside their processes the name of NAME leads to the local site, and no other name to anywhere: news-please would ask
the network for every picture of a page. trafilatura is told by its own setting that addresses which are not public are
allowed. Neither waits between requests here.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.crawling import Project, local_source
from benchmarks.loopback import HASTE
from benchmarks.site import Site, read_pages
from benchmarks.throughput import measure

NAME = "www.daily-archive.org"
"""Asked for inside the peers' processes only, where it never leaves this machine."""

_SHORT = 200
_LEAD_HOME = '''
"""Python runs this at its start: {name} is the local site, in this process and in those that it starts."""
import socket

_getaddrinfo, _gethostbyname = socket.getaddrinfo, socket.gethostbyname
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex


def _host(host):
    if host in ("{name}", b"{name}"):
        return "127.0.0.1"
    if host in ("127.0.0.1", "localhost", None):
        return host
    raise socket.gaierror(socket.EAI_NONAME, "no other name is known here")


def _address(address):
    return ("127.0.0.1", {port}) if address == ("127.0.0.1", 80) else address


socket.getaddrinfo = lambda host, *rest, **named: _getaddrinfo(_host(host), *rest, **named)
socket.gethostbyname = lambda host: _gethostbyname(_host(host))
socket.socket.connect = lambda self, address: _connect(self, _address(address))
socket.socket.connect_ex = lambda self, address: _connect_ex(self, _address(address))
'''


@dataclass(frozen=True, slots=True)
class Reading:
    """What a crawler made of one page."""

    headline: str | None
    body: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one crawler."""

    name: str
    urls: int
    seconds: float
    readings: list[Reading]

    def row(self) -> str:
        """A row of the table that HEAD begins."""
        bodies = [reading.body or "" for reading in self.readings]
        cells = (
            self.name,
            f"{self.seconds:.1f}",
            f"{self.urls / self.seconds:.1f}",
            f"{self.urls - len(self.readings)}",
            f"{sum(not body.strip() for body in bodies)}",
            f"{sum(0 < len(body.strip()) < _SHORT for body in bodies)}",
            f"{sum(not reading.headline for reading in self.readings)}",
            f"{sum(not reading.published for reading in self.readings)}",
            f"{sum(map(len, bodies)) / 1e6:.2f}",
        )
        return f"| {' | '.join(cells)} |"


HEAD = (
    "| crawler | seconds | pages/s | no article | no text "
    f"| text under {_SHORT} characters | no headline | no time | million characters |\n" + "| --- " * 9 + "|"
)


def trafilatura(site: Site, folder: Path, venv: Path) -> tuple[float, list[Reading]]:
    """`trafilatura --sitemap URL --list`, then `trafilatura -i LIST` into JSON files; no waiting, loopback allowed.

    Two commands, since one with `--sitemap` alone fetches its first page for ever (2.3.1 with courlan 1.4.0).
    """
    settings = _package(venv, "trafilatura") / "settings.cfg"
    _write_changed(settings, folder / "settings.cfg", {"SLEEP_TIME": "0", "SSRF_PROTECTION": "off"})
    command = [str(venv / "bin" / "trafilatura"), "--config-file", "settings.cfg"]
    links, log = folder / "links.txt", folder / "crawl.log"
    seconds = measure([*command, "--sitemap", f"http://{NAME}/sitemap.xml", "--list"], cwd=folder, log=links).seconds
    output = ["--json", "--with-metadata", "-o", "articles"]
    seconds += measure([*command, "-i", links.name, *output], cwd=folder, log=log).seconds
    lines = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("articles/**/*.json")]
    return seconds, [_reading(line, "title", "text", "date") for line in lines]


def news_please(site: Site, folder: Path, venv: Path) -> tuple[float, list[Reading]]:
    """`news-please` with its SitemapCrawler, its heuristics and its JSON files; 16 requests at once to a site."""
    config = folder / "config"
    config.mkdir()
    concurrency = str(HASTE["CONCURRENT_REQUESTS_PER_DOMAIN"])
    changes = {"working_path": str(folder), "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency}
    _write_changed(_package(venv, "newsplease") / "config" / "config.cfg", config / "config.cfg", changes)
    sites = {"base_urls": [{"url": f"http://{NAME}/"}]}
    (config / "sitelist.hjson").write_text(json.dumps(sites), encoding="utf-8")
    seconds = measure(
        [str(venv / "bin" / "news-please"), "-c", f"{config}/"], cwd=folder, log=folder / "crawl.log"
    ).seconds
    lines = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("data/**/*.json")]
    return seconds, [_reading(line, "title", "maintext", "date_publish") for line in lines]


def newscrawl(site: Site, folder: Path, _venv: Path) -> tuple[float, list[Reading]]:
    """This project with everything on, into SQLite."""
    project = Project.make(folder / "project", local_source(site.home))
    seconds = measure(project.command("-a", "sources=local"), cwd=project.folder, log=folder / "crawl.log").seconds
    lines = [line for feed in project.feeds() for line in project.lines(feed)]
    return seconds, [_reading(line, "headline", "body", "published_at") for line in lines]


CRAWLERS: dict[str, Callable[[Site, Path, Path], tuple[float, list[Reading]]]] = {
    "trafilatura": trafilatura,
    "news-please": news_please,
    "newscrawl": newscrawl,
}


def run(name: str, site: Site, venv: Path) -> Result:
    """One run of a crawler over the site, in a folder of its own that is removed afterwards."""
    with TemporaryDirectory(prefix="newscrawl-benchmark-") as path:
        folder = Path(path)
        (folder / "scrapy.cfg").write_text("[settings]\n", encoding="utf-8")
        lead_home = _LEAD_HOME.format(name=NAME, port=urlsplit(site.home).port)
        (folder / "sitecustomize.py").write_text(lead_home, encoding="utf-8")
        seconds, readings = CRAWLERS[name](site, folder, venv)
    return Result(name, site.urls, seconds, readings)


def _reading(line: dict[str, Any], headline: str, body: str, published: str) -> Reading:
    return Reading(line.get(headline), line.get(body), line.get(published))


def _package(venv: Path, name: str) -> Path:
    """The folder of a package that is installed in the virtual environment."""
    code = f"import importlib.util; print(importlib.util.find_spec({name!r}).submodule_search_locations[0])"
    return Path(subprocess.check_output([str(venv / "bin" / "python"), "-c", code], text=True).strip())


def _write_changed(original: Path, copy: Path, changes: dict[str, str]) -> None:
    """Copy a configuration file with some of its settings changed. Raises SystemExit where one is not there."""
    content = original.read_text(encoding="utf-8")
    for name, value in changes.items():
        content, count = re.subn(rf"(?m)^{name}\s*=.*$", f"{name} = {value}", content)
        if count != 1:
            raise SystemExit(f"{original} has {count} settings {name}: this version of it is not known here")
    copy.write_text(content, encoding="utf-8")


def main() -> None:
    """Run the crawlers in turn, and print a row for each."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pages", type=Path, required=True, help="a folder of *.html or *.html.gz in any depth")
    parser.add_argument("--urls", type=int, default=300)
    parser.add_argument("--venv", type=Path, required=True, help="where news-please and trafilatura are installed")
    parser.add_argument("--crawlers", nargs="+", choices=CRAWLERS, default=list(CRAWLERS))
    given = parser.parse_args()
    if given.urls > (pages := len(read_pages(given.pages))):
        # trafilatura's command names its files by a hash that is the same for pages that read alike.
        raise SystemExit(f"--urls {given.urls} is more than the {pages} pages of {given.pages}: each is asked for once")
    print(HEAD, flush=True)
    with Site(given.pages, given.urls) as site:
        for name in given.crawlers:
            print(run(name, site, given.venv.absolute()).row(), flush=True)


if __name__ == "__main__":
    main()
