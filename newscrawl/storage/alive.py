"""Whether runs are alive, asked by those who hold no run's lock themselves and must not disturb who does."""

from __future__ import annotations

import fcntl
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import func, select

from newscrawl.storage.database import Database
from newscrawl.storage.runs import lock_key


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


def _is_locked(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
