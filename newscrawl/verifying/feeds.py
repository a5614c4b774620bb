"""The feeds: of each ended run one, and together every stored revision once, as it was first read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from newscrawl.items import feed_line
from newscrawl.storage import alive, checks, revisions
from newscrawl.storage.checks import Run
from newscrawl.storage.database import Database
from newscrawl.verifying.findings import Finding, Looked, Progress

_Key = tuple[str, int]
"""url_key and number of a revision."""


def feed_findings(database: Database, folder: Path, looked: Looked, progress: Progress) -> Iterator[Finding]:
    """What is wrong with the feeds."""
    # Before the table is asked: what it does not know then is about to be entered, or of none of its runs.
    files = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    with checks.looking(database) as session:
        everyone = checks.runs(session)
    runs = [run for run in everyone if run.state != "running"]
    yield from _unwritten(database, [run for run in runs if run.feed is None])
    named = {run.feed for run in runs}
    # Those are written, or written again, by the run at its end or by the next one.
    expected = {f"{run.spider}-{run.run_id}.jsonl" for run in everyone if run.feed is None}
    for run in runs:
        if run.feed_is_stale:
            remedy = "the next `scrapy crawl news` writes it again without them"
            yield Finding("feed", str(run.feed), "it still holds lines of what was retracted", remedy)
        elif run.feed is not None:
            yield from _feed(database, run, folder / run.feed, looked, progress)
    for name in files:
        if name.removesuffix(".partial") not in named | expected:
            yield Finding("feed", name, "it is of no run of the database", f"take it away from {folder}")


def _unwritten(database: Database, runs: list[Run]) -> Iterator[Finding]:
    """A run's feed is written after it has ended and before it gives its lock back, or by the next run's start."""
    with database.telling():
        free = set(alive.dead(database, [run.run_id for run in runs]))
    with checks.looking(database) as session:
        left = {run.run_id for run in checks.runs(session) if run.feed is None}
    for run in runs:
        if run.run_id in free & left:
            yield Finding(
                "feed", f"feed of run {run.run_id}", "it was never written", "the next `scrapy crawl news` does it"
            )


def _feed(database: Database, run: Run, path: Path, looked: Looked, progress: Progress) -> Iterator[Finding]:
    looked.feeds += 1
    again = (
        f"put the right file back; or take it away and set `feed` of run {run.run_id} to NULL in table runs: the next "
        "`scrapy crawl news` writes it anew"
    )
    try:
        file = path.open("rb")
    except OSError as error:
        yield Finding("feed", path.name, f"it cannot be read ({error.strerror})", again)
        return
    # What stands in one and has not been met in the other; little, since both have one order.
    lines: dict[_Key, tuple[int, bytes]] = {}
    stored: dict[_Key, dict[str, Any]] = {}
    with file, checks.looking(database) as session:
        articles = revisions.of_run(session, run.run_id)
        for number, (raw, article) in enumerate(zip_longest(file, articles), 1):
            met: set[_Key] = set()
            if article is not None and article.revision is not None:
                met.add((article.url_key, article.revision))
                stored[article.url_key, article.revision] = feed_line(article)
            if raw is not None:
                looked.lines += 1
                progress(len(raw))
                key = _key(raw)
                if key is None:
                    yield Finding("feed", f"{path.name} line {number}", "it is no whole line of a feed", again)
                elif key in lines:
                    yield Finding("feed", f"{path.name} line {number}", f"{_named(key)} stands twice", again)
                else:
                    met.add(key)
                    lines[key] = number, raw
            for key in met & lines.keys() & stored.keys():
                at, line = lines.pop(key)
                wrong = _differences(line, stored.pop(key))
                # Later texts make near-duplicates and unmake them; a line tells those of its time.
                if "near_duplicates" in wrong and _near(line) <= checks.once_related(session, key[0]):
                    wrong.remove("near_duplicates")
                if wrong:
                    what = f"of {_named(key)} it says otherwise than the database: {', '.join(wrong)}"
                    yield Finding("feed", f"{path.name} line {at}", what, again)
        for key in stored:
            yield Finding("feed", path.name, f"{_named(key)} is missing", again)
        for key, (number, _) in lines.items():
            stored_by = checks.run_of_revision(session, *key)
            what = f"{_named(key)} is not stored"
            if stored_by is not None:
                what = f"{_named(key)} " + ("stands twice" if stored_by == run.run_id else f"is of run {stored_by}")
            yield Finding("feed", f"{path.name} line {number}", what, again)


def _key(raw: bytes) -> _Key | None:
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    if not (isinstance(line, dict) and raw.endswith(b"\n")):
        return None
    url_key, number = line.get("url_key"), line.get("revision")
    return (url_key, number) if isinstance(url_key, str) and isinstance(number, int) else None


def _named(key: _Key) -> str:
    return f"revision {key[1]} of {key[0]}"


def _near(raw: bytes) -> set[object]:
    """What a line names as near-duplicates."""
    near = json.loads(raw).get("near_duplicates")
    return {one.get("url_key") if isinstance(one, dict) else None for one in near} if isinstance(near, list) else {None}


def _differences(raw: bytes, stored: dict[str, Any]) -> list[str]:
    line: dict[str, Any] = json.loads(raw)
    names = [*stored, *(name for name in line if name not in stored)]
    return [name for name in names if name not in line or name not in stored or line[name] != stored[name]]
