"""The log as text or as JSON, one object a line (NEWSCRAWL_LOG_FORMAT)."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from newscrawl.exceptions import ConfigurationError

FORMATS = ("text", "json")
_SETTING = "NEWSCRAWL_LOG_FORMAT"
_run_id: str | None = None


def is_json(settings: Mapping[str, Any]) -> bool:
    """Whether the log is JSON. Raises ConfigurationError for a format that is none."""
    name = settings[_SETTING] or "text"
    if name not in FORMATS:
        raise ConfigurationError(f"{_SETTING}={name} is no format of the log; write {' or '.join(FORMATS)}")
    return bool(name == "json")


def set_up(settings: Any) -> None:
    """Have the log of this process and of its workers be JSON, where the settings say so. To be called before Scrapy
    sets up its own. Raises ConfigurationError as `is_json`.
    """
    if not is_json(settings):
        return
    # Workers read no settings, and are told through their environment.
    os.environ[_SETTING] = "json"
    if not settings.getbool("LOG_ENABLED"):
        return
    # Scrapy's handler takes a format of `%` only, which cannot escape.
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    file, append = settings["LOG_FILE"], settings.getbool("LOG_FILE_APPEND")
    handler: logging.Handler = (
        logging.FileHandler(file, mode="a" if append else "w", encoding="utf-8") if file else logging.StreamHandler()
    )
    _install(handler, settings["LOG_LEVEL"])
    logging.root.setLevel(logging.NOTSET)


def set_up_worker() -> None:
    """In a worker process: the same, to standard error, as its parent was told."""
    if os.environ.get(_SETTING) == "json":
        _install(logging.StreamHandler(sys.stderr), logging.WARNING)


def name_run(run_id: str | None) -> None:
    """From now on each line of this process names the run."""
    global _run_id
    _run_id = run_id


class JsonFormatter(logging.Formatter):
    """A record as a JSON object without line break: `time` (aware, UTC, of the machine's clock), `level`, `logger`,
    `message`, `run` once it is known, and `exception` (the traceback) where there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if _run_id is not None:
            line["run"] = _run_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return json.dumps(line, ensure_ascii=False)


def _install(handler: logging.Handler, level: str | int) -> None:
    handler.setFormatter(JsonFormatter())
    handler.setLevel(level)
    logging.root.addHandler(handler)
