"""Signals of ours, beside Scrapy's."""

run_finished = object()
"""Sent by the run log when the run stands finished in the database: handlers take no arguments."""

exchange_recorded = object()
"""Sent by the download handler for each request that went over the wire, when its exchange has ended and before its
answer or error goes on: handlers take `request` (Scrapy's, whose meta the answer will carry) and `exchange`, and do not
wait. One request may have several exchanges, the last of which brought its answer or error."""
