"""Step 2: an article has a headline and a body."""

from __future__ import annotations

from typing import Any

from itemadapter import ItemAdapter
from scrapy.exceptions import DropItem


class ValidatePipeline:
    """Drops what is no article; the run log enters it as invalid with the reason code."""

    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        for name in ("headline", "body"):
            if not adapter[name]:
                raise DropItem(f"no_{name}", log_level="DEBUG")
        return item
