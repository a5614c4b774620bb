"""The tree of errors. Each message says what is wrong and what to do next.

NewscrawlError
├── ConfigurationError     a setting, argument or source file is wrong: mend it and start again
├── StoreError             the database cannot be used: see its message
│   └── StoreBusy          another live run holds it: wait for that run, or use another output
│       └── RunUnderWay    that run does just what was asked for: nothing is left to do
├── ArchiveError           an archive's file cannot be written, or does not hold what it should: see its message
├── DiscoveryError         a feed, sitemap or section page cannot be read: costs that poll, not the run
└── ExtractionError        a page cannot be read at all: costs that page, not the run
    ├── ExtractionTimeout  reading it took longer than NEWSCRAWL_PAGE_TIMEOUT
    └── ExtractionStopped  the run was told to end first: the page is due again
"""


class NewscrawlError(Exception):
    """Base of every error that this project raises on purpose."""


class ConfigurationError(NewscrawlError):
    """A setting, an argument or a source file is wrong; the message names it and the remedy."""


class StoreError(NewscrawlError):
    """The database cannot be opened, migrated or written."""


class StoreBusy(StoreError):
    """Another live run holds the database."""


class RunUnderWay(StoreBusy):
    """Another live run does what this one was started for."""


class ArchiveError(NewscrawlError):
    """A file of the archive cannot be written or read, or does not hold what it should."""


class DiscoveryError(NewscrawlError):
    """A discovery document (feed, sitemap, section page) cannot be read."""


class ExtractionError(NewscrawlError):
    """A page cannot be read; the reason is the message."""


class ExtractionTimeout(ExtractionError):
    """Reading a page took longer than its time limit."""


class ExtractionStopped(ExtractionError):
    """The run ended before the page was read."""
