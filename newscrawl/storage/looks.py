"""What a visit's end leaves in the frontier: when its page is looked at again, by what its server tells a change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.orm import Session

from newscrawl.discovery.revisits import counts_on, passes
from newscrawl.items import Disposition
from newscrawl.storage.ends import End
from newscrawl.storage.schema import ArticleRow, FrontierRow, table
from newscrawl.urls import url_key

PRIORITY = 50
"""Of a page that is looked at again: what nobody has seen goes first."""

_FRONTIER, _ARTICLES = table(FrontierRow).c, table(ArticleRow).c
_END = (
    update(table(FrontierRow))
    .where(_FRONTIER.url_key == bindparam("key"))
    .values(
        state=bindparam("state"),
        due_at=bindparam("due"),
        tries=bindparam("tries"),
        priority=func.coalesce(bindparam("urgency"), _FRONTIER.priority),
        run_id=bindparam("run"),
        lease_until=None,
        undone_since=None,
    )
)
_END_WITHOUT_PAGE = _END.values(etag=None, last_modified=None, record_id=None)
_END_WITH_PAGE = _END.values(
    etag=bindparam("etag"),
    last_modified=bindparam("modified"),
    record_id=bindparam("record"),
    anchor_at=bindparam("anchor"),
)
# Led to by a redirect: whoever has leased it ends it.
_END_TARGET = _END_WITH_PAGE.where(_FRONTIER.state != "leased")
_CONFIRMED = select(_ARTICLES.url_key, _ARTICLES.article_id).where(
    _ARTICLES.url_key.in_(bindparam("keys", expanding=True))
)
_FETCHED = (
    update(table(ArticleRow))
    .where(_ARTICLES.article_id == bindparam("id"), _ARTICLES.last_fetched_at < bindparam("at"))
    .values(last_fetched_at=bindparam("at"))
)
_NO_LOOKS = (
    update(table(FrontierRow))
    .where(
        # Written out, as for waking.
        _FRONTIER.state == literal("waiting", literal_execute=True),
        _FRONTIER.tries == 0,
        _FRONTIER.anchor_at.is_not(None),
        _FRONTIER.source_id.in_(bindparam("sources", expanding=True)),
    )
    .values(state="done", due_at=None)
)


def end(session: Session, ends: Iterable[End], *, run_id: str) -> None:
    """Mark the candidates of ended visits as done, or as waiting until they are due.

    An article's page waits under its own url_key, also where another URL led to it. What answered with no page, or with
    another one, is asked for without condition the next time.
    """
    statements: dict[Any, list[dict[str, Any]]] = {_END: [], _END_WITHOUT_PAGE: [], _END_WITH_PAGE: [], _END_TARGET: []}
    for one in ends:
        visit = one.visit
        if one.article_id is None or one.disposition is Disposition.NOT_MODIFIED:
            keeps = one.disposition is Disposition.NOT_MODIFIED or passes(one.disposition, one.reason)
            tries = visit.tries - one.by_host if counts_on(one.disposition, one.reason) else 0
            row = _row(visit.candidate_key, one.due_at, tries, one, run_id)
            statements[_END if keeps else _END_WITHOUT_PAGE].append(row)
            continue
        own = one.final_key or url_key(visit.final_url)
        row = _row(own, one.due_at, 0, one, run_id) | {
            "etag": visit.validators and visit.validators.etag,
            "modified": visit.validators and visit.validators.last_modified,
            "record": visit.validators and visit.validators.record_id,
            "anchor": one.anchor_at,
        }
        statements[_END_WITH_PAGE if own == visit.candidate_key else _END_TARGET].append(row)
        if own != visit.candidate_key:
            # Where an article stood under this URL, it is looked at for coming back.
            statements[_END_WITHOUT_PAGE].append(
                _row(visit.candidate_key, one.left_due_at, visit.tries if one.left_due_at else 0, one, run_id)
            )
    connection = session.connection()
    for statement, rows in statements.items():
        if rows:
            connection.execute(statement, rows)


def confirm(session: Session, ends: Sequence[End]) -> list[End]:
    """The ends, those that are `not_modified` with their articles, whose pages count as fetched at that time."""
    fetched = {one.visit.candidate_key: one for one in ends if one.disposition is Disposition.NOT_MODIFIED}
    if not fetched:
        return list(ends)
    connection = session.connection()
    ids: dict[str, int] = dict(connection.execute(_CONFIRMED, {"keys": sorted(fetched)}).all())
    if ids:
        rows = [{"id": article_id, "at": fetched[key].now} for key, article_id in ids.items()]
        connection.execute(_FETCHED, rows)
    return [
        replace(one, article_id=ids.get(one.visit.candidate_key))
        if one.disposition is Disposition.NOT_MODIFIED
        else one
        for one in ends
    ]


def end_looks(session: Session, sources: Collection[str]) -> None:
    """Look at the stored articles of these sources no more; what failed is tried again all the same."""
    if sources:
        session.connection().execute(_NO_LOOKS, {"sources": sorted(sources)})


def _row(key: str, due_at: datetime | None, tries: int, one: End, run_id: str) -> dict[str, Any]:
    return {
        "key": key,
        "state": "done" if due_at is None else "waiting",
        "due": due_at,
        "tries": tries,
        "urgency": None if tries or one.by_host or due_at is None else PRIORITY,
        "run": run_id,
    }
