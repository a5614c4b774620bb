"""How the crawl does: surveyed when a run ends, written down, and told to those who want to know."""
