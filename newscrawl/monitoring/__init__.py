"""How the crawl does: checked up when a run ends, written down, and told to those who want to know."""
