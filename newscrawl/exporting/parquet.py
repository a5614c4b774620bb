"""Records as Parquet: columns with types, made from the type hints of the dataclasses.

A time of publication becomes three columns, since a column has one type: the instant in UTC where it is known, the
text as other formats give it, and its precision (instant, local, day).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from types import NoneType
from typing import Any, BinaryIO, get_args, get_origin, get_type_hints

from newscrawl.exceptions import ConfigurationError
from newscrawl.exporting.jsonl import fields
from newscrawl.items import Article, ResolvedLink, plain

try:
    import pyarrow
    from pyarrow import parquet
except ImportError as error:
    raise ConfigurationError(
        "Parquet needs pyarrow, the extra newscrawl[parquet], which is not installed: "
        "`python -m pip install pyarrow` in newscrawl's environment, or choose jsonl or csv"
    ) from error

_ROWS_AT_ONCE = 200
_ROWS_OF_A_GROUP = 20_000
_BYTES_OF_A_GROUP = 32 * 2**20


def write(file: BinaryIO, articles: Iterable[Article], *, with_body: bool) -> int:
    """Write a row for each article, and say how many there were."""
    hints = {**get_type_hints(Article), "related_links": list[ResolvedLink]}
    return write_rows(file, articles, {name: hints[name] for name in fields(with_body=with_body)})


def write_rows(file: BinaryIO, things: Iterable[Any], hints: Mapping[str, Any]) -> int:
    """Write these attributes of each thing, and say how many there were. A group of rows has at most 20,000 rows, and
    as many batches of 200 as 32 MB hold."""
    schema, rows = schema_of(hints), 0
    batch: list[dict[str, Any]] = []
    group: list[pyarrow.RecordBatch] = []

    def pack() -> None:
        if batch:
            group.append(pyarrow.RecordBatch.from_pylist(batch, schema=schema))
            batch.clear()

    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:

        def write_group() -> None:
            if group:
                writer.write_table(pyarrow.Table.from_batches(group), row_group_size=_ROWS_OF_A_GROUP)
                group.clear()

        for thing in things:
            batch.append(_row(thing, hints))
            rows += 1
            if len(batch) == _ROWS_AT_ONCE:
                pack()
                full = sum(one.nbytes for one in group) >= _BYTES_OF_A_GROUP
                if full or len(group) * _ROWS_AT_ONCE >= _ROWS_OF_A_GROUP:
                    write_group()
        pack()
        write_group()
    return rows


def schema_of(hints: Mapping[str, Any]) -> pyarrow.Schema:
    """The columns of attributes with these type hints."""
    columns: list[tuple[str, pyarrow.DataType]] = []
    for name, hint in hints.items():
        if _is_publication_time(hint):
            columns += [(name, _INSTANT), (f"{name}_text", pyarrow.string()), (f"{name}_precision", pyarrow.string())]
        else:
            columns.append((name, _type(hint)))
    return pyarrow.schema(columns)


_INSTANT = pyarrow.timestamp("us", tz="UTC")
_TYPES = {int: pyarrow.int64(), float: pyarrow.float64(), datetime: _INSTANT}


def _type(hint: Any) -> pyarrow.DataType:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    if get_origin(hint) is list:
        return pyarrow.list_(_type(kinds[0]))
    if len(kinds) == 1 and NoneType in get_args(hint):
        return _type(kinds[0])
    if is_dataclass(hint):
        return pyarrow.struct([(name, _type(part)) for name, part in get_type_hints(hint).items()])
    # What is left are texts: str, literals, StrEnums.
    return _TYPES.get(hint, pyarrow.string())


def _is_publication_time(hint: Any) -> bool:
    return {datetime, date} <= set(get_args(hint))


def _row(thing: Any, hints: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, hint in hints.items():
        value = getattr(thing, name)
        if _is_publication_time(hint):
            is_time = isinstance(value, datetime)
            is_instant = is_time and value.tzinfo is not None
            row[name] = value if is_instant else None
            row[f"{name}_text"] = plain(value)
            row[f"{name}_precision"] = value and ("instant" if is_instant else "local" if is_time else "day")
        else:
            row[name] = value if isinstance(value, datetime) else plain(value)
    return row
