"""What can be had of an outlet: looked at, measured, and written down as a source file."""
