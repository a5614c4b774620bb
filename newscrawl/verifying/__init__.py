"""Whether database, archive and feeds agree, and each with itself: what `scrapy verify` looks at."""

from newscrawl.verifying.everything import verify as verify
from newscrawl.verifying.findings import Finding as Finding
from newscrawl.verifying.findings import Looked as Looked
