"""What was fetched, read in worker processes, source by source in turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from scrapy.http import Response

from newscrawl.downloaders.stoppable import StoppableDownloader
from newscrawl.workers.pool import Workers
from newscrawl.workers.turns import Turns

P = ParamSpec("P")
T = TypeVar("T")


class InTurn:
    """Reads answers in the workers, and tells the downloader, which fetches no more than can be read."""

    def __init__(self, workers: Workers, turns: Turns, downloader: StoppableDownloader) -> None:
        self._workers = workers
        self._turns = turns
        self._downloader = downloader

    async def read(
        self, response: Response, whose: str, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`function(*args, **kwargs)`, which reads the response, in a worker when it is that source's or host's turn.

        Raises what `Workers.call` raises.
        """
        assert response.request is not None
        try:
            async with self._turns.turn(whose, len(response.body)) as turn:
                result, turn.seconds = await self._workers.call(function, *args, **kwargs)
                return result
        finally:
            self._downloader.note_read(response.request)
