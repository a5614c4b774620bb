"""WARCs taken in: what a crawl would have stored of their pages, of those that no run has told of.

For a database that was lost or restored from a backup, and for WARCs of others.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, cast, get_args, get_type_hints

from newscrawl.archive.answers import Answers, StoredAnswer
from newscrawl.archive.reader import StoredExchange
from newscrawl.configuration import Configuration
from newscrawl.discovery.candidates import is_article_url
from newscrawl.discovery.revisits import Policy, next_due
from newscrawl.exceptions import ArchiveError, ExtractionTimeout
from newscrawl.items import Archived, Candidate, Disposition, Furniture, Visit
from newscrawl.rereading.choosing import is_chosen, no_page
from newscrawl.rereading.foreign import Held
from newscrawl.rereading.outcomes import outcomes, reason_of
from newscrawl.rereading.page import read_exchange
from newscrawl.sources.registry import load_sources, owner
from newscrawl.sources.source import Source
from newscrawl.storage import captures, furniture, runs, taking_in
from newscrawl.storage.database import Database
from newscrawl.storage.rereading import Chosen
from newscrawl.storage.taking_in import Taken
from newscrawl.text.articles import clean_article, lacks
from newscrawl.urls import url_key
from newscrawl.workers.reading import Reading

SPIDER = runs.TAKING_IN
"""What the run is said to be that stores it."""

TOLD = "told of by a run already"
OLDER = "older than what is stored of it"
OUTDATED = "not compared: another version read what is stored of it; scrapy reextract --apply comes first"

_AT_ONCE = 100
_MOST_REDIRECTS = 5
_KINDS = frozenset(get_args(get_type_hints(Candidate)["kind"]))


@dataclass(frozen=True, slots=True)
class _Page:
    """An archived page that is to be read."""

    number: int
    """Its place in the order of fetching."""
    candidate: Candidate
    redirects: tuple[str, ...]
    exchange: StoredExchange
    place: Archived


def take_in(
    files: Sequence[Path],
    database: Database,
    configuration: Configuration,
    chosen: Chosen,
    *,
    held: Held | None = None,
    progress: Callable[[Path], None] = lambda _: None,
) -> str:
    """Store what WARC files hold of the chosen pages, oldest first, as a run of its own; its run_id.

    Every answer of the files is entered among the captures. `held` grows meanwhile: it says what the pages came to.
    Raises ArchiveError when no answer can be read, StoreBusy while another run holds the database, StoreError when the
    database fails. What was stored until then is kept, and a second call goes on behind it.
    """
    now = configuration.clock()
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
    sources = load_sources(*configuration.source_folders)
    taking = _Taking(database, configuration, sources, chosen, held if held is not None else Held(), run_id)
    with database.telling(), runs.RunLock(database, run_id) as lock:
        with database.session() as session:
            runs.bury(session, lock.dead(session))
            arguments = {"warc": [str(file) for file in files]}
            runs.begin(session, run_id, spider=SPIDER, arguments=arguments, sources=sources.values(), now=now)
        asyncio.run(taking.done(files, progress))
        with database.session() as session:
            furniture.learn(session, run_id)
            runs.finish(session, run_id, counts=taking.held.as_json()["answers"], now=configuration.clock())
    return run_id


class _Taking:
    """One walk through the pages of WARC files."""

    def __init__(
        self,
        database: Database,
        configuration: Configuration,
        sources: Mapping[str, Source],
        chosen: Chosen,
        held: Held,
        run_id: str,
    ) -> None:
        self.held = held
        self._database = database
        self._configuration = configuration
        self._sources = sources
        self._chosen = chosen
        self._run_id = run_id
        self._learnt: Mapping[str, Furniture] = {}
        self._found: list[Archived] = []
        self._next = 0
        self._ahead: dict[int, Taken] = {}
        """What was read before pages that were fetched earlier."""
        self._waiting: list[Taken] = []

    async def done(self, files: Sequence[Path], progress: Callable[[Path], None]) -> None:
        """Walk to the end."""
        with self._database.reading() as session:
            self._learnt = furniture.load(session)
        with closing(Answers(files, self._configuration.output, self._list)) as answers:
            self._enter()
            self.held.broken.extend(answers.broken)
            for file in files:
                progress(file)
            asked = ((page, self._arguments(page)) for page in self._pages(answers))
            async with aclosing(outcomes(self._configuration, read_exchange, asked)) as found:
                async for page, outcome in found:
                    self._ahead[page.number] = self._taken(page, outcome)
                    while self._next in self._ahead:
                        self._waiting.append(self._ahead.pop(self._next))
                        self._next += 1
                    if len(self._waiting) >= _AT_ONCE:
                        self._store()
        self._store()

    def _list(self, exchange: StoredExchange) -> bool:
        """Whether an answer is a page to be looked at; every one is entered among the captures."""
        assert exchange.capture is not None
        assert exchange.date is not None
        refers_to = exchange.original.record_id if exchange.original else None
        self._found.append(
            Archived(capture=exchange.capture, url=exchange.url, captured_at=exchange.date, refers_to=refers_to)
        )
        if len(self._found) >= _AT_ONCE:
            self._enter()
        source = owner(self._sources, exchange.url)
        if not is_chosen(self._chosen, exchange, source):
            return False
        why: str | None = no_page(exchange, repeated=True) or _no_candidate(exchange, source)
        if why:
            self.held.count(source, why)
        return why is None

    def _enter(self) -> None:
        found, self._found = self._found, []
        with self._database.session() as session:
            captures.add(session, [found])

    def _pages(self, answers: Answers) -> Iterator[_Page]:
        """The pages that no run has told of, in the order of fetching."""
        number = 0
        waiting = answers.in_order()
        while several := list(islice(waiting, _AT_ONCE)):
            with self._database.reading() as session:
                told = taking_in.told_of(session, {url_key(one.archived.url) for one in several})
            for one in several:
                source = owner(self._sources, one.archived.url)
                at = told.get(url_key(one.archived.url))
                if at is not None and at >= one.archived.captured_at:
                    self.held.count(source, TOLD)
                    continue
                try:
                    page = _page(number, one, answers, source)
                except ArchiveError as error:
                    self.held.count(source, "failed")
                    self.held.report.fail(one.archived.url, None, str(error))
                    continue
                number += 1
                yield page

    def _arguments(self, page: _Page) -> tuple[Any, ...]:
        source = page.candidate.source or ""
        return page.exchange, self._sources.get(source), self._learnt.get(source)

    def _taken(self, page: _Page, outcome: Reading | BaseException) -> Taken:
        visit = Visit(
            candidate_key=url_key(page.candidate.url),
            final_url=page.exchange.url,
            source=page.candidate.source,
            redirect_urls=page.redirects,
            status=page.exchange.status,
            archived=page.place,
        )
        if not isinstance(outcome, Reading):
            reason = reason_of(outcome)
            self.held.report.fail(page.exchange.url, None, reason)
            timed_out = isinstance(outcome, ExtractionTimeout)
            disposition = Disposition.TIMED_OUT if timed_out else Disposition.FAILED
            due_at = next_due(disposition, visit.tries, self._configuration.clock(), reason)
            return Taken(
                candidate=page.candidate,
                visit=visit,
                article=None,
                disposition=disposition,
                reason=reason,
                due_at=due_at,
            )
        article = outcome.article
        clean_article(article)
        if lacking := lacks(article):
            return Taken(candidate=page.candidate, visit=visit, article=None, reason=lacking)
        article.fetched_at, article.capture = page.place.captured_at, page.place.capture
        article.visit = replace(
            visit,
            payload_digest=outcome.payload_digest,
            fingerprint=outcome.fingerprint,
            search_words=outcome.search_words,
        )
        return Taken(candidate=page.candidate, visit=visit, article=article)

    def _policy_of(self, source_id: str | None) -> Policy:
        return self._configuration.revisits.of(self._sources.get(source_id or ""))

    def _store(self) -> None:
        several, self._waiting = self._waiting, []
        if not several:
            return
        with self._database.session() as session:
            stored = taking_in.last_fetched(session, {url_key(one.visit.final_url) for one in several})
            # What is stored already is a later state of the page, and stays the newest.
            older: list[Taken] = []
            rest: list[Taken] = []
            for one in several:
                (older if one.article is not None and _is_older(one, stored) else rest).append(one)
            now, run_id = self._configuration.clock(), self._run_id
            came_to = taking_in.take_in(session, rest, run_id=run_id, now=now, policy_of=self._policy_of)
        for one, disposition in zip(rest, came_to, strict=True):
            self.held.count(self._sources.get(one.visit.source or ""), str(disposition or OUTDATED))
        for one in older:
            self.held.count(self._sources.get(one.visit.source or ""), OLDER)


def _no_candidate(exchange: StoredExchange, source: Source | None) -> str | None:
    """Why no crawl would look for an article there; None when one would, or did.

    A crawl of ours says how it found the page; of discovery documents alone nothing led to them.
    """
    if exchange.discovery == "given":
        return None
    if exchange.discovery in _KINDS and exchange.via is None:
        return "no candidate: a discovery document"
    if source is None:
        return "no candidate: its host is no source's"
    # Of a redirect's target the crawl knew no more than where it led from.
    listed = exchange.discovery in _KINDS or exchange.discovery == "redirect"
    if is_article_url(exchange.url, source.on(exchange.date), listed_as_article=listed):
        return None
    return "no candidate: no article by its URL"


def _page(number: int, answer: StoredAnswer, answers: Answers, source: Source | None) -> _Page:
    """Raises ArchiveError for one that cannot be read."""
    exchange, (place, *_) = answers.read(answer)
    redirects: list[str] = []
    named = answer
    while named.discovery == "redirect" and named.via and len(redirects) < _MOST_REDIRECTS:
        redirects.insert(0, named.via)
        before = answers.at(named.via, place.captured_at)
        if before is None:
            break
        named = before
    found = named.discovery if named.discovery in _KINDS else None
    candidate = Candidate(
        url=redirects[0] if redirects else exchange.url,
        source=source.source_id if source else None,
        kind=cast("Any", found or "given"),
        via=named.via if found else None,
    )
    return _Page(number, candidate, tuple(redirects), exchange, place)


def _is_older(one: Taken, stored: Mapping[str, datetime]) -> bool:
    at = stored.get(url_key(one.visit.final_url))
    assert one.visit.archived is not None
    return at is not None and at > one.visit.archived.captured_at
