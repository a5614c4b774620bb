"""What pages are said not to be used for, and which of them are therefore not to be stored."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached

from newscrawl.archive.exchange import Exchange
from newscrawl.archive.heads import Head, parse_head
from newscrawl.codings import DECODERS, CodingBroken, CodingCutShort
from newscrawl.configuration import Configuration
from newscrawl.extensions.run_log import require_run_log
from newscrawl.items import OptOut
from newscrawl.manners.opt_outs import READ_OF_PAGE, forbidden_to, stated
from newscrawl.manners.tdmrep import Rule, rule_for

_MOST_CODINGS = 3


class OptOuts:
    """Reads the statements of each page; with NEWSCRAWL_OBEY_OPT_OUTS, says which pages are not to be stored."""

    def __init__(self, crawler: Crawler) -> None:
        self._obeyed = Configuration.read(crawler.settings).obey_opt_outs
        self._robots: dict[str, RobotParser] = {}
        self._reserved: dict[str, tuple[Rule, ...]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        require_run_log(crawler)
        extension = cls(crawler)
        crawler.signals.connect(extension.robots_parsed, signal=signals.robots_parsed)
        return extension

    def robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        """Keep what the host's robots.txt allows to others."""
        self._robots[urlparse_cached(request).netloc] = robotparser

    def reserves(self, netloc: str, rules: tuple[Rule, ...]) -> None:
        """Keep what the tdmrep.json of a host, and port, says."""
        self._reserved[netloc] = rules

    def stated(self, response: Response) -> tuple[OptOut, ...]:
        """What is stated of a page."""
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in response.headers.items()
            for value in values
        ]
        assert response.request is not None
        return stated(headers, response.body, *self._of_host(response.request))

    def barring(self, opt_outs: Iterable[OptOut]) -> OptOut | None:
        """The first statement that is obeyed; None where the page may be stored."""
        return next((one for one in opt_outs if one.signal in self._obeyed), None)

    def bars(self, request: Request, exchange: Exchange) -> bool:
        """Whether an answer is a page that is not to be stored."""
        if not self._obeyed or "lease" not in request.meta:
            return False
        head = parse_head(exchange.head)
        if head.status is None or not 200 <= head.status < 300:
            return False
        found = stated(head.headers, _beginning(head, exchange.body), *self._of_host(request))
        return self.barring(found) is not None

    def _of_host(self, request: Request) -> tuple[list[str], Rule | None]:
        """What files of its host say of a page: robots.txt and tdmrep.json."""
        netloc = urlparse_cached(request).netloc
        parser = self._robots.get(netloc)
        forbidden = [] if parser is None else forbidden_to(lambda name: parser.allowed(request.url, name))
        return forbidden, rule_for(self._reserved.get(netloc, ()), request.url)


def _beginning(head: Head, body: bytes) -> bytes:
    """The beginning of a body, its content codings undone as far as they can be."""
    codings = [one.strip().lower().encode("latin-1") for one in ",".join(head.all("content-encoding")).split(",")]
    for coding in [one for one in reversed(codings) if one in DECODERS][:_MOST_CODINGS]:
        decoded = BytesIO()
        with suppress(CodingCutShort, CodingBroken):
            for piece in DECODERS[coding](body):
                decoded.write(piece)
                if decoded.tell() >= READ_OF_PAGE:
                    break
        body = decoded.getvalue()
    return body[:READ_OF_PAGE]
