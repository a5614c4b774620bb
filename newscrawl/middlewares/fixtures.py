"""Answers from fixtures: a `response.json` each, beside its body's file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from scrapy import Request
from scrapy.http import Response

from newscrawl.exceptions import ConfigurationError
from newscrawl.middlewares.stored import response_to
from newscrawl.urls import url_key


@dataclass(frozen=True, slots=True)
class _Case:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: Path | None


class Fixtures:
    """The cases below a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError for a case that is no stored response."""
        self._cases: dict[str, _Case] = {}
        for file in sorted(folder.rglob("response.json")):
            key, case = _read(file)
            self._cases.setdefault(key, case)

    def __len__(self) -> int:
        """Number of answers."""
        return len(self._cases)

    async def answer(self, request: Request) -> Response | None:
        """The response; None for a URL that has none."""
        case = self._cases.get(url_key(request.url))
        if case is None:
            return None
        return response_to(request, case.status, case.headers, case.body.read_bytes() if case.body else b"")


def _read(file: Path) -> tuple[str, _Case]:
    try:
        answer = json.loads(file.read_text(encoding="utf-8"))
        key = url_key(answer["url"])
        body = file.parent / answer["body"] if answer["body"] else None
        if body is not None and not body.is_file():
            raise ValueError(f"its body {body.name} is missing")
        return key, _Case(
            int(answer["status"]), [(name.encode(), value.encode()) for name, value in answer["headers"]], body
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{file} is no stored response ({error!r}); it needs url, status, headers and body, "
            "as fixtures/README.md shows"
        ) from error
