"""What decides which pages to ask for."""
