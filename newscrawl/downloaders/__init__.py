"""How requests are sent and answers taken."""
