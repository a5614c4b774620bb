"""What is stored, handed out: as records, as a graph, as a feed."""
