"""Scrapy's settings and ours: the whole wiring on one page.

Each NEWSCRAWL_ setting is taken from `-s`, else from an environment variable of the same name, else from here.
Relative paths count from the folder of scrapy.cfg. configuration.py checks them.
"""

import os
from pathlib import Path

from scrapy.utils.conf import closest_scrapy_cfg

from newscrawl import __version__
from newscrawl.items import FEED_FIELDS

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
COMMANDS_MODULE = "newscrawl.commands"

# Ours
_ENVIRONMENT = os.environ.get
NEWSCRAWL_PROJECT = str(Path(closest_scrapy_cfg() or "scrapy.cfg").resolve().parent)
NEWSCRAWL_OUTPUT = _ENVIRONMENT("NEWSCRAWL_OUTPUT", "output")
NEWSCRAWL_DATABASE_URL = _ENVIRONMENT("NEWSCRAWL_DATABASE_URL")  # None: SQLite in NEWSCRAWL_OUTPUT
NEWSCRAWL_BUNDLED_SOURCES = _ENVIRONMENT("NEWSCRAWL_BUNDLED_SOURCES", "1")  # 0: only those of NEWSCRAWL_SOURCES
NEWSCRAWL_SOURCES = _ENVIRONMENT("NEWSCRAWL_SOURCES")  # one more folder of source files
NEWSCRAWL_REPLAY = _ENVIRONMENT("NEWSCRAWL_REPLAY")  # answer from this WARC, or folder of WARCs or fixtures
NEWSCRAWL_WORKERS = _ENVIRONMENT("NEWSCRAWL_WORKERS")  # processes that read pages; None: one a core
NEWSCRAWL_PAGE_TIMEOUT = _ENVIRONMENT("NEWSCRAWL_PAGE_TIMEOUT", "60")  # seconds to read one page
NEWSCRAWL_STOP_TIMEOUT = _ENVIRONMENT("NEWSCRAWL_STOP_TIMEOUT", "30")  # seconds for what is under way at a signal
NEWSCRAWL_PATIENCE = _ENVIRONMENT("NEWSCRAWL_PATIENCE", "300")  # seconds that a run waits for a host that refuses
NEWSCRAWL_REST_AFTER_FAILURES = _ENVIRONMENT("NEWSCRAWL_REST_AFTER_FAILURES", "5")  # in a row; 0: a host never rests
NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES = _ENVIRONMENT("NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES", "0")
NEWSCRAWL_CANDIDATES_PER_SOURCE = _ENVIRONMENT("NEWSCRAWL_CANDIDATES_PER_SOURCE", "50000")  # fetched in one run
NEWSCRAWL_RELATED_DEPTH = _ENVIRONMENT("NEWSCRAWL_RELATED_DEPTH", "0")  # related links followed in a row; 0: none
NEWSCRAWL_CONTACT = _ENVIRONMENT("NEWSCRAWL_CONTACT")  # address or page where a webmaster reaches you
NEWSCRAWL_ARCHIVE = _ENVIRONMENT("NEWSCRAWL_ARCHIVE", "1")  # 0: keep no WARC of what is exchanged with servers
NEWSCRAWL_ARCHIVE_MAX_BYTES = _ENVIRONMENT("NEWSCRAWL_ARCHIVE_MAX_BYTES", "1000000000")  # of a WARC; then another
NEWSCRAWL_ARCHIVE_MAX_HOURS = _ENVIRONMENT("NEWSCRAWL_ARCHIVE_MAX_HOURS", "24")  # the same
NEWSCRAWL_ARCHIVE_STORE = _ENVIRONMENT("NEWSCRAWL_ARCHIVE_STORE")  # s3://BUCKET/PREFIX, to which closed WARCs move
NEWSCRAWL_REVISITS = _ENVIRONMENT("NEWSCRAWL_REVISITS", "1")  # 0: stored articles are not looked at by themselves
NEWSCRAWL_REVISIT_HOURS = _ENVIRONMENT("NEWSCRAWL_REVISIT_HOURS", "1,6,24,168")  # ages at which they are
NEWSCRAWL_POLL_MINUTES = _ENVIRONMENT("NEWSCRAWL_POLL_MINUTES", "10,720")  # bounds between two polls of a feed
NEWSCRAWL_TDMREP = _ENVIRONMENT("NEWSCRAWL_TDMREP", "1")  # 0: no host is asked for /.well-known/tdmrep.json
NEWSCRAWL_OBEY_OPT_OUTS = _ENVIRONMENT("NEWSCRAWL_OBEY_OPT_OUTS")  # signals of pages that are not to be stored
NEWSCRAWL_NOTIFY = _ENVIRONMENT("NEWSCRAWL_NOTIFY")  # URLs of those who are told of incidents, spaces between
NEWSCRAWL_HEALTH_EXIT_CODE = _ENVIRONMENT("NEWSCRAWL_HEALTH_EXIT_CODE", "0")  # of a run that meets a new incident
NEWSCRAWL_WHEN_BUSY = _ENVIRONMENT("NEWSCRAWL_WHEN_BUSY")  # end, wait, share; None: share where the database can
NEWSCRAWL_LOG_FORMAT = _ENVIRONMENT("NEWSCRAWL_LOG_FORMAT", "text")  # json: an object a line
NEWSCRAWL_NOW = _ENVIRONMENT("NEWSCRAWL_NOW")  # a fixed instant for the run's clock

# Manners
USER_AGENT = f"newscrawl/{__version__} (news archive)"  # extensions/contact.py adds NEWSCRAWL_CONTACT
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "newscrawl"
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1
AUTOTHROTTLE_MAX_DELAY = 180  # also the longest Crawl-delay that is kept; 8 of them must fit into a lease
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False
HTTPCACHE_ENABLED = False

# Bounds
CONCURRENT_REQUESTS = 256  # what waits for its turn with its host does not count
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 2**40  # of what waits to be read the downloader keeps count, host by host
CONCURRENT_ITEMS = 1  # a page holds one article; Scrapy makes so many tasks for each response
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
REDIRECT_MAX_TIMES = 5
RETRY_TIMES = 2
RETRY_HTTP_CODES = [500, 502, 504, 522, 524, 408]  # 429 and 503 are the host's word: middlewares/hosts.py
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # what became of the URL is its disposition

# The line: request → middlewares → spider → pipelines
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "newscrawl.downloaders.recording.RecordingHTTPDownloadHandler")
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "newscrawl.middlewares.offsite.OffsiteMiddleware": 50,
    "newscrawl.middlewares.retracted.RetractedMiddleware": 60,  # after what is no URL, before robots.txt is asked for
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.middlewares.robots.RobotsMiddleware": 100,
    "newscrawl.middlewares.tdmrep.TdmrepMiddleware": 110,  # after robots.txt, which may forbid that file
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawl.middlewares.compression.ContentCodingMiddleware": 590,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "newscrawl.middlewares.meta_refresh.MetaRefreshMiddleware": 580,
    "newscrawl.middlewares.conditional.ConditionalMiddleware": 930,
    "newscrawl.middlewares.unread.UnreadMiddleware": 940,
    "newscrawl.middlewares.replay.ReplayMiddleware": 950,
    "newscrawl.middlewares.hosts.HostsMiddleware": 955,
    "newscrawl.middlewares.private_addresses.PrivateAddressMiddleware": 960,
}
DOWNLOADER = "newscrawl.downloaders.stoppable.StoppableDownloader"
TWISTED_DNS_RESOLVER = "newscrawl.middlewares.private_addresses.PublicAddressResolver"
# These drop requests without a word, and a visit must end; the frontier keeps its own count of depth.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
}
ITEM_PIPELINES = {
    "newscrawl.pipelines.clean.CleanPipeline": 100,
    "newscrawl.pipelines.validate.ValidatePipeline": 200,
    "newscrawl.pipelines.deduplicate.DeduplicatePipeline": 300,
    "newscrawl.pipelines.store.StorePipeline": 400,
}
EXTENSIONS = {
    "newscrawl.extensions.opt_outs.OptOuts": 40,  # before the archive, which asks it
    "newscrawl.extensions.archive.Archive": 50,  # before the run is entered: a folder that takes nothing ends it
    "newscrawl.extensions.health.Health": 60,  # before the run is entered: a notifier that is none ends it
    "newscrawl.extensions.run_log.RunLog": 100,
    "newscrawl.extensions.hosts.Hosts": 150,  # before its middleware
    "newscrawl.extensions.feed.Feed": 200,
    "newscrawl.extensions.progress.Progress": 300,
    "newscrawl.extensions.crawl_delay.CrawlDelay": 400,
    "newscrawl.extensions.stopping.Stopping": 500,
    "scrapy.extensions.logstats.LogStats": None,
}

# The frontier knows what was fetched; robots.txt, redirects and pages named by hand may be asked for again.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

ADDONS = {"newscrawl.extensions.contact.Contact": 100}

# Off: they open a port in which anyone on the machine may run code.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Scrapy's own feeds (-o, FEEDS), for those who ask: the fields of our feed line.
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORT_FIELDS = FEED_FIELDS
FEED_EXPORTERS = {"csv": "newscrawl.extensions.csv_export.CsvExporter"}

LOG_LEVEL = "INFO"
LOG_SHORT_NAMES = True
