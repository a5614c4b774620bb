"""The generic spider: polls what sources publish, fetches what is due, hands pages to extraction."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, Self

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.configuration import Configuration
from newscrawl.discovery.candidates import is_article_url
from newscrawl.discovery.departures import led_away
from newscrawl.discovery.revisits import article_goes_whole
from newscrawl.downloaders.stoppable import Stopped, downloader_of
from newscrawl.exceptions import ConfigurationError, ExtractionError, ExtractionStopped, ExtractionTimeout
from newscrawl.extensions import places
from newscrawl.extensions.hosts import REFUSED, never_asked
from newscrawl.extensions.opt_outs import OptOuts
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Article, Candidate, Disposition, Visit
from newscrawl.middlewares.conditional import NOT_MODIFIED, VALIDATORS
from newscrawl.sources import Source
from newscrawl.sources.registry import load_sources, owner, select
from newscrawl.spiders.documents import Documents
from newscrawl.spiders.failures import disposition_of
from newscrawl.spiders.pages import no_html, page_of, validators_of
from newscrawl.spiders.polling import Polling
from newscrawl.spiders.reading import InTurn
from newscrawl.storage import documents, furniture, looks
from newscrawl.storage.frontier import Lease, Scope
from newscrawl.urls import host_of, is_http, url_key
from newscrawl.workers.pool import Workers
from newscrawl.workers.reading import read_page
from newscrawl.workers.turns import Turns

logger = logging.getLogger(__name__)

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_BETWEEN_CHECKS = 5.0
_GIVEN_AT_ONCE = 500


class NewsSpider(Spider):
    """`scrapy crawl news`: all that is due of the sources that are not paused. `-a sources=id,id`: these sources, now.
    `-a urls="URL URL"` or `-a urls=@file`: these pages, now, also of hosts that no source names.
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
        everything = [source for source in self.registry.values() if not source.paused]
        chosen = [] if self._given else everything if sources is None else select(self.registry, sources)
        if not chosen and not self._given:
            lacking = "every source is paused" if self.registry else "there is no source"
            raise ConfigurationError(
                f"{lacking}; name a folder with one in NEWSCRAWL_SOURCES, or sources with -a sources=, or pages with "
                "-a urls="
            )
        # For discovery as today's rules have them; pages are read with the rules of the day of their fetch.
        self.sources = {source.source_id: source.on(configuration.clock()) for source in chosen}
        self._named = sources is not None
        self._waiting = dict(self._given)

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
        self.in_turn = InTurn(self.workers, self.turns, downloader_of(self.crawler))
        self.furniture = await run_log.transaction(furniture.load)
        if self._given:
            await run_log.add(map(self._given_candidate, self._given.values()), due_now=True)
        await run_log.transaction(looks.end_looks, [one for one in self.sources if not run_log.policy_of(one).articles])
        known = await run_log.transaction(documents.of_sources, list(self.sources))
        polling = Polling(known, run_log.policy_of, everything=self._named)
        self.documents = Documents(polling, run_log, self.in_turn)
        for request in self.documents.due(self.sources.values()):
            yield request
        async for request in self._due_pages():
            yield request

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
            reading = await self.in_turn.read(response, whose, read_page, page, source, learnt)
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
            if self.run_log.in_flight or self.documents.under_way:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.run_log.changed.wait(), _SECONDS_BETWEEN_CHECKS)
                await self.run_log.end_lapsed()
            elif await self.run_log.leased_by_others(self._scope()):
                # Theirs are ours to fetch if they die.
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            else:
                return

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
    if told := no_html(response):
        return told
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
