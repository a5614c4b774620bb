"""Text as printed (clean) and text as compared (fold)."""
