"""What `scrapy export` costs, format by format: articles a second and peak memory, on archives of made-up articles.

`python -m benchmarks.export --articles 10000 100000 --folder FOLDER` fills a database of each size first, where FOLDER
has none of that size yet; `--database postgresql` takes a server of its own.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.crawling import database_of, postgresql
from benchmarks.filling import fill
from benchmarks.throughput import measure
from newscrawl.storage.database import Database

_ROOT = Path(__file__).parent.parent
_MEGABYTE = 2**20
_EXPORTS = (
    ("jsonl", ["-o", "export.jsonl"]),
    ("csv", ["-o", "export.csv"]),
    ("parquet", ["-o", "export.parquet"]),
    ("jsonl, without body", ["-o", "export.jsonl", "--without-body"]),
    ("jsonl, every revision", ["-o", "export.jsonl", "--revisions", "all"]),
    ("graph, GraphML", ["--graph", "graph.graphml"]),
    ("graph, Parquet", ["--graph", "graph.parquet"]),
    ("atom, 100 newest", ["-o", "export.atom"]),
)


def main() -> None:
    """Print a row for each size and format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    print("| articles | export | seconds | articles/s | CPU s | peak MB | file MB |\n" + "| --- " * 7 + "|")
    for count in given.articles:
        with _filled(given.folder, count, given.database) as url:
            for name, options in _EXPORTS:
                print(_row(given.folder / "exported", url, count, name, options), flush=True)


def _row(folder: Path, url: str, count: int, name: str, options: list[str]) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    flag, target, *more = options
    settings = ["-s", f"NEWSCRAWL_DATABASE_URL={url}", "-s", f"NEWSCRAWL_OUTPUT={folder}"]
    command = [sys.executable, "-m", "scrapy", "export", flag, str(folder / target), *more, *settings]
    usage = measure(command, cwd=_ROOT, log=folder / "log")
    size = sum(path.stat().st_size for path in folder.iterdir() if path.name != "log")
    cells = (
        f"{count:,}",
        name,
        f"{usage.seconds:.1f}",
        f"{count / usage.seconds:,.0f}",
        f"{usage.main_cpu:.1f}",
        f"{usage.main_peak / _MEGABYTE:.0f}",
        f"{size / _MEGABYTE:.1f}",
    )
    return f"| {' | '.join(cells)} |"


@contextmanager
def _filled(folder: Path, count: int, kind: str) -> Iterator[str]:
    """The URL of a database of that many articles; a file that FOLDER has already is taken as it is."""
    if kind == "sqlite":
        url = f"sqlite:///{folder / f'{count}.db'}"
        _fill(url, count)
        yield url
        return
    with postgresql() as server, database_of(server, f"export_{count}") as url:
        _fill(url, count)
        yield url


def _fill(url: str, count: int) -> None:
    database = Database(url)
    try:
        fill(database, count)
    finally:
        database.close()


if __name__ == "__main__":
    main()
