"""Signals of ours, beside Scrapy's."""

run_finished = object()
"""Sent by the run log when the run stands finished in the database: handlers take no arguments."""
