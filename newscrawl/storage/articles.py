"""Articles, their revisions and extractions, their related links and copies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from newscrawl.items import Article, Block, Capture, Disposition, PublicationTime, RelatedLink
from newscrawl.storage.database import insert
from newscrawl.storage.schema import (
    ArticleAuthorRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    RelatedLinkRow,
    RevisionRow,
    UrlAliasRow,
)
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing an article came to."""

    disposition: Disposition
    article_id: int
    revision: int
    duplicate_of: str | None = None


def store(session: Session, article: Article, *, run_id: str) -> Stored:
    """Store a visited article as new, as a new revision of a known one, or find it unchanged.

    A revision is a new state of the page; an unchanged page that another extractor reads gets an extraction.
    Raises ValueError for an article without visit, payload digest, `fetched_at`, `content_hash` or `extractor`.
    """
    visit = article.visit
    if visit is None or visit.payload_digest is None:
        raise ValueError(f"{article.url} came without its visit; yield articles from NewsSpider.parse_page")
    if article.fetched_at is None or article.content_hash is None or article.extractor is None:
        raise ValueError(f"{article.url} lacks fetched_at, content_hash or extractor; extract it before storing")
    payload_digest, text_digest = visit.payload_digest, visit.text_digest
    row = session.scalar(select(ArticleRow).where(ArticleRow.url_key == article.url_key).with_for_update())
    if row is None:
        return _store_new(session, article, run_id=run_id, payload_digest=payload_digest, text_digest=text_digest)
    row.last_fetched_at = max(row.last_fetched_at, article.fetched_at)
    last = session.scalars(
        select(RevisionRow).where(RevisionRow.article_id == row.article_id).order_by(RevisionRow.number.desc()).limit(1)
    ).one()
    current = session.scalars(
        select(ExtractionRow).where(ExtractionRow.article_id == row.article_id, ExtractionRow.is_current)
    ).one()
    if payload_digest == last.payload_digest or article.content_hash == current.content_hash:
        if payload_digest == last.payload_digest and article.extractor != current.extractor:
            _add_extraction(session, article, row, last)
            _describe(session, row, article, text_digest)
        return Stored(Disposition.UNCHANGED, row.article_id, last.number, row.duplicate_of)
    _describe(session, row, article, text_digest)
    revision = _add_revision(session, article, row, last.number + 1, run_id=run_id, payload_digest=payload_digest)
    return Stored(Disposition.STORED_REVISION, row.article_id, revision.number, row.duplicate_of)


def add_alias(session: Session, alias: str, article_id: int, kind: str) -> None:
    """Record that the url_key `alias` also leads to the article; the first article to claim it keeps it."""
    values = {"url_key": alias, "article_id": article_id, "kind": kind}
    session.execute(insert(session, UrlAliasRow).on_conflict_do_nothing(), values)
    session.execute(
        update(RelatedLinkRow)
        .where(RelatedLinkRow.target_id.is_(None), RelatedLinkRow.url_key == alias)
        .values(target_id=article_id)
    )


def find(session: Session, key: str) -> int | None:
    """The article_id behind a url_key or one of its aliases."""
    return session.scalar(select(ArticleRow.article_id).where(ArticleRow.url_key == key)) or session.scalar(
        select(UrlAliasRow.article_id).where(UrlAliasRow.url_key == key)
    )


def revisions_of_run(session: Session, run_id: str) -> Iterator[Article]:
    """The articles of the revisions that a run stored, as first read, in the order of storing."""
    first_reading = (
        select(func.min(ExtractionRow.extraction_id))
        .where(ExtractionRow.revision_id == RevisionRow.revision_id)
        .correlate(RevisionRow)
        .scalar_subquery()
    )
    statement = (
        select(RevisionRow, ArticleRow, ExtractionRow, CaptureRow)
        .join(ArticleRow, ArticleRow.article_id == RevisionRow.article_id)
        .join(ExtractionRow, ExtractionRow.extraction_id == first_reading)
        .outerjoin(CaptureRow, CaptureRow.capture_id == RevisionRow.capture_id)
        .where(RevisionRow.run_id == run_id)
        .order_by(RevisionRow.revision_id)
        .execution_options(yield_per=200)
    )
    for revision, row, extraction, capture in session.execute(statement):
        yield _article(session, revision, row, extraction, capture)


def _store_new(
    session: Session, article: Article, *, run_id: str, payload_digest: str, text_digest: str | None
) -> Stored:
    assert article.fetched_at is not None
    row = ArticleRow(
        public_id=article.id,
        url_key=article.url_key,
        source_id=article.source,
        first_fetched_at=article.fetched_at,
        last_fetched_at=article.fetched_at,
    )
    session.add(row)
    session.flush()
    _describe(session, row, article, text_digest)
    _add_revision(session, article, row, 1, run_id=run_id, payload_digest=payload_digest)
    _resolve_links_to(session, row)
    disposition = Disposition.STORED_NEW if row.duplicate_of is None else Disposition.DUPLICATE
    return Stored(disposition, row.article_id, 1, row.duplicate_of)


def _describe(session: Session, row: ArticleRow, article: Article, text_digest: str | None) -> None:
    row.headline_key = fold_key(article.headline or "") or None
    row.text_digest = text_digest
    row.duplicate_of = None
    if text_digest is not None:
        row.duplicate_of = session.scalar(
            select(ArticleRow.url_key)
            .where(ArticleRow.text_digest == text_digest, ArticleRow.article_id < row.article_id)
            .order_by(ArticleRow.article_id)
            .limit(1)
        )


def _add_revision(
    session: Session, article: Article, row: ArticleRow, number: int, *, run_id: str, payload_digest: str
) -> RevisionRow:
    assert article.fetched_at is not None
    revision = RevisionRow(
        article_id=row.article_id,
        number=number,
        run_id=run_id,
        url=article.url,
        fetched_at=article.fetched_at,
        payload_digest=payload_digest,
        capture_id=_add_capture(session, article.capture),
        duplicate_of=row.duplicate_of,
    )
    session.add(revision)
    session.flush()
    _add_extraction(session, article, row, revision)
    return revision


def _add_capture(session: Session, capture: Capture | None) -> int | None:
    if capture is None:
        return None
    row = CaptureRow(**asdict(capture))
    session.add(row)
    session.flush()
    return row.capture_id


def _add_extraction(session: Session, article: Article, row: ArticleRow, revision: RevisionRow) -> None:
    session.execute(
        update(ExtractionRow)
        .where(ExtractionRow.article_id == row.article_id, ExtractionRow.is_current)
        .values(is_current=False)
    )
    # A page read again by an extractor that has read it before: that reading is current again.
    known = session.scalar(
        select(ExtractionRow).where(
            ExtractionRow.revision_id == revision.revision_id, ExtractionRow.extractor == article.extractor
        )
    )
    if known is not None:
        known.is_current = True
        return
    extraction = ExtractionRow(
        revision_id=revision.revision_id,
        article_id=row.article_id,
        is_current=True,
        extractor=article.extractor,
        extracted_at=article.fetched_at,
        content_hash=article.content_hash,
        canonical_url=article.canonical_url,
        outlet=article.outlet,
        headline=article.headline,
        page_title=article.page_title,
        description=article.description,
        byline=article.byline,
        **_time_columns("published_at", article.published_at),
        published_at_raw=article.published_at_raw,
        **_time_columns("modified_at", article.modified_at),
        modified_at_raw=article.modified_at_raw,
        language=article.language,
        section=article.section,
        keywords=list(article.keywords),
        main_image=article.main_image,
        body=article.body,
        blocks=[asdict(block) for block in article.blocks],
    )
    session.add(extraction)
    session.flush()
    _add_authors(session, extraction.extraction_id, article.authors)
    _add_related_links(session, extraction.extraction_id, article)


def _add_authors(session: Session, extraction_id: int, names: list[str]) -> None:
    for position, name in enumerate(names, 1):
        session.execute(
            insert(session, AuthorRow).on_conflict_do_nothing(index_elements=[AuthorRow.name]),
            {"name": name, "name_key": fold_key(name)},
        )
        author_id = session.scalars(select(AuthorRow.author_id).where(AuthorRow.name == name)).one()
        session.add(ArticleAuthorRow(extraction_id=extraction_id, position=position, author_id=author_id))


def _add_related_links(session: Session, extraction_id: int, article: Article) -> None:
    for link in article.related_links:
        key = url_key(link.url) if link.url and is_http(link.url) else None
        headline_key = fold_key(link.headline)
        session.add(
            RelatedLinkRow(
                extraction_id=extraction_id,
                **asdict(link),
                headline_key=headline_key,
                url_key=key,
                source_id=article.source,
                target_id=_link_target(session, key, headline_key, article.source),
            )
        )


def _link_target(session: Session, key: str | None, headline_key: str, source_id: str | None) -> int | None:
    by_url = find(session, key) if key else None
    if by_url or not (headline_key and source_id):
        return by_url
    return session.scalar(
        select(ArticleRow.article_id)
        .where(ArticleRow.source_id == source_id, ArticleRow.headline_key == headline_key)
        .order_by(ArticleRow.article_id)
        .limit(1)
    )


def _resolve_links_to(session: Session, row: ArticleRow) -> None:
    names_it = [RelatedLinkRow.url_key == row.url_key]
    if row.source_id and row.headline_key:
        names_it.append(
            and_(RelatedLinkRow.source_id == row.source_id, RelatedLinkRow.headline_key == row.headline_key)
        )
    session.execute(
        update(RelatedLinkRow)
        .where(RelatedLinkRow.target_id.is_(None), or_(*names_it))
        .values(target_id=row.article_id)
    )


def _time_columns(name: str, value: PublicationTime | None) -> dict[str, Any]:
    instant: datetime | None = None
    precision: str | None = None
    if isinstance(value, datetime):
        instant = value.astimezone(UTC) if value.tzinfo else None
        precision = "instant" if value.tzinfo else "local"
    elif value is not None:
        precision = "day"
    return {name: instant, f"{name}_text": value and value.isoformat(), f"{name}_precision": precision}


def _time(text: str | None, precision: str | None) -> PublicationTime | None:
    if text is None:
        return None
    return date.fromisoformat(text) if precision == "day" else datetime.fromisoformat(text)


def _article(
    session: Session, revision: RevisionRow, row: ArticleRow, extraction: ExtractionRow, capture: CaptureRow | None
) -> Article:
    links = session.scalars(
        select(RelatedLinkRow)
        .where(RelatedLinkRow.extraction_id == extraction.extraction_id)
        .order_by(RelatedLinkRow.position)
    )
    authors = session.scalars(
        select(AuthorRow.name)
        .join(ArticleAuthorRow, ArticleAuthorRow.author_id == AuthorRow.author_id)
        .where(ArticleAuthorRow.extraction_id == extraction.extraction_id)
        .order_by(ArticleAuthorRow.position)
    )
    return Article(
        id=row.public_id,
        url=revision.url,
        canonical_url=extraction.canonical_url,
        url_key=row.url_key,
        source=row.source_id,
        outlet=extraction.outlet,
        headline=extraction.headline,
        page_title=extraction.page_title,
        description=extraction.description,
        byline=extraction.byline,
        authors=list(authors),
        published_at=_time(extraction.published_at_text, extraction.published_at_precision),
        published_at_raw=extraction.published_at_raw,
        modified_at=_time(extraction.modified_at_text, extraction.modified_at_precision),
        modified_at_raw=extraction.modified_at_raw,
        fetched_at=revision.fetched_at,
        language=extraction.language,
        section=extraction.section,
        keywords=extraction.keywords,
        main_image=extraction.main_image,
        body=extraction.body,
        blocks=[Block(**block) for block in extraction.blocks],
        related_links=[
            RelatedLink(
                position=link.position,
                headline=link.headline,
                url=link.url,
                label=link.label,
                placement="aside" if link.placement == "aside" else "inline",
            )
            for link in links
        ],
        revision=revision.number,
        content_hash=extraction.content_hash,
        duplicate_of=revision.duplicate_of,
        capture=_capture(capture) if capture else None,
        extractor=extraction.extractor,
        run=revision.run_id,
    )


def _capture(row: CaptureRow) -> Capture:
    return Capture(
        warc=row.warc,
        offset=row.offset,
        length=row.length,
        record_id=row.record_id,
        payload_digest=row.payload_digest,
    )
