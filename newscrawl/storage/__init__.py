"""The store: articles, their revisions, and what became of each URL. The only room that speaks SQL."""
