from __future__ import annotations

import pytest
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.items import Disposition
from newscrawl.middlewares.private_addresses import PrivateAddressError
from newscrawl.middlewares.robots import RobotsUnreachable
from newscrawl.spiders.failures import disposition_of


@pytest.mark.parametrize(
    ("status", "disposition"),
    [(404, Disposition.GONE), (410, Disposition.GONE), (403, Disposition.FAILED), (503, Disposition.FAILED)],
)
def test_an_answer_of_failure_is_gone_or_failed(status: int, disposition: Disposition) -> None:
    error = HttpError(Response("https://news.example/a", status=status))
    assert disposition_of(error) == (disposition, f"http {status}")


def test_the_cause_of_a_failure_is_looked_for() -> None:
    error = ConnectionError("could not connect")
    error.__cause__ = PrivateAddressError("inside.example resolves to 10.0.0.1")
    assert disposition_of(error) == (Disposition.BLOCKED, "private address: inside.example resolves to 10.0.0.1")


def test_any_other_error_is_a_failure_that_names_it() -> None:
    assert disposition_of(IgnoreRequest()) == (Disposition.FAILED, "IgnoreRequest")
    assert disposition_of(ValueError("bad")) == (Disposition.FAILED, "ValueError: bad")


def test_the_reason_for_which_robots_txt_is_unreachable_is_told() -> None:
    error = RobotsUnreachable("...")
    error.__cause__ = DownloadTimeoutError("Getting it took longer than 60 seconds")
    assert disposition_of(error) == (Disposition.TIMED_OUT, "robots.txt unreachable: no whole answer in time")
    error.__cause__ = HttpError(Response("https://news.example/robots.txt", status=503))
    assert disposition_of(error) == (Disposition.BLOCKED, "robots.txt unreachable: http 503")


def test_a_reason_is_bounded() -> None:
    assert len(disposition_of(ValueError("x" * 100_000))[1]) == 500
