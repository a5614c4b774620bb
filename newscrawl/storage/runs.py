"""Runs: which one is alive, what each URL and each discovery document ended in, what a run came to."""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout
from sqlalchemy import Connection, and_, bindparam, select, text, update
from sqlalchemy import insert as sql_insert
from sqlalchemy.orm import Session

from newscrawl.discovery.revisits import Policy, anchor_of, next_due
from newscrawl.exceptions import StoreError
from newscrawl.items import Article, Disposition
from newscrawl.sources import Source
from newscrawl.storage import (
    articles,
    documents,
    events,
    frontier,
    hosts,
    looks,
    missed_links,
    opt_outs,
    retractions,
    underway,
)
from newscrawl.storage.database import Database, insert, insert_unless_known
from newscrawl.storage.documents import Document
from newscrawl.storage.ends import End, reason_of
from newscrawl.storage.schema import DispositionRow, FrontierRow, PollRow, RunRow, SourceRow, table
from newscrawl.urls import host_of, url_key

SURVEY = "survey"
"""Spider of the runs that only look at an outlet: they store no article, and so have no feed."""
TAKING_IN = "reextract"
"""Of those that store what archives hold; they ask for nothing."""

_NO_LOOKS = Policy(articles=False)
_STATE = select(table(RunRow).c.state).where(RunRow.run_id == bindparam("run")).with_for_update(read=True)


class RunLock:
    """Proof that a run is alive: the operating system or the server frees it when the process dies.

    SQLite: a file lock beside the database, one run at a time. PostgreSQL: an advisory lock of the run's own
    session, several runs at a time.

    Raises StoreBusy at entry when another live run holds the SQLite database; RunUnderWay when it is of the same group.
    """

    def __init__(
        self, database: Database, run_id: str, *, group: str | None = None, now: datetime | None = None
    ) -> None:
        """`group`: what it will crawl, as `underway.group_of`; None for what crawls nothing."""
        self._database = database
        self._run_id = run_id
        self._group = group
        self._now = now
        self._file: FileLock | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        if self._database.path is None:
            self._connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            # A connection that went back to a pool would go on holding the lock.
            self._connection.detach()
            self._connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": lock_key(self._run_id)})
            return self
        path = self._database.path.with_name(self._database.path.name + ".lock")
        # Not at once: who only asks whether it is held holds it for a moment.
        self._file = FileLock(path, timeout=0.2)
        try:
            self._file.acquire()
        except Timeout:
            raise underway.refusal(underway.holder_of(path), self._database, group=self._group, now=self._now) from None
        underway.note(path, underway.UnderWay.here(self._run_id, self._group, self._now))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.release()
        if self._connection is not None:
            self._connection.close()

    def dead(self, session: Session) -> list[str]:
        """The runs that the database calls running, but whose lock is free: they died."""
        running = session.scalars(
            select(RunRow.run_id).where(RunRow.state == "running", RunRow.run_id != self._run_id)
        ).all()
        if self._connection is None:
            return list(running)
        return [run_id for run_id in running if self._is_free(run_id)]

    def _is_free(self, run_id: str) -> bool:
        assert self._connection is not None
        key = {"key": lock_key(run_id)}
        if not self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            return False
        self._connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
        return True


def begin(
    session: Session, run_id: str, *, spider: str, arguments: dict[str, Any], sources: Iterable[Source], now: datetime
) -> None:
    """Enter the run, and its sources as their files describe them now."""
    # In one order: crawlers that start together must not wait for each other in a circle.
    for source in sorted(sources, key=lambda source: source.source_id):
        said = {"outlet": source.outlet, "homepage": source.homepage, "country": source.country}
        row = insert(session.get_bind().dialect.name, SourceRow).values(source_id=source.source_id, **said)
        session.execute(row.on_conflict_do_update(index_elements=["source_id"], set_=said))
    by = {"host": socket.gethostname(), "process": os.getpid()}
    session.add(RunRow(run_id=run_id, spider=spider, started_at=now, state="running", arguments=arguments, begun_by=by))


def require_alive(session: Session, *, run_id: str) -> None:
    """Raises StoreError when another run took this one for dead; until the transaction ends, none can.

    Nor can anything be retracted.
    """
    retractions.keep_out(session)
    state = session.connection().scalar(_STATE, {"run": run_id})
    if state == "died":
        raise StoreError(
            f"run {run_id} lost its lock on the database, and another run took over what it had leased; "
            "what it stored is kept"
        )


def bury(session: Session, run_ids: list[str]) -> int:
    """Mark runs as died and make due what they had leased; says how many candidates that were."""
    session.execute(update(RunRow).where(RunRow.run_id.in_(run_ids), RunRow.state == "running").values(state="died"))
    missed_links.resolve(session, run_ids)
    return frontier.release(session, run_ids)


def finish(
    session: Session,
    run_id: str,
    *,
    counts: dict[str, Any],
    now: datetime,
    resting: Collection[str] = (),
    scope: frontier.Scope | None = None,
) -> None:
    """Mark the run as finished and make due what it had leased and not ended.

    Of the hosts that are `resting` it counts what is due in the scope and was not asked; a run that asked for no
    candidates has no scope.
    """
    frontier.release(session, [run_id])
    missed_links.resolve(session, [run_id])
    left = hosts.not_asked(session, resting, scope) if resting and scope is not None else {}
    ended = {"state": "finished", "finished_at": now, "counts": counts, "resting": left}
    session.execute(update(RunRow).where(RunRow.run_id == run_id).values(ended))


def without_feed(session: Session) -> list[tuple[str, str]]:
    """run_id and spider of each ended run that has a feed, not yet written, the oldest first."""
    statement = (
        select(RunRow.run_id, RunRow.spider)
        .where(RunRow.state != "running", RunRow.feed.is_(None), RunRow.spider != SURVEY)
        .order_by(RunRow.started_at, RunRow.run_id)
    )
    return [(run_id, spider) for run_id, spider in session.execute(statement)]


def claim_feed(session: Session, run_id: str, *, wait: bool) -> bool:
    """Whether the run's feed is this transaction's to write: not yet written, and no other run is writing it.

    With `wait`, one that another run is writing is waited for.
    """
    statement = select(RunRow.feed).where(RunRow.run_id == run_id).with_for_update(skip_locked=not wait)
    claimed = session.execute(statement).one_or_none()
    return claimed is not None and claimed.feed is None


def set_feed(session: Session, run_id: str, name: str) -> None:
    """Record that the run's feed stands whole in the file of this name."""
    session.execute(update(RunRow).where(RunRow.run_id == run_id).values(feed=name, feed_is_stale=False))


def with_stale_feed(session: Session) -> list[tuple[str, str]]:
    """run_id and file name of each feed that was written before an article of it was retracted, the oldest first."""
    statement = (
        select(RunRow.run_id, RunRow.feed).where(RunRow.feed_is_stale).order_by(RunRow.started_at, RunRow.run_id)
    )
    return [(run_id, feed) for run_id, feed in session.execute(statement) if feed is not None]


def claim_stale_feed(session: Session, run_id: str) -> bool:
    """Whether the run's feed is this transaction's to write again: no other has, or is at it."""
    statement = select(RunRow.feed_is_stale).where(RunRow.run_id == run_id).with_for_update(skip_locked=True)
    return bool(session.scalar(statement))


def end_visits(session: Session, ends: Sequence[End], *, run_id: str) -> list[dict[str, Disposition]]:
    """Write down what became of fetched or refused URLs, and of the URLs that redirected to them.

    An article's page that went away is an event. Returns for each the dispositions that are new to the run, by url_key:
    a URL that two candidates lead to counts once.
    """
    written: list[dict[str, Disposition]] = [{} for _ in ends]
    if not ends:
        return written
    ends = looks.confirm(session, ends)
    connection = session.connection()
    rows: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, end in enumerate(ends):
        for values in _dispositions(end, run_id):
            rows.setdefault(values["url_key"], (number, values))
    add = _add_dispositions(connection.dialect.name)
    for key in connection.scalars(add, [values for _, values in rows.values()]):
        number, values = rows[key]
        written[number][key] = Disposition(values["disposition"])
    for end in ends:
        _end_redirects(session, end, run_id)
    events.record_departures(session, ends, run_id=run_id)
    looks.end(session, ends, run_id=run_id)
    return written


def store_visits(
    session: Session,
    fetched: Sequence[tuple[Article, datetime]],
    *,
    run_id: str,
    policy_of: Callable[[str | None], Policy] = lambda _: _NO_LOOKS,
) -> list[tuple[articles.Stored, dict[str, Disposition]]]:
    """Store visited articles, and end each visit at the time beside it: what `articles.store` and `end_visits` tell.

    The visit of one that is `outdated` goes on. `policy_of` tells by source_id when articles are looked at again;
    without it, none is.
    """
    stored = articles.store(session, [article for article, _ in fetched], run_id=run_id)
    ends: dict[int, End] = {}
    for number, ((article, now), one) in enumerate(zip(fetched, stored, strict=True)):
        assert article.visit is not None
        if one.outdated is not None:
            continue
        ends[number] = _end_of(article, one, now, policy_of(article.source))
    written = dict(zip(ends, end_visits(session, list(ends.values()), run_id=run_id), strict=True))
    opt_outs.record(session, ends.values())
    events.record_returns(session, [end for number, end in ends.items() if stored[number].is_back], run_id=run_id)
    return [(one, written.get(number, {})) for number, one in enumerate(stored)]


def add_polls(session: Session, polls: Sequence[tuple[dict[str, Any], Document]]) -> list[None]:
    """Write down fetches of discovery documents: the columns of PollRow, and what is known of the document now."""
    session.execute(sql_insert(PollRow), [values for values, _ in polls])
    documents.keep(session, [document for _, document in polls])
    return [None] * len(polls)


def _end_of(article: Article, stored: articles.Stored, now: datetime, policy: Policy) -> End:
    visit = article.visit
    assert visit is not None
    anchor = left_due_at = None
    own = article.url_key if article.url == visit.final_url else url_key(visit.final_url)
    if stored.article_id is not None:
        changed_at = article.fetched_at if stored.disposition is Disposition.STORED_REVISION else None
        known = visit.anchor_at if own == visit.candidate_key else None
        anchor = anchor_of(article.published_at, article.modified_at, known=known, changed_at=changed_at, now=now)
        if own != visit.candidate_key:
            left_due_at = next_due(
                Disposition.REDIRECTED, visit.tries, now, anchor=visit.anchor_at, policy=policy, key=visit.candidate_key
            )
    return End(
        visit,
        stored.disposition,
        now,
        reason_of(stored),
        due_at=next_due(stored.disposition, visit.tries, now, anchor=anchor, policy=policy, key=own),
        article_id=stored.article_id,
        final_key=own,
        anchor_at=anchor,
        left_due_at=left_due_at,
    )


@cache
def _add_dispositions(dialect: str) -> Any:
    return insert_unless_known(dialect, DispositionRow).returning(DispositionRow.url_key)


def _dispositions(end: End, run_id: str) -> Iterator[dict[str, Any]]:
    """The rows of a visit: its final URL's, and one for each URL that redirected to it."""
    visit, final_key = end.visit, end.final_key or url_key(end.visit.final_url)
    values: dict[str, Any] = {
        "run_id": run_id,
        "source_id": visit.source,
        "at": end.now,
        "article_id": end.article_id,
    }
    yield values | {
        "url_key": final_key,
        "url": visit.final_url,
        "disposition": str(end.disposition),
        "reason": end.reason,
        "status": visit.status,
    }
    redirected = {"disposition": str(Disposition.REDIRECTED), "reason": f"to {visit.final_url}", "status": None}
    for url in visit.redirect_urls:
        if url_key(url) != final_key:
            yield values | redirected | {"url_key": url_key(url), "url": url}


def _end_redirects(session: Session, end: End, run_id: str) -> None:
    """Make the URLs that redirected lead to the article, and all that the visit showed known to the frontier."""
    visit = end.visit
    if not visit.redirect_urls:
        return
    final_key = url_key(visit.final_url)
    shown = {url_key(url): url for url in (*visit.redirect_urls, visit.final_url)}
    for key, url in shown.items():
        if key != final_key and end.article_id is not None:
            articles.add_alias(session, key, end.article_id, "redirect")
        if key != final_key and end.reason == retractions.REASON:
            retractions.cover_redirects(session, [key], final_key)
        if key != visit.candidate_key:
            _know(session, key, url, end, run_id)


def _know(session: Session, key: str, url: str, end: End, run_id: str) -> None:
    """Enter a URL that a redirect showed as done in the frontier, so that discovery finds it known."""
    values: dict[str, Any] = {
        "url_key": key,
        "url": url,
        "host": host_of(url),
        "source_id": end.visit.source,
        "kind": "redirect",
        "via": end.visit.redirect_urls[0],
        "depth": end.visit.depth,
        "evidence": {},
        "discovered_at": end.now,
        "priority": 40,
        "state": "done",
        "tries": 0,
        "run_id": run_id,
    }
    connection = session.connection()
    done = insert(connection.dialect.name, FrontierRow).values(values)
    connection.execute(
        done.on_conflict_do_update(
            index_elements=[FrontierRow.url_key],
            set_={"state": "done", "due_at": None, "run_id": run_id},
            # An article that stands there keeps the time of its next look; a visit that stored it sets that itself.
            where=and_(FrontierRow.state.in_(("due", "waiting")), FrontierRow.anchor_at.is_(None)),
        )
    )


def lock_key(run_id: str) -> int:
    """The number of a run's advisory lock in PostgreSQL."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8], "big", signed=True)
