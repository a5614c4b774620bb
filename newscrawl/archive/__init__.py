"""The archive: every exchange with a server, kept as it went over the wire. The only room that speaks WARC."""
