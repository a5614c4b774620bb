"""Articles as CSV (RFC 4180): a row each, with a cell of JSON where a field has parts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any, BinaryIO

from newscrawl.exporting.jsonl import fields, record
from newscrawl.items import Article


def write(file: BinaryIO, articles: Iterable[Article], *, with_body: bool, for_excel: bool = False) -> int:
    """Write a line of names and a row for each article, and say how many there were.

    `for_excel` begins the file with a byte order mark, without which Excel takes UTF-8 for something else.
    """
    names, rows = fields(with_body=with_body), 0
    text = TextIOWrapper(file, encoding="utf-8-sig" if for_excel else "utf-8", newline="")
    writer = csv.writer(text)
    writer.writerow(names)
    for article in articles:
        writer.writerow([_cell(value) for value in record(article, names).values()])
        rows += 1
    # The file stays open for whoever opened it.
    text.detach()
    return rows


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
