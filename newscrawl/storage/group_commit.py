"""The one thread in which SQL runs during a crawl, and group commit: many small jobs share one transaction.

A commit waits for the disk; with one for each page the disk would set the pace of the crawl.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from newscrawl.exceptions import ArchiveError, StoreError

_JOBS = 100
_SECONDS = 0.5
"""A group is committed when it has so many jobs, or its first one has waited so long."""
_TRIES = 5
_CONFLICTS = ("40001", "40P01")
"""SQLSTATE of a serialization failure and of a deadlock: two crawlers met at one row; trying again is the remedy."""
_RESOURCES = ("", "08", "53", "57", "58")
"""Classes of SQLSTATE: no answer, connection, insufficient resources, operator intervention, system error."""


Work = Callable[[Session, list[Any]], Sequence[Any]]
"""Does something with items in a session, and gives a result for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """An item, what is to be done with it, and the future of the event loop that waits for its commit."""

    work: Work
    item: Any
    alone: bool
    """Whether it is a transaction of its own, begun at once."""
    done: asyncio.Future[Any]


class CommitThread:
    """Does jobs in groups, each in one transaction, which `transaction(work)` makes; a work gets all its items at once.

    A job that fails fails alone: the others of its group are committed without it. When the database itself fails,
    that job and every later one fail with StoreError: what comes after a lost connection must not be stored as if
    nothing had happened. The same holds when `prepare`, which is called before each group, raises that or ArchiveError.
    """

    def __init__(
        self,
        transaction: Callable[[Callable[[Session], list[Any]]], list[Any]],
        failure: Callable[[DBAPIError], str],
        prepare: Callable[[], None],
    ) -> None:
        self._transaction = transaction
        self._failure = failure
        self._prepare = prepare
        self._broken: StoreError | ArchiveError | None = None
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        # A daemon: a run that is told to end at once does not wait for a slow disk.
        self._thread = Thread(target=self._work, name="database", daemon=True)
        self._thread.start()

    def ask(self, job: Job) -> None:
        """Take a job up; its future has the result once it is committed."""
        self._jobs.put(job)

    def close(self) -> None:
        """Do what was asked for, and end."""
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        for group in self._groups():
            self._commit(group)

    def _groups(self) -> Iterator[list[Job]]:
        group: list[Job] = []
        deadline = 0.0
        while True:
            try:
                job = self._jobs.get(timeout=max(deadline - time.monotonic(), 0.0) if group else None)
            except Empty:
                yield group
                group = []
                continue
            if group and (job is None or job.alone):
                yield group
                group = []
            if job is None:
                return
            if not group:
                deadline = time.monotonic() + _SECONDS
            group.append(job)
            if job.alone or len(group) == _JOBS:
                yield group
                group = []

    def _commit(self, group: list[Job]) -> None:
        for try_ in range(1, _TRIES + 1):
            try:
                if self._broken is not None:
                    raise self._broken
                if not group[0].alone:
                    self._prepare()
                results = self._transaction(lambda session: _results(session, group))
            except (StoreError, ArchiveError) as error:
                self._broken = error
                _tell(group, [error] * len(group))
            except Exception as error:
                if isinstance(error, DBAPIError) and is_of_the_database(error):
                    self._broken = StoreError(self._failure(error))
                    self._broken.__cause__ = error
                elif len(group) > 1:
                    half = len(group) // 2
                    self._commit(group[:half])
                    self._commit(group[half:])
                    return
                elif _is_conflict(error) and try_ < _TRIES:
                    continue
                _tell(group, [self._broken or error] * len(group))
            else:
                _tell(group, results)
            return


def _results(session: Session, group: list[Job]) -> list[Any]:
    by_work: dict[Work, list[Job]] = {}
    for job in group:
        by_work.setdefault(job.work, []).append(job)
    results: dict[Job, Any] = {}
    for work, jobs in by_work.items():
        results.update(zip(jobs, work(session, [job.item for job in jobs]), strict=True))
    return [results[job] for job in group]


def _is_conflict(error: Exception) -> bool:
    return isinstance(error, IntegrityError) or _sqlstate(error) in _CONFLICTS


def is_of_the_database(error: DBAPIError) -> bool:
    """Whether the database failed, and not the job: of its errors, those that would meet any other job too."""
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if sqlite_code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return True
    if not isinstance(error, OperationalError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return error.orig.sqlite_errorcode != sqlite3.SQLITE_ERROR
    return _sqlstate(error)[:2] in _RESOURCES


def sqlite_code(error: Exception) -> int:
    """SQLite's primary result code (https://www.sqlite.org/rescode.html); 0 for what SQLite did not raise."""
    original = getattr(error, "orig", None)
    # What Python's module raises itself has none.
    return getattr(original, "sqlite_errorcode", 0) & 0xFF if isinstance(original, sqlite3.Error) else 0


def _sqlstate(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""


def _tell(group: list[Job], results: list[Any]) -> None:
    def settle() -> None:
        for job, result in zip(group, results, strict=True):
            if job.done.done():
                continue
            if isinstance(result, Exception):
                job.done.set_exception(result)
            else:
                job.done.set_result(result)

    group[0].done.get_loop().call_soon_threadsafe(settle)
