"""What a request that brought no page came to."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.exceptions import (
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.web._newclient import ParseError, ResponseFailed

from newscrawl.discovery.revisits import ROBOTS_UNREACHABLE
from newscrawl.items import Disposition
from newscrawl.middlewares.compression import BodyBroken, BodyCutShort
from newscrawl.middlewares.offsite import Offsite, UnusableURL
from newscrawl.middlewares.private_addresses import PrivateAddressError
from newscrawl.middlewares.replay import NotInReplay
from newscrawl.middlewares.retracted import Retracted
from newscrawl.middlewares.robots import RobotsForbid, RobotsUnreachable
from newscrawl.storage import retractions

_GONE = (404, 410)
_LONGEST = 500


def disposition_of(error: BaseException | None) -> tuple[Disposition, str]:
    """The disposition of a failed request and its reason, which is at most 500 characters long."""
    disposition, reason = _disposition_of(error)
    return disposition, reason[:_LONGEST]


def _disposition_of(error: BaseException | None) -> tuple[Disposition, str]:
    for cause in _causes(error):
        match cause:
            case HttpError():
                status = cause.response.status
                return (Disposition.GONE if status in _GONE else Disposition.FAILED), f"http {status}"
            case PrivateAddressError():
                return Disposition.BLOCKED, f"private address: {cause}"
            case NotInReplay() | UnusableURL() | BodyBroken():
                return Disposition.FAILED, str(cause)
            case Offsite():
                return Disposition.BLOCKED, f"offsite: {cause}"
            case Retracted():
                return Disposition.BLOCKED, retractions.REASON
            case RobotsForbid():
                return Disposition.BLOCKED, "robots"
            case RobotsUnreachable():
                return _without_robots(cause.__cause__)
            case DownloadTimeoutError():
                return Disposition.TIMED_OUT, "no whole answer in time"
            case BodyCutShort():
                return Disposition.TRUNCATED, str(cause)
            case IgnoreRequest() if "max redirections" in str(cause):
                return Disposition.FAILED, "too many redirects"
            case DownloadCancelledError():
                return Disposition.TRUNCATED, f"larger than the limit: {cause}".removesuffix(": ")
            case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(cause):
                return Disposition.TRUNCATED, f"larger than the limit when unpacked: {cause}"
            case ResponseDataLossError(__cause__=ResponseFailed(reasons=[Failure(value=ParseError() as refusal), *_])):
                return Disposition.TRUNCATED, str(refusal.args[0])
            case ResponseDataLossError():
                return Disposition.TRUNCATED, "the connection ended before the body did"
            case DownloadFailedError(__cause__=ResponseFailed() as failed):
                return Disposition.FAILED, f"no valid answer: {_why(failed)}"
    return Disposition.FAILED, f"{type(error).__name__}: {error}".rstrip(": ")


def _without_robots(error: BaseException | None) -> tuple[Disposition, str]:
    """An answer that is no robots.txt forbids; where no answer comes, the host itself cannot be reached."""
    end, reason = _disposition_of(error)
    reached = isinstance(error, HttpError) or end not in (Disposition.FAILED, Disposition.TIMED_OUT)
    return Disposition.BLOCKED if reached else end, f"{ROBOTS_UNREACHABLE}: {reason}"


def _why(failed: ResponseFailed) -> str:
    """The first of Twisted's reasons, in words."""
    error: BaseException = failed.reasons[0].value
    match error:
        case ConnectionDone():
            return "the connection was closed before it was whole"
        case ConnectionLost():
            return "the connection was lost before it was whole"
        case ParseError():
            return str(error.args[0])
        case KeyError():
            return f"its transfer coding {error} is unknown"
    return f"{type(error).__name__}: {error}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
