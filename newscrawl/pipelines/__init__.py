"""The steps an article goes through, in order: clean, validate, deduplicate, store."""
