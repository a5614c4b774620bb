"""Worker processes: what is read in them, and who waits for them."""
