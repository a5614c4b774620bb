"""What a host asks of those who ask it, and when it is to be left alone. Pure."""
