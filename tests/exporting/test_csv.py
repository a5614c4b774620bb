from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest

from newscrawl.exporting import csv as csv_export
from newscrawl.items import FEED_FIELDS, feed_line
from newscrawl.storage.database import Database
from tests.exporting.stored import NAILS, exported


def written(database: Database, *, with_body: bool = True, for_excel: bool = False) -> bytes:
    file = BytesIO()
    count = csv_export.write(file, exported(database), with_body=with_body, for_excel=for_excel)
    assert count == 5
    return file.getvalue()


def test_a_row_reads_back_as_the_line(archive: Database) -> None:
    rows = list(csv.DictReader(StringIO(written(archive).decode(), newline="")))
    told = [feed_line(one) for one in exported(archive)]
    assert list(rows[0]) == FEED_FIELDS
    for row, line in zip(rows, told, strict=True):
        for name, value in line.items():
            has_parts = isinstance(value, list | dict)
            cell = json.loads(row[name]) if has_parts else row[name]
            assert cell == (value if has_parts else "" if value is None else str(value))
    assert rows[1]["headline"] == NAILS


def test_lines_end_as_the_rfc_says_and_line_feeds_in_cells_stay(archive: Database) -> None:
    head, _, rest = written(archive).partition(b"\r\n")
    assert head.decode() == ",".join(FEED_FIELDS)
    assert NAILS.replace('"', '""').encode() in rest


@pytest.mark.parametrize("for_excel", [False, True])
def test_only_excel_gets_a_byte_order_mark(archive: Database, for_excel: bool) -> None:
    told = written(archive, for_excel=for_excel)
    assert told.startswith(b"\xef\xbb\xbf") is for_excel
    assert told.removeprefix(b"\xef\xbb\xbf") == written(archive)


def test_without_body(archive: Database) -> None:
    (row, *_) = csv.DictReader(StringIO(written(archive, with_body=False).decode(), newline=""))
    assert not {"body", "blocks"} & set(row)
