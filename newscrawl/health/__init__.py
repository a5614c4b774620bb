"""A source held against what it promised and against its own past. Pure: no SQL, no Scrapy, no clock."""
