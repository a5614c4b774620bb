"""Discovery documents asked for as they are due, read, and what they name taken up."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from newscrawl.discovery.reading import read_document
from newscrawl.downloaders.stoppable import Stopped
from newscrawl.exceptions import ExtractionError
from newscrawl.extensions import places
from newscrawl.extensions.hosts import never_asked
from newscrawl.extensions.run_log import RunLog
from newscrawl.items import Validators
from newscrawl.middlewares.conditional import ANSWERED_BY, NOT_MODIFIED, VALIDATORS
from newscrawl.sources import Source
from newscrawl.spiders.failures import disposition_of
from newscrawl.spiders.pages import headers_of, validators_of
from newscrawl.spiders.polling import Children, Polling, document_kind
from newscrawl.spiders.reading import InTurn
from newscrawl.storage import documents
from newscrawl.storage.documents import Document
from newscrawl.urls import url_key

logger = logging.getLogger(__name__)

_SITEMAP_DEPTH = 3
_SITEMAPS_PER_SOURCE = 1000


class Documents:
    """The documents of a run's sources: each is polled once, and its poll ends in the run log."""

    def __init__(self, polling: Polling, run_log: RunLog, in_turn: InTurn) -> None:
        self._polling = polling
        self._run_log = run_log
        self._in_turn = in_turn
        self._polled: dict[str, set[str]] = defaultdict(set)
        self.under_way = 0
        """Polls that have begun and not ended; `changed` of the run log tells of each that ends."""

    def due(self, sources: Iterable[Source]) -> Iterator[Request]:
        """Requests for the documents of these sources that are due; what indexes name is asked for as they are read."""
        for source in sources:
            for document, depth in islice(self._polling.due(source, self._run_log.clock()), _SITEMAPS_PER_SOURCE):
                yield self._poll(source, document, depth=depth)

    async def parse(
        self, response: Response, source: Source, document: Document, depth: int, stated_at: datetime | None
    ) -> AsyncIterator[Any]:
        """Take up the candidates that a document names; requests for the sitemaps that an index names."""
        new, found, refused, error = 0, 0, 0, "the spider failed; the log says where"
        kind, taken, changed, validators = document_kind(document), None, 0, None
        try:
            if response.status == NOT_MODIFIED:
                await self._take_as_it_was(document)
                error = ""
                return
            findings = await self._in_turn.read(
                response,
                source.source_id,
                read_document,
                kind,
                response.body,
                response.url,
                headers_of(response),
                source=source,
                now=self._run_log.clock(),
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
            new = await self._run_log.add(findings.candidates, due_now=self._polling.everything)
            children = self._polling.children(source, findings.sitemaps, document.url)
            changed = len(children.changed)
            for child in children.unchanged:
                await self._take_as_it_was(child)
            if depth < _SITEMAP_DEPTH:
                # Before the index counts as read: what a killed run leaves of them, the next one polls.
                due = [replace(child, due_at=self._run_log.clock()) for child, _ in children.changed]
                await self._run_log.transaction(documents.keep, due)
            validators = await self._validators(response)
            # Now that nothing of it can be lost; what ended before that counts as a failure, and is read again.
            taken = findings
            for request in self._child_polls(source, children, depth + 1):
                yield request
        except ExtractionError as failure:
            error = str(failure)
        finally:
            with self._ending():
                if error:
                    logger.warning("%s: %s", source.source_id, error)
                await self._run_log.poll(
                    source.source_id,
                    response.url,
                    kind,
                    status=response.status,
                    found=found,
                    new=new,
                    refused=refused,
                    error=error or None,
                    document=self._polling.after(
                        document,
                        source,
                        response,
                        taken,
                        now=self._run_log.clock(),
                        news=new + changed,
                        stated_at=stated_at,
                        validators=validators,
                    ),
                )

    async def failed(self, failure: Failure) -> None:
        """Write down a document that brought no answer."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if isinstance(failure.value, Stopped):
            return
        with self._ending():
            if never_asked(failure.value):
                return
            _, reason = disposition_of(failure.value)
            error = f"{request.url} brought no document ({reason}); look at it in a browser, and mend the source file"
            response = getattr(failure.value, "response", None)
            source, document = request.cb_kwargs["source"], request.cb_kwargs["document"]
            logger.warning("%s: %s", source.source_id, error)
            await self._run_log.poll(
                source.source_id,
                request.url,
                document.kind,
                status=response and response.status,
                found=0,
                new=0,
                refused=0,
                error=error,
                document=self._polling.after(document, source, response, None, now=self._run_log.clock()),
            )

    def _child_polls(self, source: Source, children: Children, depth: int) -> list[Request]:
        polled = self._polled[source.source_id]
        unknown = [child for child in children.changed if url_key(child[0].url) not in polled]
        room = max(_SITEMAPS_PER_SOURCE - len(polled), 0) if depth <= _SITEMAP_DEPTH else 0
        if len(unknown) > room:
            logger.warning("%s: %d sitemaps beyond the bound wait", source.source_id, len(unknown) - room)
        return [self._poll(source, document, depth=depth, stated_at=stated) for document, stated in unknown[:room]]

    def _poll(self, source: Source, document: Document, *, depth: int, stated_at: datetime | None = None) -> Request:
        self.under_way += 1
        self._polled[source.source_id].add(url_key(document.url))
        return Request(
            document.url,
            callback=self.parse,
            errback=self.failed,
            cb_kwargs={"source": source, "document": document, "depth": depth, "stated_at": stated_at},
            meta={
                "discovery": document.kind,
                "via": document.via,
                VALIDATORS: self._polling.condition(document, source, self._run_log.clock()),
                ANSWERED_BY: document.answered_by,
            },
            priority=10,
        )

    async def _take_as_it_was(self, document: Document) -> None:
        """A document has not changed; where its source was named by hand, what it names is due all the same."""
        if self._polling.everything:
            await self._run_log.transaction(
                documents.make_due, document, run_id=self._run_log.run_id, now=self._run_log.clock()
            )
            self._run_log.changed.set()

    async def _validators(self, response: Response) -> Validators | None:
        assert response.request is not None
        with self._run_log.closing_when_broken(), suppress(ValueError):
            return validators_of(response, await places.place_of(response.request))
        return None

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """What is done here ends a poll, well or not."""
        try:
            yield
        finally:
            self.under_way -= 1
            self._run_log.changed.set()
