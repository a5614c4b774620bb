"""Reading the archive again with the current extractor: what `scrapy reextract` does."""
