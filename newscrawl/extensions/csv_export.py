"""CSV by Scrapy's own feeds (`-o FILE.csv`), with a cell of JSON where a field has parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from scrapy.exporters import CsvItemExporter

from newscrawl.items import plain


class CsvExporter(CsvItemExporter):
    """Scrapy's joins texts with commas, which names may contain, and writes parts as Python prints them."""

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        value = plain(value)
        return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
