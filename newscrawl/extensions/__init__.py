"""What accompanies a crawl: the run log, its feed, progress, crawl delays."""
