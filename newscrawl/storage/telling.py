"""Tells the story of one URL from the tables."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from newscrawl.storage import captures, hosts, opt_outs, retractions
from newscrawl.storage.schema import (
    ArticleRow,
    CaptureRow,
    DispositionRow,
    EventRow,
    ExtractionRow,
    FrontierRow,
    PollRow,
    PrunedRow,
    RelatedLinkRow,
    RevisionRow,
    RunRow,
    UrlAliasRow,
    table,
)
from newscrawl.storage.story import (
    Alias,
    Captured,
    Discovery,
    Ended,
    Happened,
    Link,
    Polled,
    Reading,
    Revised,
    Stored,
    Story,
)
from newscrawl.urls import host_of

_ARTICLES, _REVISIONS, _EXTRACTIONS = table(ArticleRow).c, table(RevisionRow).c, table(ExtractionRow).c
_CAPTURES, _RUNS, _LINKS = table(CaptureRow).c, table(RunRow).c, table(RelatedLinkRow).c
_FRONTIER, _ENDS, _POLLS, _ALIASES = (table(row).c for row in (FrontierRow, DispositionRow, PollRow, UrlAliasRow))
_EVENTS = table(EventRow).c
_PRUNED = table(PrunedRow).c
_KEYS_AT_ONCE = 500


def story_of(session: Session, url: str, key: str) -> Story:
    """The story of a URL and its url_key; of one that leads to an article, with that article's."""
    alias = session.execute(select(_ALIASES.article_id, _ALIASES.kind).where(_ALIASES.url_key == key)).one_or_none()
    whose = _ARTICLES.url_key == key
    own = session.execute(select(table(ArticleRow)).where(whose)).one_or_none()
    row = own
    if own is None and alias is not None:
        row = session.execute(select(table(ArticleRow)).where(_ARTICLES.article_id == alias.article_id)).one()
    article = None if row is None else _stored(session, row)
    keys = {key} if article is None else {key, article.url_key, *(alias.url_key for alias in article.aliases)}
    discoveries = _discoveries(session, keys)
    ends = _ends(session, keys)
    # Captures are kept by URLs as asked for, of which one key may have several.
    spelled = {url, *(one.url for one in discoveries), *(one.url for one in ends)}
    spelled |= {one.url for one in article.revisions} if article else set()
    return Story(
        url_key=key,
        alias=None if own is not None or alias is None else alias.kind,
        discoveries=discoveries,
        dispositions=ends,
        polls=_polls(session, url),
        captures=_captures(session, spelled),
        article=article,
        retraction=retractions.of_url(session, key),
        rest=hosts.rest_of(session, host_of(url)),
    )


def _discoveries(session: Session, keys: Collection[str]) -> list[Discovery]:
    columns = (
        *(_FRONTIER[name] for name in ("url_key", "url", "kind", "via", "state", "due_at", "tries")),
        _FRONTIER.source_id.label("source"),
        _FRONTIER.discovered_at.label("first_seen"),
        _FRONTIER.run_id.label("run"),
    )
    rows = session.execute(select(*columns).where(_FRONTIER.url_key.in_(keys)).order_by(_FRONTIER.discovered_at))
    return [Discovery(**row._mapping) for row in rows]


def _ends(session: Session, keys: Collection[str]) -> list[Ended]:
    columns = (*(_ENDS[name] for name in ("url", "at", "disposition", "reason", "status")), _ENDS.run_id.label("run"))
    rows = session.execute(select(*columns).where(_ENDS.url_key.in_(keys)).order_by(_ENDS.at, _ENDS.disposition_id))
    return [Ended(**row._mapping) for row in rows]


def _polls(session: Session, url: str) -> list[Polled]:
    columns = (
        *(_POLLS[name] for name in ("kind", "at", "status", "found", "new", "error")),
        _POLLS.source_id.label("source"),
        _POLLS.run_id.label("run"),
    )
    rows = session.execute(select(*columns).where(_POLLS.url == url).order_by(_POLLS.at, _POLLS.poll_id))
    return [Polled(**row._mapping) for row in rows]


def _captures(session: Session, urls: Collection[str]) -> list[Captured]:
    originals = table(CaptureRow).alias("originals")
    asked = sorted(urls)
    conditions = [
        _CAPTURES.url.in_(asked[start : start + _KEYS_AT_ONCE]) for start in range(0, len(asked), _KEYS_AT_ONCE)
    ]
    rows = session.execute(
        select(*table(CaptureRow).c, *(column.label(f"original_{column.name}") for column in originals.c))
        .outerjoin(originals, originals.c.record_id == _CAPTURES.refers_to)
        .add_columns(_pruned_at(originals))
        .where(or_(*conditions))
        .order_by(_CAPTURES.captured_at, _CAPTURES.capture_id)
    )
    return [
        Captured(
            url=row.url,
            at=row.captured_at,
            place=captures.capture_in(row),
            repeats=captures.original_in(row),
            refers_to=row.refers_to,
            pruned_at=row.pruned_at,
        )
        for row in rows
    ]


def _pruned_at(originals: Any) -> Any:
    """When the bytes of a capture, or those that it repeats, were removed for their age."""
    own, repeated = (
        select(_PRUNED.pruned_at).where(_PRUNED.warc == warc).scalar_subquery()
        for warc in (_CAPTURES.warc, originals.c.warc)
    )
    return func.coalesce(own, repeated).label("pruned_at")


def _stored(session: Session, row: Any) -> Stored:
    article = _ARTICLES.article_id == row.article_id
    aliases = select(_ALIASES.url_key, _ALIASES.kind).where(_ALIASES.article_id == row.article_id)
    copies = select(_ARTICLES.url_key).where(_ARTICLES.duplicate_of == row.url_key).order_by(_ARTICLES.article_id)
    links = (
        select(_LINKS.position, _LINKS.headline, _LINKS.url, _ARTICLES.url_key)
        .join(table(ExtractionRow), _EXTRACTIONS.extraction_id == _LINKS.extraction_id)
        .outerjoin(table(ArticleRow), _ARTICLES.article_id == _LINKS.target_id)
        .where(_EXTRACTIONS.article_id == row.article_id, _EXTRACTIONS.is_current)
        .order_by(_LINKS.position)
    )
    naming = (
        select(_ARTICLES.url_key)
        .join(table(ExtractionRow), _EXTRACTIONS.article_id == _ARTICLES.article_id)
        .join(table(RelatedLinkRow), _LINKS.extraction_id == _EXTRACTIONS.extraction_id)
        .where(_LINKS.target_id == row.article_id, _EXTRACTIONS.is_current, ~article)
        .distinct()
        .order_by(_ARTICLES.url_key)
    )
    return Stored(
        url_key=row.url_key,
        id=row.public_id,
        source=row.source_id,
        first_fetched_at=row.first_fetched_at,
        last_fetched_at=row.last_fetched_at,
        aliases=[Alias(**one._mapping) for one in session.execute(aliases.order_by(_ALIASES.url_key))],
        duplicate_of=row.duplicate_of,
        duplicates=list(session.scalars(copies)),
        revisions=_revisions(session, row.article_id),
        trivial_changes=row.trivial_changes,
        trivially_changed_at=row.trivially_changed_at,
        events=events_of(session, row.article_id),
        opt_outs=opt_outs.of_article(session, row.article_id),
        related_links=[
            Link(position=position, headline=headline, url=url, article=key)
            for position, headline, url, key in session.execute(links)
        ],
        named_by=list(session.scalars(naming)),
    )


def events_of(session: Session, article_id: int) -> list[Happened]:
    """The events of an article, the oldest first."""
    columns = (*(_EVENTS[name] for name in ("kind", "at", "status", "url", "target")), _EVENTS.run_id.label("run"))
    of_article = select(*columns).where(_EVENTS.article_id == article_id).order_by(_EVENTS.at, _EVENTS.event_id)
    return [Happened(**row._mapping) for row in session.execute(of_article)]


def _revisions(session: Session, article_id: int) -> list[Revised]:
    readings: dict[int, list[Reading]] = {}
    columns = (
        *(_EXTRACTIONS[name] for name in ("extractor", "content_hash", "headline")),
        _EXTRACTIONS.extracted_at.label("at"),
        _EXTRACTIONS.is_current.label("current"),
    )
    extractions = select(_EXTRACTIONS.revision_id, *columns).where(_EXTRACTIONS.article_id == article_id)
    for row in session.execute(extractions.order_by(_EXTRACTIONS.extraction_id)):
        said = dict(row._mapping)
        readings.setdefault(said.pop("revision_id"), []).append(Reading(**said))
    originals = table(CaptureRow).alias("originals")
    places = (_CAPTURES[name].label(f"capture_{name}") for name in captures.PLACE)
    rows = session.execute(
        select(*table(RevisionRow).c, _RUNS.feed, *places, _pruned_at(originals))
        .outerjoin(table(CaptureRow), _CAPTURES.capture_id == _REVISIONS.capture_id)
        .outerjoin(originals, originals.c.record_id == _CAPTURES.refers_to)
        .outerjoin(table(RunRow), _RUNS.run_id == _REVISIONS.run_id)
        .where(_REVISIONS.article_id == article_id)
        .order_by(_REVISIONS.number)
    )
    return [
        Revised(
            number=row.number,
            url=row.url,
            fetched_at=row.fetched_at,
            run=row.run_id,
            feed=row.feed,
            payload_digest=row.payload_digest,
            capture=None if row.capture_warc is None else captures.capture_in(row, "capture_"),
            pruned_at=row.pruned_at,
            extractions=readings.get(row.revision_id, []),
        )
        for row in rows
    ]
