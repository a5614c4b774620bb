"""Health: `python -m benchmarks.health alarms --months 12 --seeds 1 2 3` and `python -m benchmarks.health scale`.

`alarms`: three dozen made-up sources to which nothing happens (0.3 to 300 articles a day, weekends, bursts, good and
bad weeks) are judged every noon; what is found is false. `scale`: what a run's end costs among made-up articles.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import update

from benchmarks.filling import BEGAN, RUN, fill
from newscrawl.monitoring import report
from newscrawl.monitoring.checkup import check_up, measure
from newscrawl.sources import Source
from newscrawl.storage import figures, runs
from newscrawl.storage.database import Database
from newscrawl.storage.documents import Document
from newscrawl.storage.schema import RevisionRow, RunRow
from tests.health.simulated import false_alarms

_SOURCES = 36
_SOURCES_FILLED = 20
_OF_A_RUN = 1000


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_subparsers(required=True, dest="what")
    alarms = what.add_parser("alarms")
    alarms.add_argument("--months", type=int, default=12)
    alarms.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    scale = what.add_parser("scale")
    scale.add_argument("--articles", type=int, default=500_000)
    scale.add_argument("--folder", type=Path, help="where the database is made; a temporary folder without it")
    options = parser.parse_args()
    if options.what == "alarms":
        _alarms(options.months, options.seeds)
        return
    with TemporaryDirectory(dir=options.folder) as folder:
        _scale(Path(folder), options.articles)


def _alarms(months: int, seeds: list[int]) -> None:
    everything = 0
    for seed in seeds:
        found = false_alarms(seed, _SOURCES, 30 * months)
        everything += len(found)
        print(f"seed {seed}: {len(found)} in {months} months", flush=True)
        for day, finding in found:
            print(f"  {day} {finding.kind}: {finding.figures}")
    print(f"{everything / (months * len(seeds)):.2f} false alarms a month among {_SOURCES} sources")


def _scale(folder: Path, articles: int) -> None:
    database = Database(f"sqlite:///{folder / 'newscrawl.db'}")
    with _timed("filled"):
        fill(database, articles)
    now = BEGAN + timedelta(minutes=articles)
    with database.session() as session:
        runs.begin(session, "last", spider="news", arguments={}, sources=[], now=now)
        session.flush()
        last = RevisionRow.revision_id > articles - _OF_A_RUN
        session.execute(update(RevisionRow).where(last).values(run_id="last"))
        session.execute(update(RunRow).values(state="finished"))
        runs.add_polls(session, [(values, _polled(values)) for values in _polls(articles)])
    for run_id, what in ((RUN, f"summed up, {articles - _OF_A_RUN} articles at once"), ("last", f"{_OF_A_RUN}")):
        with _timed(what), database.session() as session:
            assert figures.count(session, run_id)
    sources = [
        Source(source_id=f"s{number}", outlet="s", homepage="https://s.example", country="xx")
        for number in range(_SOURCES_FILLED)
    ]
    judged = {source.source_id for source in sources}
    for _ in range(3):
        with _timed("checked"), database.session() as session:
            space = measure(session, database, folder, folder / "archive", now)
            checkup = check_up(
                session, sources, judged=judged, space=space, run_id="last", now=_noon(now), is_whole=True
            )
        with _timed("report written"):
            report.write(folder / "health", checkup)
    database.close()


def _polled(values: dict[str, Any]) -> Document:
    return Document(source_id=values["source_id"], url=values["url"], kind=values["kind"])


def _polls(articles: int) -> Iterator[dict[str, Any]]:
    """Each source asked each hour."""
    same = {"run_id": RUN, "url": "u", "kind": "feed", "status": 200, "found": 1, "new": 1, "refused": 0, "error": None}
    for hour in range(articles // 60 + 1):
        for number in range(_SOURCES_FILLED):
            yield {**same, "source_id": f"s{number}", "at": BEGAN + timedelta(hours=hour)}


def _noon(at: datetime) -> datetime:
    return datetime(at.year, at.month, at.day, 12, tzinfo=UTC)


@contextmanager
def _timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:.2f} s", flush=True)


if __name__ == "__main__":
    main()
