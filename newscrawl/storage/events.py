"""Events: a page that goes away and comes back, told on its article, which stays with all its revisions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.orm import Session

from newscrawl.items import TO_HOME, TO_SECTION, Disposition, EventKind, Visit
from newscrawl.storage.ends import End
from newscrawl.storage.schema import ArticleRow, EventRow, table
from newscrawl.urls import url_key

_ARTICLES = table(ArticleRow).c
_KNOWN = (
    select(_ARTICLES.article_id, _ARTICLES.url_key, _ARTICLES.away)
    .where(_ARTICLES.url_key.in_(bindparam("keys", expanding=True)))
    # In one order for all crawlers, so that two of them do not wait for each other.
    .order_by(_ARTICLES.url_key)
    .with_for_update()
)
_SET_AWAY = update(table(ArticleRow)).where(_ARTICLES.article_id == bindparam("id")).values(away=bindparam("kind"))
_ADD = insert(table(EventRow))
_BY_REASON = {TO_HOME: EventKind.REDIRECTED_HOME, TO_SECTION: EventKind.REDIRECTED_TO_SECTION}


def kind_of(end: End) -> EventKind | None:
    """What a visit that ended so tells of the pages that it asked for; None when it tells that none went away.

    A failure that passes tells nothing, nor does a page of another kind, or one that has no article any more.
    """
    if end.disposition is Disposition.GONE:
        return EventKind.GONE
    if end.disposition is Disposition.NOT_ARTICLE and end.reason in _BY_REASON:
        return _BY_REASON[end.reason]
    return EventKind.MOVED if end.article_id is not None and end.visit.redirect_urls else None


def record_departures(session: Session, ends: Iterable[End], *, run_id: str) -> None:
    """Write down which articles' pages these visits found gone, or found another page in place of, each when that
    begins: what is away in the same way already is no event. Only the article's own URL tells, no alias."""
    asked = {
        key: (kind, url, end)
        for end in ends
        if (kind := kind_of(end)) is not None
        for key, url in _gone(kind, end.visit).items()
    }
    if not asked:
        return
    connection = session.connection()
    rows, away = [], []
    for row in connection.execute(_KNOWN, {"keys": sorted(asked)}).all():
        kind, url, end = asked[row.url_key]
        if row.away != kind and row.article_id != end.article_id:
            target = end.visit.final_url if url_key(end.visit.final_url) != row.url_key else None
            rows.append(_row(row.article_id, kind, end, run_id, url, target))
            away.append({"id": row.article_id, "kind": str(kind)})
    _write(connection, rows, away)


def record_returns(session: Session, ends: Iterable[End], *, run_id: str) -> None:
    """Write down that pages which were away answered with their article again."""
    came = list(ends)
    rows = [_row(end.article_id, EventKind.RETURNED, end, run_id, end.visit.final_url, None) for end in came]
    _write(session.connection(), rows, [{"id": end.article_id, "kind": None} for end in came])


def _gone(kind: EventKind, visit: Visit) -> dict[str, str]:
    """The URLs that went away, by their keys: those that led elsewhere, and the last one where it is itself gone."""
    led = {url_key(url): url for url in reversed(visit.redirect_urls)}
    final = url_key(visit.final_url)
    if kind is EventKind.GONE:
        return {final: visit.final_url, **led}
    led.pop(final, None)
    return led


def _write(connection: Connection, rows: list[dict[str, Any]], away: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_ADD, rows)
        connection.execute(_SET_AWAY, away)


def _row(
    article_id: int | None, kind: EventKind, end: End, run_id: str, url: str, target: str | None
) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "kind": str(kind),
        "at": end.now,
        "run_id": run_id,
        "status": end.visit.status,
        "url": url,
        "target": target,
    }
