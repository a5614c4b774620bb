"""Taking archived pages in that no run has told of: what a crawl would have stored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from newscrawl.discovery.revisits import Policy
from newscrawl.items import Article, Candidate, Disposition, Visit
from newscrawl.storage import frontier, runs
from newscrawl.storage.ends import End
from newscrawl.storage.schema import ArticleRow, DispositionRow, table

_ARTICLES, _DISPOSITIONS = table(ArticleRow).c, table(DispositionRow).c
_TOLD = (
    select(_DISPOSITIONS.url_key, func.max(_DISPOSITIONS.at))
    .where(_DISPOSITIONS.url_key.in_(bindparam("keys", expanding=True)))
    .group_by(_DISPOSITIONS.url_key)
)
_FETCHED = select(_ARTICLES.url_key, _ARTICLES.last_fetched_at).where(
    _ARTICLES.url_key.in_(bindparam("keys", expanding=True))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An archived page with what it came to."""

    candidate: Candidate
    visit: Visit
    article: Article | None
    """Of this visit; None where the page holds none."""
    disposition: Disposition = Disposition.INVALID
    """What became of a page without article."""
    reason: str | None = None
    """Why."""
    due_at: datetime | None = None
    """When such a page is due again; None when it is done."""


def told_of(session: Session, keys: Iterable[str]) -> dict[str, datetime]:
    """By url_key, the last instant at which a run told what became of the URL."""
    rows = session.connection().execute(_TOLD, {"keys": sorted(keys)})
    return dict(rows.all())


def last_fetched(session: Session, keys: Iterable[str]) -> dict[str, datetime]:
    """By url_key, the instant of the newest fetch of each article that is stored."""
    rows = session.connection().execute(_FETCHED, {"keys": sorted(keys)})
    return dict(rows.all())


def take_in(
    session: Session,
    several: Sequence[Taken],
    *,
    run_id: str,
    now: datetime,
    policy_of: Callable[[str | None], Policy],
) -> list[Disposition | None]:
    """Store the articles, end every visit as a crawl does, and make its candidate known to the frontier; what each
    came to. Those of one URL must come in the order of their fetches. `policy_of` as for `runs.store_visits`.

    None, and nothing of it stored: another version of the extractor read the state that it is to be compared with.
    """
    frontier.add(session, [taken.candidate for taken in several], run_id=run_id, now=now, due_now=False)
    came_to: dict[int, Disposition | None] = {}
    ended = {number: taken for number, taken in enumerate(several) if taken.article is None}
    if ended:
        ends = [End(taken.visit, taken.disposition, now, taken.reason, taken.due_at) for taken in ended.values()]
        runs.end_visits(session, ends, run_id=run_id)
        came_to |= {number: taken.disposition for number, taken in ended.items()}
    articles = {number: taken.article for number, taken in enumerate(several) if taken.article is not None}
    if articles:
        fetched = [(article, now) for article in articles.values()]
        stored = runs.store_visits(session, fetched, run_id=run_id, policy_of=policy_of)
        for number, (one, _) in zip(articles, stored, strict=True):
            came_to[number] = one.disposition if one.outdated is None else None
    return [came_to[number] for number in range(len(several))]
