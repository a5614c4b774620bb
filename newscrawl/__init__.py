"""newscrawl: from a list of news sources to a durable archive of structured articles."""

__version__ = "0.2.0"
