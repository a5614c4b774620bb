"""What every crawl of a server of our own needs. Imports nothing that a user of the project has not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
HASTE: dict[str, Any] = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": 1,
}
"""Settings for a server of our own: no waiting."""
