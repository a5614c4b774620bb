"""The spider of `scrapy sources --add` and `--test`: looks at what an outlet offers, and reads some of its articles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, ParamSpec, Self, TypeVar
from urllib.parse import urljoin

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from newscrawl.configuration import Configuration
from newscrawl.discovery.documents import ChildSitemap
from newscrawl.discovery.front_page import common_feeds, common_sitemaps
from newscrawl.discovery.reading import DocumentKind, read_document
from newscrawl.discovery.sitemaps import sitemaps_in_robots
from newscrawl.downloaders.stoppable import Stopped
from newscrawl.exceptions import ConfigurationError, ExtractionError, ExtractionStopped
from newscrawl.extensions import places
from newscrawl.extensions.run_log import run_log_of
from newscrawl.items import Candidate
from newscrawl.sources import Source
from newscrawl.spiders.failures import disposition_of
from newscrawl.spiders.pages import headers_of, no_html, page_of
from newscrawl.storage.runs import SURVEY
from newscrawl.surveying.survey import Polled, Sample, Survey, to_be_read
from newscrawl.workers.home import Home, read_home, says_not_free
from newscrawl.workers.pool import Workers
from newscrawl.workers.reading import read_page

P = ParamSpec("P")
T = TypeVar("T")

_MOST_FEEDS = 8
_MOST_SITEMAPS = 8
_MOST_CHILDREN = 2
_MOST_SECTIONS = 3


class SurveySpider(Spider):
    """Fills a survey, one request after the other, with the manners and the archive of a crawl; stores no article."""

    name = SURVEY
    keeps_run_log: ClassVar[bool] = True

    def __init__(self, *, configuration: Configuration, registry: dict[str, Source], survey: Survey) -> None:
        super().__init__()
        self.configuration = configuration
        self.registry = registry
        self.survey = survey
        self.arguments = {"homepage": survey.homepage}
        # A run enters its sources in the database; one that has no file yet is none.
        self.sources = {} if survey.is_new else {survey.source.source_id: survey.source}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        if "survey" not in kwargs:
            raise ConfigurationError("`scrapy sources --add HOMEPAGE` and `scrapy sources --test ID` run this spider")
        spider = cls(configuration=Configuration.read(crawler.settings), **kwargs)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """The whole look; nothing is left to callbacks."""
        self.clock = run_log_of(self.crawler).clock
        self.workers = Workers(1, self.configuration.page_timeout)
        self._robots: dict[str, Response] = {}
        self.crawler.signals.connect(self._note_robots, signal=signals.response_received)
        # A look that was stopped is not whole, by which the command knows.
        with suppress(Stopped, ExtractionStopped):
            await self._look()
        # Scrapy iterates over what is to be asked for; all of it was asked for above.
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    def closed(self, reason: str) -> None:
        """End the worker process."""
        if hasattr(self, "workers"):
            self.workers.close()

    async def _look(self) -> None:
        if self.survey.is_new:
            await self._look_at_home()
        if self.survey.failure is None:
            await (self._find_documents() if self.survey.is_new else self._poll_named())
            for candidate in to_be_read(self.survey.documents, self.survey.most_pages):
                self.survey.samples.append(await self._sample(candidate))
        self.survey.is_whole = True

    def _note_robots(self, response: Response, request: Request) -> None:
        """Keep what the robots.txt middleware was answered, which need not be asked for once more."""
        if request.meta.get("discovery") == "robots":
            self._robots[request.meta.get("redirect_urls", [request.url])[0]] = response

    async def _look_at_home(self) -> None:
        response, reason = await self._fetch(self.survey.homepage)
        if response is None or response.status != 200:
            self.survey.failure = reason or f"http {response.status if response else ''}"
            return
        if told := no_html(response):
            self.survey.failure = told
            return
        home, reason = await self._read(read_home, page_of(response, self.clock()))
        if home is None:
            self.survey.failure = reason
            return
        self.survey.home = home
        self.survey.source = _with_home(self.survey.source, home, response.url)

    async def _find_documents(self) -> None:
        survey = self.survey
        assert survey.home is not None
        robots_url = urljoin(survey.source.homepage, "/robots.txt")
        robots = self._robots.get(robots_url)
        named = sitemaps_in_robots(robots.body, robots.url) if robots is not None and robots.status == 200 else []
        survey.robots = robots_url if robots is not None else None
        await self._poll_all("feed", survey.home.named.feeds[:_MOST_FEEDS])
        if not any(document.works for document in survey.documents):
            await self._poll_until_one_works("feed", common_feeds(survey.source.homepage))
        await self._poll_all("sitemap", named[:_MOST_SITEMAPS])
        if not named:
            await self._poll_until_one_works("sitemap", common_sitemaps(survey.source.homepage))
        if not any(document.candidates for document in survey.documents):
            await self._poll_all("section", [survey.source.homepage, *survey.home.named.sections[:_MOST_SECTIONS]])

    async def _poll_named(self) -> None:
        source = self.survey.source
        await self._poll_all("feed", source.feeds)
        await self._poll_all("sitemap", source.sitemaps)
        await self._poll_all("section", source.sections)

    async def _poll_all(self, kind: DocumentKind, urls: Iterable[str]) -> None:
        for url in urls:
            await self._poll(kind, url)

    async def _poll_until_one_works(self, kind: DocumentKind, urls: Iterable[str]) -> None:
        """Ask where such documents stand on many sites; that they do not stand there is no finding."""
        for url in urls:
            before = len(self.survey.documents)
            if (await self._poll(kind, url)).works:
                return
            del self.survey.documents[before:]

    async def _poll(self, kind: DocumentKind, url: str, via: str | None = None) -> Polled:
        """The document, entered in the survey with the first of the sitemaps that it names."""
        polled = await self._polled(kind, url, via)
        self.survey.documents.append(polled)
        if via is None:
            for child in polled.children[:_MOST_CHILDREN]:
                if (await self._poll(kind, child, via=url)).is_for_news:
                    break
        return polled

    async def _polled(self, kind: DocumentKind, url: str, via: str | None) -> Polled:
        response, reason = await self._fetch(url, discovery=kind, via=via)
        if response is None:
            return Polled(kind=kind, url=url, via=via, error=reason)
        if response.status != 200:
            return Polled(kind=kind, url=url, via=via, status=response.status, error=f"http {response.status}")
        headers, now = headers_of(response), self.clock()
        source = self.survey.source.on(now)
        findings, reason = await self._read(
            read_document, kind, response.body, response.url, headers, source=source, now=now
        )
        if findings is None:
            return Polled(kind=kind, url=url, via=via, status=response.status, error=reason)
        return Polled(
            kind=kind,
            url=url,
            via=via,
            status=response.status,
            entries=len(findings.candidates) + findings.refused,
            candidates=tuple(findings.candidates),
            children=tuple(child.url for child in sorted(findings.sitemaps, key=_promise)),
            error=str(findings.error) if findings.error else None,
        )

    async def _sample(self, candidate: Candidate) -> Sample:
        response, reason = await self._fetch(
            candidate.url, site=self.survey.source, discovery=candidate.kind, via=candidate.via
        )
        if response is None or response.status != 200:
            return Sample(url=candidate.url, reason=reason or f"http {response.status if response else ''}")
        if told := no_html(response):
            return Sample(url=candidate.url, reason=told)
        assert response.request is not None
        page = page_of(response, places.answered_at(response.request) or self.clock())
        reading, reason = await self._read(read_page, page, self.survey.source)
        if reading is None:
            return Sample(url=candidate.url, reason=reason)
        article = reading.article
        missing = None if article.headline and article.body else "no body" if article.headline else "no headline"
        is_walled, reason = await self._read(says_not_free, page)
        return Sample(url=candidate.url, article=article, reason=missing or reason, is_walled=bool(is_walled))

    async def _fetch(self, url: str, **meta: Any) -> tuple[Response | None, str | None]:
        """The answer, whatever its status, else why there is none. Raises Stopped when the run is to end."""
        assert self.crawler.engine is not None
        try:
            return await self.crawler.engine.download_async(Request(url, meta=meta)), None
        except Stopped:
            raise
        except Exception as error:
            # Whatever a request may fail of, it is told as a finding of the look.
            return None, disposition_of(error)[1]

    async def _read(
        self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> tuple[T | None, str | None]:
        """`function(*args, **kwargs)` in the worker, else why it came to nothing. Raises ExtractionStopped when the
        run is to end."""
        try:
            result, _ = await self.workers.call(function, *args, **kwargs)
        except ExtractionStopped:
            raise
        except ExtractionError as error:
            return None, str(error)
        return result, None


def _with_home(source: Source, home: Home, url: str) -> Source:
    """The source as its front page tells it; the page may have been reached through redirects."""
    return replace(
        source,
        outlet=home.outlet or source.outlet,
        homepage=urljoin(url, "/") if source.homepage == urljoin(source.homepage, "/") else url,
        languages=(home.language,) if home.language else (),
    )


def _promise(child: ChildSitemap) -> tuple[bool, float]:
    """What sorts sitemaps for news before others, and the newest first."""
    return "news" not in child.url.lower(), -(child.modified_at.timestamp() if child.modified_at else 0)
