"""What we crawl: one TOML file a source."""

from newscrawl.sources.source import Source

__all__ = ["Source"]
