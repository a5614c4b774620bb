"""The run log: the run's database, its lock, and what each URL ended in."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, NotConfigured

from newscrawl import logs
from newscrawl.configuration import Configuration
from newscrawl.discovery.revisits import Policy, next_due
from newscrawl.exceptions import ArchiveError, ConfigurationError, StoreError
from newscrawl.items import Archived, Article, Candidate, Disposition, Visit
from newscrawl.signals import run_finished
from newscrawl.storage import articles, captures, documents, frontier, furniture, retractions, runs, underway
from newscrawl.storage.database import Database, Session
from newscrawl.storage.documents import Document
from newscrawl.storage.ends import End
from newscrawl.storage.frontier import Lease, Scope
from newscrawl.urls import host_of

logger = logging.getLogger(__name__)

_ADDED_AT_ONCE = 500
# While pages are under way, so much of the database's time goes to the candidates that sources name by the thousand.
_SHARE_OF_ADDING = 0.25
_LEAST_PER_HOST = 8
_ROUNDS = 4
_FAILED = (Disposition.FAILED, Disposition.TIMED_OUT)

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V")


def run_log_of(crawler: Crawler) -> RunLog:
    """The run log of a crawl, from its engine's start on."""
    run_log = crawler.get_extension(RunLog)
    assert run_log is not None
    return run_log


def require_run_log(crawler: Crawler) -> None:
    """Raises NotConfigured for a spider that keeps no run log, such as that of `scrapy extract` or the shell."""
    if not getattr(crawler.spider, "keeps_run_log", False):
        raise NotConfigured


class RunLog:
    """One run's hold on the database: leases out, dispositions in.

    Every leased candidate ends here exactly once: by `store()`, by `end()`, or by the handlers below for what a
    pipeline drops or an error ends.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.configuration = Configuration.read(crawler.settings)
        self.clock = self.configuration.clock
        started_at = self.clock()
        self.run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self.dispositions: dict[str | None, Counter[Disposition]] = {}
        self.polls: dict[str, Counter[str]] = {}
        self.in_flight: dict[str, Lease] = {}
        self._awaited: set[str] = set()
        self._awaited_by_host: Counter[str] = Counter()
        self.resting: dict[str, datetime] = {}
        """Hosts of which nothing more is taken, and when their rest ends."""
        self._scope: Scope | None = None
        self.changed = asyncio.Event()
        self._adding_further = asyncio.Lock()
        self.finished = False
        self.start_failed = False
        self.reason: str | None = None
        """Scrapy's word for why the crawl ended, such as `finished`; None while it lasts."""
        self.next_due: datetime | None = None
        """When a next run has something to do by itself; known once this one has ended."""
        self.broken: Exception | None = None
        """What ended the run: the database or the archive failed."""
        self.before_finish: Callable[[], Awaitable[None]] | None = None
        """Awaited before the run is marked as finished; it raises StoreError or ArchiveError when it may not be."""
        self._crawler = crawler
        self._leased: Counter[str | None] = Counter()
        self._failed_again: Counter[str | None] = Counter()
        # A look into the frontier costs as much as a page: what is asked for together is leased some rounds ahead.
        at_once = crawler.settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._per_host = max(_LEAST_PER_HOST, _ROUNDS * at_once + 2 * self.configuration.workers)
        self._endings: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None
        spider: Any = crawler.spider
        self.database = Database(self.configuration.database_url)
        if self.database.path is not None and self.configuration.shares:
            raise ConfigurationError(
                "NEWSCRAWL_WHEN_BUSY=share needs PostgreSQL: SQLite takes one crawler at a time; write end or wait"
            )
        with self.database.telling():
            group = underway.group_of(spider.arguments)
            self._lock = runs.RunLock(self.database, self.run_id, group=group, now=started_at).__enter__()
        with self._giving_up_the_lock(), self.database.telling(), self.database.session() as session:
            dead = self._lock.dead(session)
            if self.database.path is None:
                underway.alone_to_begin(session)
                if not self.configuration.shares:
                    underway.require_none(session, [*dead, self.run_id], self.database, group=group, now=started_at)
            given_back = runs.bury(session, dead)
            runs.begin(
                session,
                self.run_id,
                spider=spider.name,
                arguments=spider.arguments,
                sources=spider.sources.values(),
                now=started_at,
            )
        logs.name_run(self.run_id)
        self._end_visits = partial(runs.end_visits, run_id=self.run_id)
        self._policies = {name: self.configuration.revisits.of(one) for name, one in spider.registry.items()}
        self._store_visits = partial(runs.store_visits, run_id=self.run_id, policy_of=self.policy_of)
        self.database.guard = partial(runs.require_alive, run_id=self.run_id)
        _tell_of_dead(dead, given_back)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        log = cls(crawler)
        crawler.signals.connect(log.item_dropped, signal=signals.item_dropped)
        crawler.signals.connect(log.item_error, signal=signals.item_error)
        crawler.signals.connect(log.spider_error, signal=signals.spider_error)
        crawler.signals.connect(log.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(log.engine_stopped, signal=signals.engine_stopped)
        return log

    @property
    def succeeded(self) -> bool:
        """Whether the run did its work: it finished, and not every source failed."""
        return self.finished and self.broken is None and not self.start_failed and not self.every_source_failed

    @property
    def every_source_failed(self) -> bool:
        """Whether something was asked for, and of every source all pages failed, or all of its discovery did.

        What had failed before and fails again tells nothing: it may be all that is due.
        """
        asked = {*self.polls, *self.dispositions}
        failed = [self._source_failed(source_id) for source_id in asked]
        return bool(set(failed) - {None}) and False not in failed

    def policy_of(self, source_id: str | None) -> Policy:
        """When what belongs to a source is looked at again; of none, and of one that has no file any more, nothing."""
        return self._policies.get(source_id or "") or self.configuration.revisits.of(None)

    async def add(self, candidates: Iterable[Candidate], *, due_now: bool) -> int:
        """Take candidates up into the frontier; says how many were new."""
        everyone = list(candidates)
        new = await self._add(everyone[:_ADDED_AT_ONCE], due_now=due_now)
        for start in range(_ADDED_AT_ONCE, len(everyone), _ADDED_AT_ONCE):
            async with self._adding_further:
                began = time.monotonic()
                new += await self._add(everyone[start : start + _ADDED_AT_ONCE], due_now=due_now)
                if self.in_flight:
                    await asyncio.sleep((time.monotonic() - began) * (1 / _SHARE_OF_ADDING - 1))
        return new

    async def _add(self, candidates: list[Candidate], *, due_now: bool) -> int:
        new = await self.transaction(frontier.add, candidates, run_id=self.run_id, now=self.clock(), due_now=due_now)
        self.changed.set()
        return new

    async def lease(self, scope: Scope) -> list[Lease]:
        """Take due candidates for this run, of each host as many as keep its download slot fed."""
        self._scope = self._scope or scope
        leases = await self.transaction(self._take, scope, busy=dict(self._awaited_by_host), spent=dict(self._leased))
        for lease in leases:
            self.in_flight[lease.url_key] = lease
            self._awaited.add(lease.url_key)
            self._awaited_by_host[lease.host] += 1
            self._leased[lease.source_id] += 1
        return leases

    async def leased_by_others(self, scope: Scope) -> bool:
        """Whether other live runs hold candidates of the scope."""
        return await self.transaction(frontier.leased_by_others, scope, run_id=self.run_id)

    async def is_retracted(self, key: str) -> bool:
        """Whether a retraction covers the url_key by now."""

        def covered() -> bool:
            with self.database.telling(), self.database.reading() as session:
                return bool(retractions.among(session, [key]))

        # Beside the database's thread, where this would wait for a group's commit.
        with self.closing_when_broken():
            return await asyncio.to_thread(covered)

    async def end_lapsed(self) -> None:
        """End as failed what this run leased too long ago: a component swallowed the page or its article."""
        now = self.clock()
        for lease in [lease for lease in self.in_flight.values() if lease.until <= now]:
            await self.end(_visit_of(lease), Disposition.FAILED, "nothing came of it; a component swallowed it")

    def give_back(self, key: str) -> None:
        """Leave a leased candidate undone, without a disposition: it is due again when this run has ended."""
        self._forget(key)

    async def end(
        self, visit: Visit, disposition: Disposition, reason: str | None = None, *, refused: bool = False
    ) -> None:
        """Write down what became of a leased candidate that is not stored; a second end of one is ignored.

        A passing failure costs it no try when its host rests, or `refused` it.
        """
        if visit.candidate_key not in self.in_flight:
            return
        self._has_come(visit.candidate_key)
        now = self.clock()
        written: Mapping[str, Disposition] = {}
        try:
            until = self.resting.get(host_of(visit.final_url))
            by_host = refused or until is not None
            due_at = next_due(
                disposition,
                visit.tries - by_host,
                now,
                reason,
                anchor=self.in_flight[visit.candidate_key].anchor_at,
                policy=self.policy_of(visit.source),
                key=visit.candidate_key,
            )
            if due_at is not None and until is not None:
                due_at = max(due_at, until)
            end = End(visit, disposition, now, reason, due_at, by_host=by_host and due_at is not None)
            written = await self.grouped(self._end_visits, end)
        finally:
            # What could not be written down is due in the next run; this one must not wait for it.
            self._count(visit, written)

    async def store(self, article: Article) -> articles.Stored:
        """Store a visited article and end its visit, in one transaction; the visit of an `outdated` one goes on."""
        assert article.visit is not None
        self._has_come(article.visit.candidate_key)
        stored, written = await self.grouped(self._store_visits, (article, self.clock()))
        if stored.outdated is None:
            self._count(article.visit, written)
        return stored

    async def enter(self, archived: list[Archived]) -> bool:
        """Enter archived answers into the table of captures; False when the run ends because they could not be."""
        try:
            await self.grouped(captures.add, archived)
        except CloseSpider:
            # Said where it came about.
            return False
        except Exception as error:
            logger.exception("%d archived answers could not be entered into the database", len(archived))
            self.give_up(StoreError(f"what is archived could not be entered into the database: {error!r}; report it"))
            return False
        return True

    async def poll(
        self,
        source_id: str,
        url: str,
        kind: str,
        *,
        status: int | None,
        found: int,
        new: int,
        refused: int,
        error: str | None,
        document: Document,
    ) -> None:
        """Write down one fetch of a discovery document, and what is known of it now."""
        self.polls.setdefault(source_id, Counter())["failed" if error and not found else "read"] += 1
        values: dict[str, Any] = {
            "run_id": self.run_id,
            "source_id": source_id,
            "url": url,
            "kind": kind,
            "at": self.clock(),
            "status": status,
            "found": found,
            "new": new,
            "refused": refused,
            "error": error,
        }
        await self.grouped(runs.add_polls, (values, document))

    async def transaction(self, function: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `function(session, ...)` as one transaction.

        When the database itself fails the crawl is closed: what cannot be stored is not fetched. Raises CloseSpider.
        """
        with self.closing_when_broken():
            return await self.database.run(function, *args, **kwargs)

    async def item_dropped(self, item: Any, exception: BaseException) -> None:
        """An article that a pipeline refuses is invalid, for the reason that it gives."""
        if isinstance(item, Article) and item.visit is not None and self.broken is None:
            await self.end(item.visit, Disposition.INVALID, str(exception))

    async def item_error(self, item: Any, failure: Any) -> None:
        """An article on which a pipeline fails is failed; the traceback is in the log."""
        if isinstance(item, Article) and item.visit is not None and self.broken is None:
            await self.end(item.visit, Disposition.FAILED, f"storing: {failure.value!r}")

    def spider_error(self, failure: Any, response: Any) -> None:
        """A page on which the spider fails is failed; the traceback is in the log."""
        # An errback's error comes with the Failure that it was called for, which names its request too.
        request = getattr(response, "request", None)
        lease: Lease | None = request.meta.get("lease") if request is not None else None
        if lease is not None and self.broken is None:
            ending = asyncio.get_running_loop().create_task(
                self.end(_visit_of(lease), Disposition.FAILED, f"spider: {failure.value!r}")
            )
            # Scrapy awaits no handler of this signal; the close of the spider awaits these.
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)

    async def spider_closed(self, reason: str) -> None:
        """Mark the run as finished, unless database or archive is what ended it; then tell those who wait for that."""
        # What the start of the spider had not yet asked for is due in the next run.
        self.start_failed = reason == "start_error"
        self.reason = reason
        if self._endings:
            await asyncio.wait(self._endings)
        if self.broken is None and self.before_finish is not None:
            with suppress(CloseSpider), self.closing_when_broken():
                await self.before_finish()
        if self.broken is not None:
            return
        counts = {source_id or "": dict(counter) for source_id, counter in self.dispositions.items()}
        with suppress(CloseSpider):
            # A run that was told to stop ends soon; what it stored is looked through after the next run of its sources.
            if reason == "finished" and (learnt := await self.transaction(furniture.learn, self.run_id)):
                logger.info("%d line(s) that many articles of a source share: left out from the next run on", learnt)
            await self.transaction(
                runs.finish, self.run_id, counts=counts, now=self.clock(), resting=list(self.resting), scope=self._scope
            )
            self.next_due = await self.transaction(documents.first_due)
        if self.broken is not None:
            return
        told = await self._crawler.signals.send_catch_log_async(run_finished)
        self.finished = not any(isinstance(result, BaseException) for _, result in told)

    def engine_stopped(self) -> None:
        """Close the database, then free the run's lock."""
        self.database.close()
        self._lock.__exit__(None, None, None)

    async def grouped(self, function: Callable[[Session, list[V]], Sequence[T]], item: V) -> T:
        """As `transaction`, together with other items of the function that come within half a second."""
        with self.closing_when_broken():
            return await self.database.run_grouped(function, item)

    def give_up(self, error: Exception) -> None:
        """Close the crawl for an error of the database or of the archive; what is under way is due again."""
        if self.broken is None:
            self.broken = error
            logger.critical(error)
            assert self._crawler.engine is not None
            closing = self._crawler.engine.close_spider_async(reason="store_failed")
            self._closing = asyncio.get_running_loop().create_task(closing)

    @contextmanager
    def closing_when_broken(self) -> Iterator[None]:
        """Makes of StoreError and ArchiveError the end of the crawl. Raises CloseSpider."""
        try:
            yield
        except (StoreError, ArchiveError) as error:
            self.give_up(error)
            # Scrapy takes it from callbacks for what it is, and writes no traceback for each page under way.
            raise CloseSpider("store_failed") from error

    @contextmanager
    def _giving_up_the_lock(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self._lock.__exit__(None, None, None)
            self.database.close()
            raise

    def _take(
        self, session: Session, scope: Scope, *, busy: dict[str, int], spent: dict[str | None, int]
    ) -> list[Lease]:
        dead = self._lock.dead(session)
        if dead:
            _tell_of_dead(dead, runs.bury(session, dead))
        return frontier.lease(
            session,
            scope,
            run_id=self.run_id,
            now=self.clock(),
            per_host=self._per_host,
            busy=busy,
            budget=self.configuration.candidates_per_source,
            spent=spent,
            resting=self.resting,
        )

    def _count(self, visit: Visit, written: Mapping[str, Disposition]) -> None:
        self.dispositions.setdefault(visit.source, Counter()).update(written.values())
        if visit.tries > 1:
            self._failed_again[visit.source] += sum(one in _FAILED for one in written.values())
        self._forget(visit.candidate_key)

    def _forget(self, key: str) -> None:
        self._has_come(key)
        self.in_flight.pop(key, None)
        if not self.in_flight:
            self.changed.set()

    def _has_come(self, key: str) -> None:
        """What only waits to be written down asks nothing of its host any more: another may take its place."""
        if key not in self._awaited:
            return
        self._awaited.remove(key)
        host = self.in_flight[key].host
        self._awaited_by_host[host] -= 1
        # Not at every end: a look into the frontier costs as much as a page.
        if self._awaited_by_host[host] <= self._per_host // 2:
            self.changed.set()

    def _source_failed(self, source_id: str | None) -> bool | None:
        """None where nothing tells."""
        ends = self.dispositions.get(source_id, Counter())
        failed = sum(ends[disposition] for disposition in _FAILED)
        if ends.total() > self._failed_again[source_id]:
            return ends.total() == failed
        polls = self.polls.get(source_id, Counter()) if source_id else Counter()
        return not polls["read"] if polls else None


def _visit_of(lease: Lease) -> Visit:
    return Visit(
        candidate_key=lease.url_key,
        final_url=lease.url,
        source=lease.source_id,
        depth=lease.depth,
        tries=lease.tries + 1,
    )


def _tell_of_dead(dead: list[str], given_back: int) -> None:
    if dead:
        logger.warning("%d earlier run(s) died; %d candidates they left undone are due", len(dead), given_back)
