"""The generic spider: polls what sources publish, fetches what is due, hands pages to extraction."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, ParamSpec, Self, TypeVar

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.configuration import Configuration
from newscrawl.discovery.candidates import is_article_url
from newscrawl.discovery.departures import led_away
from newscrawl.discovery.reading import read_document
from newscrawl.discovery.revisits import article_goes_whole
from newscrawl.downloaders.stoppable import StoppableDownloader, Stopped
from newscrawl.exceptions import ConfigurationError, ExtractionError, ExtractionStopped, ExtractionTimeout
from newscrawl.extensions import places
from newscrawl.extensions.hosts import REFUSED, never_asked
from newscrawl.extensions.opt_outs import OptOuts
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Article, Candidate, Disposition, Validators, Visit
from newscrawl.middlewares.conditional import ANSWERED_BY, NOT_MODIFIED, VALIDATORS
from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources, owner, select
from newscrawl.spiders.failures import disposition_of
from newscrawl.spiders.pages import headers_of, page_of, validators_of
from newscrawl.spiders.polling import Children, Polling, document_kind
from newscrawl.storage import documents, furniture, looks
from newscrawl.storage.documents import Document
from newscrawl.storage.frontier import Lease, Scope
from newscrawl.urls import host_of, is_http, url_key
from newscrawl.workers.pool import Workers
from newscrawl.workers.reading import read_page
from newscrawl.workers.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_BETWEEN_CHECKS = 5.0
_GIVEN_AT_ONCE = 500
_SITEMAP_DEPTH = 3
_SITEMAPS_PER_SOURCE = 1000
_LONGEST_TYPE = 100
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


class NewsSpider(Spider):
    """`scrapy crawl news`: all that is due. `-a sources=id,id`: these sources, now. `-a urls="URL URL"` or
    `-a urls=@file`: these pages, now, also of hosts that no source names.
    """

    name = "news"
    keeps_run_log: ClassVar[bool] = True

    def __init__(self, *, configuration: Configuration, sources: str | None = None, urls: str | None = None) -> None:
        super().__init__()
        if sources is not None and urls is not None:
            raise ConfigurationError("give -a sources=... or -a urls=..., not both")
        self.configuration = configuration
        self.arguments = {name: value for name, value in (("sources", sources), ("urls", urls)) if value is not None}
        self.registry = load_sources(*configuration.source_folders)
        self._given = (
            {url_key(url): url for url in _given_urls(urls, configuration.project)} if urls is not None else {}
        )
        everything = list(self.registry.values())
        chosen = [] if self._given else everything if sources is None else select(self.registry, sources)
        if not chosen and not self._given:
            raise ConfigurationError(
                "there is no source; name a folder with one in NEWSCRAWL_SOURCES, or pages with -a urls="
            )
        # For discovery as today's rules have them; pages are read with the rules of the day of their fetch.
        self.sources = {source.source_id: source.on(configuration.clock()) for source in chosen}
        self._named = sources is not None
        self._waiting = dict(self._given)
        self._polls_under_way = 0
        self._polled: dict[str, set[str]] = defaultdict(set)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        unknown = set(kwargs) - {"sources", "urls"}
        if args or unknown:
            raise ConfigurationError(f"unknown argument {', '.join(sorted(unknown))}; -a takes sources and urls")
        spider = cls(configuration=Configuration.read(crawler.settings), **kwargs)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Requests for discovery documents first, then for pages as they fall due, until nothing is left."""
        run_log = self.crawler.get_extension(RunLog)
        assert run_log is not None
        self.run_log = run_log
        opt_outs = self.crawler.get_extension(OptOuts)
        assert opt_outs is not None
        self.opt_outs = opt_outs
        # What is loaded by now lives as long as the process: collections need not look through it again and again.
        gc.freeze()
        # Scrapy tells four times a page what nobody asked to see.
        logging.getLogger("scrapy").setLevel(self.crawler.settings["LOG_LEVEL"])
        self.workers = Workers(self.configuration.workers, self.configuration.page_timeout)
        self.turns = Turns(self.configuration.workers)
        self.furniture = await run_log.transaction(furniture.load)
        if self._given:
            await run_log.add(map(self._given_candidate, self._given.values()), due_now=True)
        await run_log.transaction(looks.end_looks, [one for one in self.sources if not run_log.policy_of(one).articles])
        known = await run_log.transaction(documents.of_sources, list(self.sources))
        self.polling = Polling(known, run_log.policy_of, everything=self._named)
        for source in self.sources.values():
            for document, depth in islice(self.polling.due(source, run_log.clock()), _SITEMAPS_PER_SOURCE):
                yield self._poll(source, document, depth=depth)
        async for request in self._due_pages():
            yield request

    async def parse_document(
        self, response: Response, source: Source, document: Document, depth: int, stated_at: datetime | None
    ) -> AsyncIterator[Any]:
        """Take up the candidates that a discovery document names; requests for the sitemaps that an index names."""
        new, found, refused, error = 0, 0, 0, "the spider failed; the log says where"
        kind, taken, changed, validators = document_kind(document), None, 0, None
        try:
            if response.status == NOT_MODIFIED:
                await self._take_as_it_was(document)
                error = ""
                return
            findings = await self._read(
                response,
                source.source_id,
                read_document,
                kind,
                response.body,
                response.url,
                headers_of(response),
                source=source,
                now=self.run_log.clock(),
            )
            error = str(findings.error or "")
            found, refused = len(findings.candidates) + len(findings.sitemaps), findings.refused
            if refused:
                # Named in the source file and of no use: that is worth a warning; a sitemap of sections is not.
                level = logging.WARNING if depth == 0 and not found else logging.INFO
                text = (
                    "%s: %s names %d pages that are not taken for articles; see `[articles] allow` in docs/sources.md"
                )
                logger.log(level, text, source.source_id, response.url, refused)
            new = await self.run_log.add(findings.candidates, due_now=self._named)
            children = self.polling.children(source, findings.sitemaps, document.url)
            changed = len(children.changed)
            for child in children.unchanged:
                await self._take_as_it_was(child)
            if depth < _SITEMAP_DEPTH:
                # Before the index counts as read: what a killed run leaves of them, the next one polls.
                due = [replace(child, due_at=self.run_log.clock()) for child, _ in children.changed]
                await self.run_log.transaction(documents.keep, due)
            validators = await self._validators(response)
            # Now that nothing of it can be lost; what ended before that counts as a failure, and is read again.
            taken = findings
            for request in self._child_polls(source, children, depth + 1):
                yield request
        except ExtractionError as failure:
            error = str(failure)
        finally:
            await self._end_poll(
                source,
                response.url,
                kind,
                status=response.status,
                found=found,
                new=new,
                refused=refused,
                error=error,
                document=self.polling.after(
                    document,
                    source,
                    response,
                    taken,
                    now=self.run_log.clock(),
                    news=new + changed,
                    stated_at=stated_at,
                    validators=validators,
                ),
            )

    async def document_failed(self, failure: Failure) -> None:
        """Write down a discovery document that brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Stopped):
            return
        if never_asked(failure.value):
            self._polls_under_way -= 1
            self.run_log.changed.set()
            return
        _, reason = disposition_of(failure.value)
        error = f"{request.url} brought no document ({reason}); look at it in a browser, and mend the source file"
        response = getattr(failure.value, "response", None)
        source, document = request.cb_kwargs["source"], request.cb_kwargs["document"]
        after = self.polling.after(document, source, response, None, now=self.run_log.clock())
        status = response and response.status
        await self._end_poll(
            source, request.url, document.kind, status=status, found=0, new=0, error=error, document=after
        )

    async def parse_page(self, response: Response) -> AsyncIterator[Article]:
        """The article of a fetched page, read in a worker process."""
        assert response.request is not None
        opt_outs = self.opt_outs.stated(response)
        visit = replace(_visit(response.request, response), opt_outs=opt_outs)
        if barring := self.opt_outs.barring(opt_outs):
            await self.run_log.end(visit, Disposition.BLOCKED, f"opt-out: {barring.text} ({barring.stated_in})")
            return
        source = self.registry.get(visit.source or "")
        if response.status == NOT_MODIFIED:
            await self.run_log.end(visit, Disposition.NOT_MODIFIED)
            return
        refusal = _no_page(response, visit, source)
        if refusal:
            await self.run_log.end(visit, Disposition.NOT_ARTICLE, refusal)
            return
        page = page_of(response, places.answered_at(response.request) or self.run_log.clock())
        try:
            whose = visit.source or host_of(visit.final_url)
            learnt = self.furniture.get(visit.source or "")
            reading = await self._read(response, whose, read_page, page, source, learnt)
        except ExtractionStopped:
            self.run_log.give_back(visit.candidate_key)
            return
        except ExtractionTimeout as error:
            await self.run_log.end(visit, Disposition.TIMED_OUT, str(error))
            return
        except ExtractionError as error:
            await self.run_log.end(visit, Disposition.FAILED, str(error))
            return
        article = reading.article
        article.visit = replace(
            visit,
            payload_digest=reading.payload_digest,
            fingerprint=reading.fingerprint,
            search_words=reading.search_words,
        )
        with self.run_log.closing_when_broken():
            archived = await places.place_of(response.request)
        article.visit = replace(article.visit, validators=validators_of(response, archived))
        if archived is not None:
            article.capture = archived.capture
            article.visit = replace(article.visit, archived=archived)
        if source is not None and visit.depth < self.configuration.related_depth:
            await self.run_log.add(_related_candidates(article, source, visit.depth + 1), due_now=False)
        yield article

    async def page_failed(self, failure: Failure) -> None:
        """End the visit of a page that brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Stopped) or never_asked(failure.value):
            self.run_log.give_back(request.meta["lease"].url_key)
            return
        disposition, reason = disposition_of(failure.value)
        visit = _visit(request, getattr(failure.value, "response", None))
        await self.run_log.end(visit, disposition, reason, refused=REFUSED in request.meta)

    def closed(self, reason: str) -> None:
        """End the worker processes."""
        if hasattr(self, "workers"):
            self.workers.close()

    async def _read(
        self, response: Response, whose: str, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`function(*args, **kwargs)`, which reads the response, in a worker when it is that source's or host's turn.

        Raises what `Workers.call` raises.
        """
        assert response.request is not None
        try:
            async with self.turns.turn(whose, len(response.body)) as turn:
                result, turn.seconds = await self.workers.call(function, *args, **kwargs)
                return result
        finally:
            self._downloader.note_read(response.request)

    async def _due_pages(self) -> AsyncIterator[Request]:
        while True:
            # Cleared before looking: what changes while the database looks is looked at again, and never the end.
            self.run_log.changed.clear()
            leases = await self.run_log.lease(self._scope())
            for lease in leases:
                yield self._page_request(lease)
                self._waiting.pop(lease.url_key, None)
            if leases or self.run_log.changed.is_set():
                continue
            if self.run_log.in_flight or self._polls_under_way:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.run_log.changed.wait(), _SECONDS_BETWEEN_CHECKS)
                await self.run_log.end_lapsed()
            elif await self.run_log.leased_by_others(self._scope()):
                # Theirs are ours to fetch if they die.
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            else:
                return

    @property
    def _downloader(self) -> StoppableDownloader:
        assert self.crawler.engine is not None
        downloader = self.crawler.engine.downloader
        assert isinstance(downloader, StoppableDownloader)
        return downloader

    def _scope(self) -> Scope:
        if self._given:
            # Some at a time: databases bound the length of a statement.
            return Scope(keys=list(islice(self._waiting, _GIVEN_AT_ONCE)))
        return Scope(sources=self.sources, sourceless=not self._named)

    def _given_candidate(self, url: str) -> Candidate:
        source = owner(self.registry, url)
        return Candidate(url=url, source=source.source_id if source else None, kind="given")

    def _page_request(self, lease: Lease) -> Request:
        site = None if self._given else self.registry.get(lease.source_id or "")
        # A source that is named by hand has all its pages asked for: those that have not changed should cost little.
        is_whole = not self._named and article_goes_whole(lease.anchor_at, self.run_log.clock())
        condition = None if is_whole else lease.validators
        meta = {"lease": lease, "site": site, "discovery": lease.kind, "via": lease.via, VALIDATORS: condition}
        return Request(lease.url, callback=self.parse_page, errback=self.page_failed, meta=meta)

    def _child_polls(self, source: Source, children: Children, depth: int) -> list[Request]:
        polled = self._polled[source.source_id]
        unknown = [child for child in children.changed if url_key(child[0].url) not in polled]
        room = max(_SITEMAPS_PER_SOURCE - len(polled), 0) if depth <= _SITEMAP_DEPTH else 0
        if len(unknown) > room:
            logger.warning("%s: %d sitemaps beyond the bound wait", source.source_id, len(unknown) - room)
        return [self._poll(source, document, depth=depth, stated_at=stated) for document, stated in unknown[:room]]

    def _poll(self, source: Source, document: Document, *, depth: int, stated_at: datetime | None = None) -> Request:
        self._polls_under_way += 1
        self._polled[source.source_id].add(url_key(document.url))
        return Request(
            document.url,
            callback=self.parse_document,
            errback=self.document_failed,
            cb_kwargs={"source": source, "document": document, "depth": depth, "stated_at": stated_at},
            meta={
                "discovery": document.kind,
                "via": document.via,
                VALIDATORS: self.polling.condition(document, source, self.run_log.clock()),
                ANSWERED_BY: document.answered_by,
            },
            priority=10,
        )

    async def _take_as_it_was(self, document: Document) -> None:
        """A document has not changed; where its source was named by hand, what it names is due all the same."""
        if self._named:
            await self.run_log.transaction(
                documents.make_due, document, run_id=self.run_log.run_id, now=self.run_log.clock()
            )
            self.run_log.changed.set()

    async def _validators(self, response: Response) -> Validators | None:
        assert response.request is not None
        with self.run_log.closing_when_broken(), suppress(ValueError):
            return validators_of(response, await places.place_of(response.request))
        return None

    async def _end_poll(
        self,
        source: Source,
        url: str,
        kind: str,
        *,
        status: int | None,
        found: int,
        new: int,
        refused: int = 0,
        error: str,
        document: Document,
    ) -> None:
        try:
            if error:
                logger.warning("%s: %s", source.source_id, error)
            await self.run_log.poll(
                source.source_id,
                url,
                kind,
                status=status,
                found=found,
                new=new,
                refused=refused,
                error=error or None,
                document=document,
            )
        finally:
            self._polls_under_way -= 1
            self.run_log.changed.set()


def _given_urls(urls: str, base: Path) -> list[str]:
    if urls.startswith("@"):
        file = base / urls[1:]
        try:
            urls = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"-a urls=@{file} cannot be read: {error}") from error
    given = urls.split()
    wrong = [url for url in given if not is_http(url)]
    if wrong or not given:
        raise ConfigurationError(f"-a urls: {wrong[0] if wrong else 'nothing'} is no absolute http(s) URL")
    return given


def _visit(request: Request, response: Response | None) -> Visit:
    lease: Lease = request.meta["lease"]
    url = response.url if response is not None else request.url
    return Visit(
        candidate_key=lease.url_key,
        # A redirect may lead to what is no URL, such as a port beyond 65535.
        final_url=url if is_http(url) else lease.url,
        source=lease.source_id,
        redirect_urls=tuple(request.meta.get("redirect_urls", ())),
        status=response.status if response is not None else None,
        depth=lease.depth,
        tries=lease.tries + 1,
        anchor_at=lease.anchor_at,
    )


def _no_page(response: Response, visit: Visit, source: Source | None) -> str | None:
    """Why the answer cannot be an article's page; None when it may be one."""
    content_type = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in _PAGE_TYPES:
        return f"content type {media_type[:_LONGEST_TYPE]}"
    return led_away(visit.redirect_urls[0], response.url, source) if visit.redirect_urls else None


def _related_candidates(article: Article, source: Source, depth: int) -> list[Candidate]:
    return [
        Candidate(
            url=link.url,
            source=source.source_id,
            kind="related",
            via=article.url,
            depth=depth,
            evidence={"title": link.headline},
        )
        for link in article.related_links
        if link.url and is_http(link.url) and is_article_url(link.url, source.on(article.fetched_at))
    ]
