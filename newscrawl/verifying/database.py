"""The database alone: whole in itself, and left in order by runs that ended."""

from __future__ import annotations

from collections.abc import Iterator

from newscrawl.storage import alive, checks
from newscrawl.storage.database import Database
from newscrawl.verifying.findings import Finding, Looked

_NEXT_RUN = "the next `scrapy crawl news` sets that right"
_RESTORE = "restore the database from a copy; from SQLite's `.recover` where there is none"
_REPORT = "fetch it again with `scrapy crawl news -a urls=URL`, and report how it came to this"


def database_findings(database: Database, looked: Looked) -> Iterator[Finding]:
    """What is wrong with the database, whatever the files hold."""
    where = database.path.name if database.path else str(database)
    with checks.looking(database) as session:
        for said in checks.own_faults(session):
            yield Finding("database", where, said, _RESTORE)
    with checks.looking(database) as session:
        looked.articles, looked.revisions = checks.counted(session)
        for key in checks.articles_without_revision(session):
            yield Finding("article", f"article {key}", "it has no revision", _REPORT)
        for key, number in checks.revisions_without_extraction(session):
            yield Finding("article", f"article {key}", f"nothing was read from its revision {number}", _REPORT)
        for key, count in checks.current_extractions(session):
            yield Finding("article", f"article {key}", f"{count} of its extractions are current, and not one", _REPORT)
    yield from _runs(database)


def _runs(database: Database) -> Iterator[Finding]:
    with checks.looking(database) as session:
        running = checks.running(session)
    with database.telling():
        dead = set(alive.dead(database, running))
    # A run says that it has finished before it gives its lock back.
    with checks.looking(database) as session:
        dead &= set(checks.running(session))
        leases = checks.leases(session)
    held = {run_id: count for run_id, _, count, _ in leases}
    for run_id in sorted(dead):
        what = f"it is called running, but its process is gone; it holds {held.get(run_id, 0)} lease(s)"
        yield Finding("run", f"run {run_id}", what, _NEXT_RUN)
    for run_id_or_none, state, count, key in leases:
        if state != "running":
            what = f"it is {state}, but holds {count} lease(s), such as {key}"
            remedy = "they are due again when their time is up, within the half hour: crawl then"
            yield Finding("run", f"run {run_id_or_none}", what, remedy)
