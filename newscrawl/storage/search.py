"""Finding articles by their words.

The database says which articles have the words, the newest first; each of these is then held against the query itself,
so that every database gives the same answer in the same order. Ranked are no more than some hundred articles: those
that have all that is asked for in their headline, and the newest of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import TextualSelect, bindparam, func, select, text
from sqlalchemy.orm import Session

from newscrawl.storage.schema import ArticleRow, SourceRow, UtcDateTime, table
from newscrawl.storage.search_index import SPAN, span_word
from newscrawl.text.search_match import Matcher
from newscrawl.text.search_query import Query, Term
from newscrawl.text.search_words import in_headline

RANKED = 300
"""Articles that answer, and are put in order."""
_LOOKED_AT = 1_500
"""Articles that are held against the query: a phrase may be in few of those that have its words."""
_AT_ONCE = 300
_FIRST_SPANS, _MOST_SPANS = 2, 64
"""So many of the newest spans PostgreSQL looks through first, and so many at most before it looks through all."""

# The rows that are not taken are not looked up: the index alone says which are the newest, where nothing is chosen.
_FOUND = """
WITH found AS MATERIALIZED (
    SELECT {id} AS article_id FROM article_search {chosen}
    WHERE {matches} AND {id} < :before {conditions}
    ORDER BY {id} DESC LIMIT :most
)
SELECT found.article_id, articles.public_id, articles.url_key, articles.source_id, articles.first_fetched_at,
    revisions.url, extractions.outlet, extractions.headline, extractions.published_at_text, extractions.language,
    extractions.body
FROM found
{join} JOIN articles ON articles.article_id = found.article_id
{join} JOIN extractions ON extractions.article_id = found.article_id AND extractions.is_current
{join} JOIN revisions ON revisions.revision_id = extractions.revision_id
ORDER BY found.article_id DESC
"""
_CHOSEN = """
    {join} JOIN articles ON articles.article_id = {id}
    {join} JOIN extractions ON extractions.article_id = {id} AND extractions.is_current
"""
# The day as the page prints it; a page that prints none counts from the day (UTC) when it was first fetched.
_FILTERS = {
    "sources": "articles.source_id IN :sources",
    "language": "extractions.language = :language",
    "since": "(substr(extractions.published_at_text, 1, 10) >= :since "
    "OR (extractions.published_at_text IS NULL AND articles.first_fetched_at >= :since_instant))",
    "until": "(substr(extractions.published_at_text, 1, 10) <= :until "
    "OR (extractions.published_at_text IS NULL AND articles.first_fetched_at <= :until_instant))",
}
# SQLite takes the tables in the order of CROSS JOIN: the index first, whose rows come in order and stop when enough.
_DIALECTS = {
    "sqlite": {"id": "article_search.rowid", "join": "CROSS", "matches": "article_search MATCH :asked"},
    "postgresql": {
        "id": "article_search.article_id",
        "join": "",
        "matches": "article_search.words @@ CAST(:asked AS tsquery)",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles are looked at; each None or empty for all."""

    sources: Collection[str] = ()
    language: str | None = None
    """Primary language tag."""
    since: date | None = None
    """First day, of publication as the page prints it, else of the first fetch in UTC."""
    until: date | None = None
    """Last day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that answers."""

    id: str
    url: str
    url_key: str
    source: str | None
    outlet: str | None
    headline: str
    published_at: str | None
    """As the feed line gives it: instant, local time or day."""
    first_fetched_at: datetime
    language: str | None
    body: str
    score: float
    """From 0 to 1."""

    @property
    def day(self) -> str:
        """The day by which it is filtered, in ISO 8601."""
        return self.published_at[:10] if self.published_at else self.first_fetched_at.date().isoformat()


@dataclass(frozen=True, slots=True)
class Answer:
    """The best articles, and whether there may be more than were ranked."""

    found: list[Found]
    ranked: int
    """Articles that were put in order."""
    is_cut: bool


def search(session: Session, query: Query, filters: Filters, *, limit: int) -> Answer:
    """The articles that answer best: by score, of the same score the latest day first, then what was stored last."""
    ranked: dict[int, Found | None] = {}
    matcher = Matcher(query)
    cut = False
    for only_headlines in (True, False):
        cut = _look(session, query, matcher, filters, ranked, only_headlines=only_headlines)
    found = [(article, one) for article, one in ranked.items() if one is not None]
    found.sort(key=lambda pair: (pair[1].score, pair[1].day, pair[0]), reverse=True)
    return Answer([one for _, one in found[:limit]], len(found), cut)


def source_ids(session: Session) -> list[str]:
    """The sources of which articles are stored, or that were crawled."""
    stored = session.scalars(select(table(ArticleRow).c.source_id).distinct())
    crawled = session.scalars(select(table(SourceRow).c.source_id))
    return sorted({*crawled, *stored} - {None})


def _look(
    session: Session,
    query: Query,
    matcher: Matcher,
    filters: Filters,
    ranked: dict[int, Found | None],
    *,
    only_headlines: bool,
) -> bool:
    """Rank what the index finds, up to the bounds; whether something was left."""
    answering = 0
    for looked_at, row in enumerate(_candidates(session, query, filters, only_headlines=only_headlines)):
        if looked_at == _LOOKED_AT or answering == RANKED:
            return True
        if row.article_id not in ranked:
            ranked[row.article_id] = _held_against(matcher, row)
        answering += ranked[row.article_id] is not None
    return False


def _held_against(matcher: Matcher, row: Any) -> Found | None:
    value = matcher.score(row.headline or "", row.body or "")
    if value is None:
        return None
    return Found(
        id=row.public_id,
        url=row.url,
        url_key=row.url_key,
        source=row.source_id,
        outlet=row.outlet,
        headline=row.headline or "",
        published_at=row.published_at_text,
        first_fetched_at=row.first_fetched_at,
        language=row.language,
        body=row.body or "",
        score=value,
    )


def _candidates(session: Session, query: Query, filters: Filters, *, only_headlines: bool) -> Iterator[Any]:
    """What the index finds, the articles that were stored last first."""
    connection = session.connection()
    dialect = connection.dialect.name
    values = {name: value for name, value in _values(filters).items() if value}
    statement = _statement(dialect, [name for name in _FILTERS if name in values])
    asked = _asked(dialect, query, only_headlines=only_headlines)
    newest = connection.scalar(select(func.max(table(ArticleRow).c.article_id))) or 0
    before, span = newest + 1, newest // SPAN
    count = _FIRST_SPANS if dialect == "postgresql" else 0
    while True:
        within = f"({asked}) & ({_either_span(span, count)})" if count else asked
        found, rows = 0, _AT_ONCE
        while rows == _AT_ONCE:
            taken = connection.execute(statement, values | {"asked": within, "most": _AT_ONCE, "before": before}).all()
            yield from taken
            rows = len(taken)
            found += rows
            before = taken[-1].article_id if taken else before
        if not count:
            return
        span -= count
        # Going by these, as many as have twice what is taken at once.
        count = 2 * count * _AT_ONCE // max(found, 1)
        if count > min(span, _MOST_SPANS):
            count = 0


def _either_span(newest: int, count: int) -> str:
    return " | ".join(_POSTGRESQL.word(span_word(span)) for span in range(max(newest - count + 1, 0), newest + 1))


def _values(filters: Filters) -> dict[str, Any]:
    since, until = filters.since, filters.until
    return {
        "sources": list(filters.sources),
        "language": filters.language,
        "since": since and since.isoformat(),
        "since_instant": since and datetime.combine(since, time(), UTC),
        "until": until and until.isoformat(),
        "until_instant": until and datetime.combine(until, time.max, UTC),
    }


def _statement(dialect: str, filters: list[str]) -> TextualSelect:
    names = _DIALECTS[dialect]
    conditions = " ".join(f"AND {_FILTERS[name]}" for name in filters)
    chosen = _CHOSEN.format(**names) if filters else ""
    statement = text(_FOUND.format(**names, chosen=chosen, conditions=conditions))
    instants = [bindparam(f"{name}_instant", type_=UtcDateTime()) for name in ("since", "until") if name in filters]
    sources: list[Any] = [bindparam("sources", expanding=True)] if "sources" in filters else []
    return statement.bindparams(*instants, *sources).columns(first_fetched_at=UtcDateTime())


@dataclass(frozen=True, slots=True)
class _Language:
    """How an engine is asked for words."""

    quote: str
    both: str
    either: str

    def wanted(self, query: Query, *, only_headlines: bool) -> str:
        def term(one: Term) -> str:
            keys = map(in_headline, one.keys) if only_headlines else one.keys
            return f"({self.both.join(map(self.word, keys))})"

        return self.both.join(f"({self.either.join(map(term, terms))})" for terms in query.wanted)

    def word(self, key: str) -> str:
        # A key has letters, digits and marks: nothing in it needs to be escaped.
        return f"{self.quote}{key}{self.quote}"


_SQLITE, _POSTGRESQL = _Language('"', " AND ", " OR "), _Language("'", " & ", " | ")


def _asked(dialect: str, query: Query, *, only_headlines: bool) -> str:
    # Whether the words of a phrase stand one after the other, the index does not tell.
    unwanted = [term.keys[0] for term in query.unwanted if len(term.keys) == 1]
    if dialect == "postgresql":
        wanted = _POSTGRESQL.wanted(query, only_headlines=only_headlines)
        return " & ".join([wanted, *(f"!{_POSTGRESQL.word(key)}" for key in unwanted)])
    wanted = _SQLITE.wanted(query, only_headlines=only_headlines)
    return f"({wanted}) NOT ({' OR '.join(map(_SQLITE.word, unwanted))})" if unwanted else wanted
