"""Our settings, read and checked in one place. Their defaults stand in settings.py."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from newscrawl.clock import Clock, clock
from newscrawl.discovery.revisits import Policy
from newscrawl.exceptions import ConfigurationError
from newscrawl.items import OptOutSignal
from newscrawl.sources.registry import BUNDLED

# S3 takes 5 GiB, and a WARC is closed by the exchange with which it has reached its size.
_MOST_IN_STORE = 5_000_000_000
_MOST_NUMBER = 100_000
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", "", "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The NEWSCRAWL_* settings with their types; paths are absolute."""

    project: Path
    output: Path
    database_url: str
    source_folders: tuple[Path, ...]
    replay: Path | None
    workers: int
    page_timeout: float
    stop_timeout: float
    patience: float
    rest_after_failures: int
    allow_private_addresses: bool
    candidates_per_source: int
    related_depth: int
    contact: str | None
    archive: bool
    archive_max_bytes: int
    archive_max_hours: float
    archive_store: str | None
    revisits: Policy
    tdmrep: bool
    obey_opt_outs: frozenset[OptOutSignal]
    notify: str | None
    health_exit_code: int
    when_busy: str
    clock: Clock

    @property
    def shares(self) -> bool:
        """Whether a run works beside others that crawl the same."""
        return self.when_busy == "share"

    @property
    def archive_folder(self) -> Path:
        """Where WARCs are written."""
        return self.output / "archive"

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Self:
        """Read the settings of a crawler.

        Raises ConfigurationError that names the setting and the remedy.
        """
        base = Path(settings["NEWSCRAWL_PROJECT"])
        output = base / (settings["NEWSCRAWL_OUTPUT"] or "output")
        return cls(
            project=base,
            output=output,
            database_url=_database_url(settings["NEWSCRAWL_DATABASE_URL"], base, output),
            source_folders=_source_folders(settings, base),
            replay=_existing(settings, "NEWSCRAWL_REPLAY", base),
            workers=_whole(settings, "NEWSCRAWL_WORKERS", least=1, default=os.cpu_count() or 1),
            page_timeout=_number(settings, "NEWSCRAWL_PAGE_TIMEOUT", least=0.1, default=60.0),
            stop_timeout=_number(settings, "NEWSCRAWL_STOP_TIMEOUT", least=0, default=30.0),
            patience=_number(settings, "NEWSCRAWL_PATIENCE", least=0, default=300.0),
            rest_after_failures=_whole(settings, "NEWSCRAWL_REST_AFTER_FAILURES", least=0, default=5),
            allow_private_addresses=_switch(settings, "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES"),
            candidates_per_source=_whole(settings, "NEWSCRAWL_CANDIDATES_PER_SOURCE", least=1, default=50_000),
            related_depth=_whole(settings, "NEWSCRAWL_RELATED_DEPTH", least=0, default=0),
            contact=settings["NEWSCRAWL_CONTACT"] or None,
            archive=_switch(settings, "NEWSCRAWL_ARCHIVE"),
            archive_max_bytes=_archive_max_bytes(settings),
            archive_max_hours=_number(settings, "NEWSCRAWL_ARCHIVE_MAX_HOURS", least=0.1, default=24.0),
            archive_store=settings["NEWSCRAWL_ARCHIVE_STORE"] or None,
            revisits=_revisits(settings),
            tdmrep=_switch(settings, "NEWSCRAWL_TDMREP"),
            obey_opt_outs=_signals(settings, "NEWSCRAWL_OBEY_OPT_OUTS"),
            notify=settings["NEWSCRAWL_NOTIFY"] or None,
            health_exit_code=_exit_code(settings, "NEWSCRAWL_HEALTH_EXIT_CODE"),
            when_busy=_when_busy(settings, _database_url(settings["NEWSCRAWL_DATABASE_URL"], base, output)),
            clock=clock(settings["NEWSCRAWL_NOW"]),
        )


def _revisits(settings: Mapping[str, Any]) -> Policy:
    hours = _numbers(settings, "NEWSCRAWL_REVISIT_HOURS", "1,6,24,168")
    least, most = _numbers(settings, "NEWSCRAWL_POLL_MINUTES", "10,720", many=2)
    return Policy(
        articles=_switch(settings, "NEWSCRAWL_REVISITS"),
        steps=tuple(timedelta(hours=hour) for hour in hours),
        least=timedelta(minutes=least),
        most=timedelta(minutes=most),
    )


def _numbers(settings: Mapping[str, Any], name: str, default: str, many: int | None = None) -> list[float]:
    """Numbers above 0 that grow, with commas between; `many` of them."""
    value = str(settings[name] or default)
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        numbers = []
    # Times of more than ten years are none that anybody means.
    grow = all(before < after for before, after in pairwise([0, *numbers, _MOST_NUMBER]))
    if len(numbers) != (many or max(len(numbers), 1)) or not grow:
        raise ConfigurationError(f"{name}={value} is no row of growing numbers; write them as in {default}")
    return numbers


def _database_url(url: str | None, base: Path, output: Path) -> str:
    if not url:
        return f"sqlite:///{output / 'newscrawl.db'}"
    scheme, separator, path = url.partition("sqlite:///")
    if separator and not scheme and path not in ("", ":memory:"):
        return f"sqlite:///{base / path}"
    return url


def _source_folders(settings: Mapping[str, Any], base: Path) -> tuple[Path, ...]:
    bundled = BUNDLED if _switch(settings, "NEWSCRAWL_BUNDLED_SOURCES") else None
    return tuple(folder for folder in (bundled, _folder(settings, "NEWSCRAWL_SOURCES", base)) if folder is not None)


def _archive_max_bytes(settings: Mapping[str, Any]) -> int:
    most = _whole(settings, "NEWSCRAWL_ARCHIVE_MAX_BYTES", least=1, default=1_000_000_000)
    if settings["NEWSCRAWL_ARCHIVE_STORE"] and most > _MOST_IN_STORE:
        raise ConfigurationError(
            f"NEWSCRAWL_ARCHIVE_MAX_BYTES={most} is more than NEWSCRAWL_ARCHIVE_STORE takes in one piece; "
            f"write at most {_MOST_IN_STORE}"
        )
    return most


def _folder(settings: Mapping[str, Any], name: str, base: Path) -> Path | None:
    value = settings[name]
    if not value:
        return None
    path = base / str(value)
    if not path.is_dir():
        raise ConfigurationError(f"{name}={value} is no folder (looked for {path}); name an existing one")
    return path


def _existing(settings: Mapping[str, Any], name: str, base: Path) -> Path | None:
    value = settings[name]
    if not value:
        return None
    path = base / str(value)
    if not path.exists():
        raise ConfigurationError(f"{name}={value} does not exist (looked for {path}); name an existing file or folder")
    return path


def _number(settings: Mapping[str, Any], name: str, *, least: float, default: float) -> float:
    value = settings[name]
    if value in (None, ""):
        return float(default)
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    # "nan" is a number to float(), and compares with nothing.
    if not least <= number < math.inf:
        raise ConfigurationError(f"{name}={value} is not a number of at least {least:g}; write one")
    return number


def _whole(settings: Mapping[str, Any], name: str, *, least: int, default: int) -> int:
    number = _number(settings, name, least=least, default=default)
    if not number.is_integer():
        raise ConfigurationError(f"{name}={settings[name]} is not a whole number; write one")
    return int(number)


def _signals(settings: Mapping[str, Any], name: str) -> frozenset[OptOutSignal]:
    named = str(settings[name] or "").replace(",", " ").split()
    unknown = sorted(set(named) - {str(signal) for signal in OptOutSignal})
    if unknown:
        raise ConfigurationError(f"{name}: {unknown[0]} is no signal; name some of {', '.join(OptOutSignal)}")
    return frozenset(map(OptOutSignal, named))


def _exit_code(settings: Mapping[str, Any], name: str) -> int:
    code = _whole(settings, name, least=0, default=0)
    if code in (1, 2) or code > 125:
        raise ConfigurationError(
            f"{name}={code} is taken: 1 and 2 tell of failures, those above 125 of signals; "
            "write 3 to 125, or 0 for none"
        )
    return code


def _when_busy(settings: Mapping[str, Any], database_url: str) -> str:
    values = ("end", "wait", "share")
    # Several crawlers may share one PostgreSQL; SQLite takes one.
    value = str(settings["NEWSCRAWL_WHEN_BUSY"] or ("end" if database_url.startswith("sqlite") else "share"))
    if value not in values:
        raise ConfigurationError(f"NEWSCRAWL_WHEN_BUSY={value} is none of {', '.join(values)}; write one of them")
    return value


def _switch(settings: Mapping[str, Any], name: str) -> bool:
    value = str(settings[name]).strip().lower()
    if value not in _TRUE | _FALSE:
        raise ConfigurationError(f"{name}={value} is neither on nor off; write 1 or 0")
    return value in _TRUE
