"""Who is at it: the run that is under way on a database, told to one that would do the same."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newscrawl.exceptions import RunUnderWay, StoreBusy
from newscrawl.storage.schema import RunRow

_BEGINNING = 0x6E657762


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A run or command that holds a database."""

    run_id: str
    group: str | None
    """What it crawls, as `group_of`; None for a command that crawls nothing."""
    since: str | None
    """ISO instant of its beginning, by its own clock; None where it is not known."""
    host: str
    process: int

    @classmethod
    def here(cls, run_id: str, group: str | None, since: datetime | None) -> Self:
        """The one of this process."""
        return cls(
            run_id, group, since.isoformat(timespec="seconds") if since else None, socket.gethostname(), os.getpid()
        )

    def told(self, now: datetime | None) -> str:
        """Run, process, host, since when and for how long."""
        line = f"{self.run_id}, process {self.process} on {self.host}"
        if self.since is None:
            return line
        line += f", since {self.since}"
        return line if now is None else f"{line}, {_age(datetime.fromisoformat(self.since), now)} ago"


def group_of(arguments: Mapping[str, Any]) -> str:
    """What a run crawls, by its arguments: equal for runs that would do the same; empty for all sources."""
    return " ".join(
        f"{name}=" + ",".join(sorted(set(str(value).replace(",", " ").split())))
        for name, value in sorted(arguments.items())
    )


def note(path: Path, holder: UnderWay) -> None:
    """Write into a lock file who holds it."""
    path.write_text(json.dumps(asdict(holder)), encoding="utf-8")


def holder_of(path: Path) -> UnderWay | None:
    """Who holds, or last held, a lock file; None where it does not say."""
    try:
        return UnderWay(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # Taken a moment ago, or by an earlier version.
        return None


def refusal(holder: UnderWay | None, database: object, *, group: str | None, now: datetime | None) -> StoreBusy:
    """The error for who finds a database held: RunUnderWay where the holder does what was asked for."""
    who = holder.told(now) if holder else "unknown"
    if holder is not None and group is not None and holder.group == group:
        return RunUnderWay(
            f"another run ({who}) is crawling into {database} what this one would; it goes on, and the next start "
            "looks again. NEWSCRAWL_WHEN_BUSY=wait waits for it"
        )
    return StoreBusy(
        f"another run ({who}) is crawling into {database}; wait until it ends, or give this one its own folder with "
        "-s NEWSCRAWL_OUTPUT=... (a crawl waits by itself with NEWSCRAWL_WHEN_BUSY=wait)"
    )


def require_none(
    session: Session, dead: list[str], database: object, *, group: str, now: datetime | None = None
) -> None:
    """Raises RunUnderWay when a living run of the group is entered; until the transaction ends, no other can be.

    For PostgreSQL, where several runs may hold a database.
    """
    alone_to_begin(session)
    for holder in running(session, dead):
        if holder.group == group:
            raise refusal(holder, database, group=group, now=now)


def alone_to_begin(session: Session) -> None:
    """On PostgreSQL: until the transaction ends, no other run begins."""
    session.execute(select(func.pg_advisory_xact_lock(_BEGINNING)))


def running(session: Session, dead: list[str]) -> list[UnderWay]:
    """The runs that are called running, but for the dead ones; the oldest first."""
    rows = session.execute(
        select(RunRow.run_id, RunRow.arguments, RunRow.started_at, RunRow.begun_by)
        .where(RunRow.state == "running", RunRow.run_id.not_in(dead))
        .order_by(RunRow.started_at, RunRow.run_id)
    )
    return [
        UnderWay(
            row.run_id,
            group_of(row.arguments),
            row.started_at.isoformat(timespec="seconds"),
            str((row.begun_by or {}).get("host", "unknown")),
            int((row.begun_by or {}).get("process", 0)),
        )
        for row in rows
    ]


def _age(since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds())) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
