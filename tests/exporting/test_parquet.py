from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from newscrawl.exporting import parquet as parquet_export
from newscrawl.items import FEED_FIELDS, Article, NearDuplicate, RelationKind, feed_line
from newscrawl.storage.database import Database
from tests.crawling import ROOT, scrapy_anew
from tests.exporting.stored import exported
from tests.storage.test_articles import article

TIMES = ("published_at", "modified_at")


def written(articles: list[Article], **how: Any) -> Any:
    file = BytesIO()
    assert parquet_export.write(file, articles, **{"with_body": True, **how}) == len(articles)
    file.seek(0)
    return parquet.ParquetFile(file)


def test_rows_read_back_as_the_lines(archive: Database) -> None:
    articles = exported(archive)
    rows = written(articles).read().to_pylist()
    for row, line in zip(rows, map(feed_line, articles), strict=True):
        told = {name: row[f"{name}_text" if name in TIMES else name] for name in FEED_FIELDS}
        told["fetched_at"] = told["fetched_at"].isoformat()
        assert told == line


def test_times_are_instants_in_utc_where_they_are_known(archive: Database) -> None:
    table = written(exported(archive)).read()
    assert table.schema.field("published_at").type == pyarrow.timestamp("us", tz="UTC")
    assert table.schema.field("fetched_at").type == pyarrow.timestamp("us", tz="UTC")
    columns = ("published_at", "published_at_text", "published_at_precision")
    assert [tuple(row[name] for name in columns) for row in table.select(columns).to_pylist()] == [
        (datetime(2025, 12, 31, 21, 30, tzinfo=UTC), "2025-12-31T23:30:00+02:00", "instant"),
        (None, "2026-01-02T03:04:05", "local"),
        (None, None, None),
        (None, "2026-01-02", "day"),
        (None, None, None),
    ]


def test_parts_are_structs_also_where_no_article_has_any() -> None:
    schema = written([article()]).schema_arrow
    links = schema.field("related_links").type.value_type
    assert [links.field(number).name for number in range(links.num_fields)] == [
        "position", "headline", "url", "label", "placement", "target_url_key", "target_id",
    ]  # fmt: skip
    assert links.field("position").type == pyarrow.int64()
    near = schema.field("near_duplicates").type.value_type
    assert near.field("containment").type == pyarrow.float64()
    assert schema.field("capture").type.field("offset").type == pyarrow.int64()
    assert schema.field("keywords").type == pyarrow.list_(pyarrow.string())


def test_near_duplicates_are_told() -> None:
    near = NearDuplicate(url_key="a.example/", relation=RelationKind.NEAR, containment=0.5, contained=0.25)
    (row,) = written([article(near_duplicates=[near])]).read().to_pylist()
    assert row["near_duplicates"] == [
        {"url_key": "a.example/", "relation": "near", "containment": 0.5, "contained": 0.25}
    ]


def test_without_body(archive: Database) -> None:
    names = written(exported(archive), with_body=False).schema_arrow.names
    assert not {"body", "blocks"} & set(names)
    assert "related_links" in names


def test_groups_of_rows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    one = article()
    many = [one] * 1001
    assert written(many).num_row_groups == 1
    monkeypatch.setattr(parquet_export, "_ROWS_OF_A_GROUP", 400)
    assert [written(many).metadata.row_group(number).num_rows for number in range(3)] == [400, 400, 201]
    monkeypatch.setattr(parquet_export, "_BYTES_OF_A_GROUP", 1)
    file = written(many)
    assert [file.metadata.row_group(number).num_rows for number in range(6)] == [200, 200, 200, 200, 200, 1]
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"


def test_an_empty_export_has_its_columns() -> None:
    table = written([]).read()
    assert table.num_rows == 0
    assert "related_links" in table.column_names


@pytest.mark.slow
def test_without_pyarrow_it_is_said_how_to_get_it(archive: Database, tmp_path: Path) -> None:
    # An installation without it: a module of that name that cannot be loaded comes first.
    (tmp_path / "pyarrow.py").write_text("raise ImportError\n", encoding="utf-8")
    assert archive.path is not None
    without = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
    for arguments in (["-o", str(tmp_path / "a.parquet")], ["--graph", str(tmp_path / "g.parquet")]):
        told = scrapy_anew("export", *arguments, output=archive.path.parent, variables=without)
        assert told.code == 1
        assert "newscrawl[parquet]" in told.stderr
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".parquet"] == []
    told = scrapy_anew("export", output=archive.path.parent, variables=without)
    assert len([json.loads(line) for line in told.stdout.splitlines()]) == 5
