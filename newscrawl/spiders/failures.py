"""What a request that brought no page came to."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError

from newscrawl.items import Disposition
from newscrawl.middlewares.offsite import Offsite
from newscrawl.middlewares.private_addresses import PrivateAddressError
from newscrawl.middlewares.replay import NotInReplay

_GONE = (404, 410)


def disposition_of(error: BaseException | None) -> tuple[Disposition, str]:
    """The disposition of a failed request and its reason."""
    for cause in _causes(error):
        match cause:
            case HttpError():
                status = cause.response.status
                return (Disposition.GONE if status in _GONE else Disposition.FAILED), f"http {status}"
            case PrivateAddressError():
                return Disposition.BLOCKED, f"private address: {cause}"
            case NotInReplay():
                return Disposition.FAILED, str(cause)
            case Offsite():
                return Disposition.BLOCKED, f"offsite: {cause}"
            case IgnoreRequest() if "robots.txt" in str(cause):
                return Disposition.BLOCKED, "robots"
            case DownloadTimeoutError():
                return Disposition.TIMED_OUT, "no whole answer in time"
            case IgnoreRequest() if "max redirections" in str(cause):
                return Disposition.FAILED, "too many redirects"
            case DownloadCancelledError():
                return Disposition.TRUNCATED, f"larger than the limit: {cause}"
            case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(cause):
                return Disposition.TRUNCATED, f"larger than the limit when unpacked: {cause}"
            case ResponseDataLossError():
                return Disposition.TRUNCATED, "the connection ended before the body did"
    return Disposition.FAILED, f"{type(error).__name__}: {error}".rstrip(": ")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
