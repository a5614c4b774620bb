"""A simulated world: outlets on loopback that publish, correct, delete, copy and fail, crawled on a schedule."""
