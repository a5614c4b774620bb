"""Whether runs are alive, asked by those who hold no run's lock themselves and must not disturb who does."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import func, select

from newscrawl.exceptions import ConfigurationError
from newscrawl.storage import underway
from newscrawl.storage.database import Database
from newscrawl.storage.runs import lock_key
from newscrawl.storage.schema import RunRow
from newscrawl.storage.underway import UnderWay

_NOBODY_KNOWN = UnderWay("unknown", None, None, "unknown", 0)


def dead(database: Database, run_ids: Iterable[str]) -> list[str]:
    """Those of the runs whose lock is free. On SQLite one lock stands for all: while a run lives, none."""
    asked = list(run_ids)
    if database.path is not None:
        return [] if _is_locked(database.path.with_name(database.path.name + ".lock")) else asked
    with database.reading() as session:
        # Shared, and given back with the transaction: a run that begins waits for no more than that.
        return [
            run_id
            for run_id in asked
            if session.scalar(select(func.pg_try_advisory_xact_lock_shared(lock_key(run_id))))
        ]


def holder(url: str, group: str) -> UnderWay | None:
    """Who keeps a run of this group from beginning: on SQLite any holder, on PostgreSQL a living run of the group.

    None when nobody does. Raises as `Database.existing`, but not where there is no database yet.
    """
    try:
        database = Database.existing(url)
    except ConfigurationError:
        # Whoever opens it next says what is wrong, where something is.
        return None
    try:
        if database.path is not None:
            lock = database.path.with_name(database.path.name + ".lock")
            return (underway.holder_of(lock) or _NOBODY_KNOWN) if _is_locked(lock) else None
        with database.reading() as session:
            called = list(session.scalars(select(RunRow.run_id).where(RunRow.state == "running")))
        void = dead(database, called)
        with database.reading() as session:
            return next((one for one in underway.running(session, void) if one.group == group), None)
    finally:
        database.close()


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
