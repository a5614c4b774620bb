"""What went over the wire, kept."""
