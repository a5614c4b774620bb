"""The order in which a page's evidence of its times is believed.

0. What the source's rule points to.
1. What is made for machines and says "published": JSON-LD of this article, meta elements, microdata of this article.
2. What the page prints beside its headline.
3. Meta elements that say only "date", which on many pages is the last change.
4. What the page prints farther down with a word or an element's name for it; the path of its URL checks 2 and 4, and
   stands for them where they disagree.

A day is made more precise by the first evidence that gives a time on this day. A value that cannot be read is kept as
given where nothing else can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from difflib import SequenceMatcher
from itertools import chain

from lxml import etree

from newscrawl.extraction import jsonld
from newscrawl.extraction.dates.printed import PrintedDates, headline_place
from newscrawl.extraction.dates.text import TimeReader
from newscrawl.extraction.dates.zones import stated_zone
from newscrawl.extraction.evidence import Told
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.tree import Line, text_of
from newscrawl.items import Evidence, PublicationTime
from newscrawl.text.clean import clean
from newscrawl.text.fold import fold_key
from newscrawl.urls import is_http, url_key

# Names of meta elements without what divides their words.
_PUBLISHED_META = (
    "articlepublishedtime", "ogarticlepublishedtime", "ogpublishedtime", "ogpubdate", "articlepublished",
    "articlepublisheddate", "articlepublicationdate", "datepublished", "publisheddate", "publisheddatetime",
    "published", "publishedat", "publishdate", "publishdatetime", "publishtime", "publicationdate", "pubdate",
    "pubdatetime", "originalpublicationdate", "articledateoriginal", "parselypubdate", "sailthrudate",
    "cxenseparserecspublishtime", "cxenseparsepublishtime", "dctermsissued", "dcissued", "dcdateissued",
    "dcdatepublished", "dctermspublished", "prismpublicationdate", "citationpublicationdate", "citationonlinedate",
    "citationdate", "bmpubdate", "rnewspublished", "publishedon", "postdate", "articlepostdate", "firstpublished",
    "releasedate", "displaydate", "articledisplaydate", "itemdatepublished", "newspublishdate", "ptime",
    "videoreleasedate",
)  # fmt: skip
_DATE_META = (
    "dctermscreated", "dcdatecreated", "dccreated", "datecreated", "creationdate", "created", "articlecreated",
    "dcdate", "dctermsdate", "dcdatescheme", "date", "articledate", "eprintsdate", "datetime", "timestamp",
)  # fmt: skip
_MODIFIED_META = (
    "articlemodifiedtime", "ogarticlemodifiedtime", "ogupdatedtime", "ogmodifiedtime", "articlemodified",
    "datemodified", "modifieddate", "dctermsmodified", "dcmodified", "dcdatemodified", "lastmod", "lastmodified",
    "lastupdated", "lastupdate", "revised", "articleupdatedtime", "articleupdated", "updatedtime", "dateupdated",
    "datelastpubbed", "updated", "modified", "utime",
)  # fmt: skip
_DIVIDERS = re.compile(r"[\W_]+")
_PUBLISHED_NAMES = ("datePublished", "dateCreated", "uploadDate")
_URL_DATE = re.compile(
    r"[/\-_=](20[0-4]\d|19[89]\d)(?:([/\-_])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))"
    r"(?=[/\-_.?&]|$)"
)
# Items of schema.org whose dates are not the article's.
_OTHER_ITEMS = re.compile(
    r"comment|answer|person|organization|imageobject|videoobject|audioobject|event|product|offer|rating"
)
_DATA_ATTRIBUTES = etree.XPath("//@*[starts-with(name(), 'data-')]")
_ATTRIBUTE_OF_PUBLICATION = re.compile(
    r"data(?:article|post|first|content)*(?:publi\w*|pub|deploy|release|post|issue)(?:date|dt|time|datetime|on|at)+"
)
_SAME_HEADLINE = 0.5
_LONGEST_RAW = 100
_ONE_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
# Offsets in use that are no whole hours, those with a quarter left out.
_WITH_HALF_AN_HOUR = frozenset(timedelta(hours=hours) for hours in (-9.5, -3.5, -2.5, 3.5, 4.5, 5.5, 6.5, 9.5, 10.5))
_FARTHEST_WEST, _FARTHEST_EAST = timedelta(hours=-10), timedelta(hours=14)


@dataclass(frozen=True)
class Times:
    """What the page says of its times, parsed and as given."""

    published_at: PublicationTime | None = None
    published_at_raw: str | None = None
    modified_at: PublicationTime | None = None
    modified_at_raw: str | None = None
    published_at_evidence: Evidence | None = None
    modified_at_evidence: Evidence | None = None
    lines: frozenset[str] = frozenset()
    """Keys of the lines beside the headline that say nothing else."""


@dataclass(frozen=True)
class _Claim:
    """A text that was read, what it says, and what it stands in."""

    time: PublicationTime
    raw: str
    evidence: Evidence

    @property
    def day(self) -> date:
        return self.time.date() if isinstance(self.time, datetime) else self.time


def read_times(
    metadata: Metadata, reader: TimeReader, lines: Sequence[Line], headline_line: int | None, text: str = ""
) -> Times:
    """Published and modified time of the page, each with the text that it was read from. `text` is the page's, scripts
    and all, which may state the site's zone."""
    if metadata.source is not None:
        reader = replace(reader, utc_is_local=metadata.source.utc_is_local)
    if headline_line is None:
        headline_line = headline_place(lines, metadata.headline)
    printed = PrintedDates(reader, lines, headline_line)
    return replace(_Evidence(metadata, reader, printed, text).times(), lines=frozenset(printed.nothing_else()))


def times_in_script(times: Times, texts: Iterable[str], reader: TimeReader) -> Times:
    """The times, and where the page states no publication, the one that the data of its script give."""
    read = ((text, reader.read(text)) for text in texts)
    text, time = next((found for found in read if found[1] is not None), (None, None))
    if times.published_at is not None or time is None:
        return times
    return replace(times, published_at=time, published_at_raw=text, published_at_evidence=Evidence.SCRIPT)


class _Evidence:
    def __init__(self, metadata: Metadata, reader: TimeReader, printed: PrintedDates, text: str) -> None:
        self._metadata = metadata
        self._reader = reader
        self._printed = printed
        self._text = text
        self._meta: dict[str, list[str]] = {}
        for name, values in metadata.meta.items():
            self._meta.setdefault(_DIVIDERS.sub("", name), []).extend(values)
        self._node = metadata.node if self._is_this_page(metadata.node) else {}

    def times(self) -> Times:
        published = self._published()
        stated = [*self._stated_published(), *self._stated_dates()]
        modified = self._first(chain(self._stated_modified(), _text(self._printed.updates())))
        published = self._not_after_change(published, modified)
        if published is not None:
            published = self._in_local_time(self._precise(published, stated))
        published = self._ruled("published_at") or published
        modified = self._ruled("modified_at") or modified
        return Times(
            published.time if published else None,
            published.raw if published else _raw(stated),
            modified.time if modified else None,
            modified.raw if modified else _raw(self._stated_modified()),
            published.evidence if published else None,
            modified.evidence if modified else None,
        )

    def _ruled(self, name: str) -> _Claim | None:
        """What the source's rule points to, in the form that it states."""
        ruled = self._metadata.ruled
        forms = ruled.rule.date_format
        texts = ruled.texts.get(name, ())
        for text in texts:
            read = (self._reader.read_as(text, form) for form in forms) if forms else (self._reader.read(text),)
            if (time := next(filter(None, read), None)) is not None:
                return _Claim(time, text, Evidence.RULE)
        if texts:
            form = f"not written as {' or '.join(map(repr, forms))}" if forms else "no time of before the fetch"
            ruled.miss(name, f"{texts[0]!r} is {form}")
        return None

    def _published(self) -> _Claim | None:
        if claim := self._first(self._stated_published()):
            return claim
        in_url = self._first(self._in_url())
        for texts in (
            _text(self._printed.beside_headline),
            _text(self._printed.labelled()),
            self._stated_dates(),
            _text(self._printed.unlabelled()),
            self._attributes(),
        ):
            for claim in self._all(texts):
                if in_url is None or abs(claim.day - in_url.day) <= _ONE_DAY:
                    return claim
        return in_url

    def _stated_published(self) -> Iterator[Told[str]]:
        yield from _data(self._node, _PUBLISHED_NAMES)
        yield from self._metas(_PUBLISHED_META)
        for name in _PUBLISHED_NAMES:
            yield from self._microdata(name)
        for node in self._metadata.nodes:
            if node is not self._node and self._is_about_this_page(node):
                yield from _data(node, _PUBLISHED_NAMES)

    def _stated_dates(self) -> Iterator[Told[str]]:
        yield from self._metas(_DATE_META)

    def _stated_modified(self) -> Iterator[Told[str]]:
        yield from _data(self._node, ("dateModified",))
        yield from self._metas(_MODIFIED_META)
        yield from self._microdata("dateModified")

    def _metas(self, names: Iterable[str]) -> Iterator[Told[str]]:
        for name in names:
            for text in self._meta.get(name, ()):
                yield Told(text, Evidence.META)

    def _in_url(self) -> Iterator[Told[str]]:
        if match := _URL_DATE.search(self._metadata.url):
            day = f"{match[1]}-{int(match[3] or match[5]):02}-{int(match[4] or match[6]):02}"
            yield Told(day, Evidence.URL)

    def _attributes(self) -> Iterator[Told[str]]:
        """Data of programs: attributes that are named for a publication, where one element of the page has them."""
        found: dict[str, list[str]] = {}
        for value in _DATA_ATTRIBUTES(self._metadata.tree):
            name = _DIVIDERS.sub("", value.attrname)
            if _ATTRIBUTE_OF_PUBLICATION.fullmatch(name):
                found.setdefault(name, []).append(str(value))
        yield from (Told(values[0], Evidence.META) for values in found.values() if len(values) == 1)

    def _microdata(self, name: str) -> Iterator[Told[str]]:
        for element in self._metadata.microdata.get(name.lower(), ()):
            if not _OTHER_ITEMS.search(_item_type(element)):
                given = element.get("content") or element.get("datetime") or element.get("title")
                yield Told(given or text_of(element), Evidence.MICRODATA)

    def _is_this_page(self, node: jsonld.Node) -> bool:
        """Whether the article's node is not another article's: it claims no other URL, or has the page's headline."""
        claimed = list(_claimed_urls(node))
        if not claimed or self._claims_this_url(claimed):
            return True
        return self._is_headline(jsonld.first_text(node.get("headline") or node.get("name")))

    def _is_about_this_page(self, node: jsonld.Node) -> bool:
        """Whether a node of any type, such as the page itself or its video, bears this page's URL or headline."""
        if not any(name in node for name in _PUBLISHED_NAMES):
            return False
        if "WebPage" in jsonld.types_of(node) and not list(_claimed_urls(node)):
            return True
        return self._claims_this_url(_claimed_urls(node)) or self._is_headline(
            jsonld.first_text(node.get("headline") or node.get("name"))
        )

    def _claims_this_url(self, claimed: Iterable[str]) -> bool:
        own = {url for url in (self._metadata.url, self._metadata.canonical_url) if url and is_http(url)}
        claims = set(claimed)
        return bool(own & claims) or bool({url_key(url) for url in own} & {url_key(url) for url in claims})

    def _is_headline(self, text: str | None) -> bool:
        left, right = fold_key(text or ""), fold_key(self._metadata.headline or "")
        if not left or not right:
            return False
        return SequenceMatcher(None, left[:300], right[:300], autojunk=False).ratio() >= _SAME_HEADLINE

    def _all(self, texts: Iterable[Told[str]]) -> Iterator[_Claim]:
        for told in texts:
            if (time := self._reader.read(told.value)) is not None:
                yield _Claim(time, clean(told.value), told.evidence)

    def _first(self, texts: Iterable[Told[str]]) -> _Claim | None:
        return next(self._all(texts), None)

    def _not_after_change(self, published: _Claim | None, modified: _Claim | None) -> _Claim | None:
        """What is printed beside the headline, where the stated publication lies after the page's own last change and
        the printed day before both: such a stamp tells of a later release."""
        if published is None or modified is None or not _is_later(published.time, modified.time):
            return published
        printed = self._first(_text(self._printed.beside_headline))
        return printed if printed and printed.day < modified.day - _ONE_DAY else published

    def _precise(self, claim: _Claim, stated: Sequence[Told[str]]) -> _Claim:
        """The claim, or where it gives a day only, the first evidence that gives a time on this day."""
        if isinstance(claim.time, datetime):
            return claim
        for other in self._all(chain(stated, _text(self._printed.beside_headline))):
            if isinstance(other.time, datetime) and claim.time in _days(other.time):
                return other
        return claim

    def _in_local_time(self, claim: _Claim) -> _Claim:
        """An instant stated in UTC, at the offset at which the page prints it: where it prints the same instant, with
        its time of day, at that offset; where it prints only a day, the one before or after, at the offset nearest to
        UTC at which the instant falls on it; where it prints neither, in the zone that the site's settings state. The
        instant stays the same."""
        instant = claim.time
        if not isinstance(instant, datetime) or instant.tzinfo is not UTC:
            return claim
        ahead = self._local_offset(instant)
        return replace(claim, time=instant.astimezone(timezone(ahead))) if ahead else claim

    def _local_offset(self, instant: datetime) -> timedelta | None:
        utc = instant.replace(tzinfo=None)
        days = []
        for claim in self._all(_text(self._printed.beside_headline)):
            if not isinstance(claim.time, datetime):
                days.append(claim.time)
            elif ahead := _offset_between(claim.time.replace(tzinfo=None), utc):
                return ahead
        for day in days:
            for clock in self._printed.clocks_beside_headline():
                if ahead := _offset_between(datetime.combine(day, clock.replace(tzinfo=None)), utc):
                    return ahead
        days += [claim.day for claim in self._all(self._in_url())]
        if days:
            return _offset_to(days[0], utc)
        zone = stated_zone(self._text)
        return instant.astimezone(zone).utcoffset() if zone else None


def _offset_between(local: datetime, utc: datetime) -> timedelta | None:
    """The offset from UTC under which two times, given to the minute, are one; None where no zone has it."""
    ahead = local.replace(second=0) - utc.replace(second=0, microsecond=0)
    if not _FARTHEST_WEST <= ahead <= _FARTHEST_EAST:
        return None
    return ahead if not ahead % _HOUR or ahead in _WITH_HALF_AN_HOUR else None


def _offset_to(day: date, utc: datetime) -> timedelta | None:
    """The offset of whole hours nearest to UTC at which the instant falls on a day; None where no zone has it, and for
    the day on which it falls in UTC."""
    midnight = datetime.combine(utc.date(), time())
    if day == utc.date() + _ONE_DAY:
        hours = -((utc - midnight - _ONE_DAY) // _HOUR)
    elif day == utc.date() - _ONE_DAY:
        hours = -((utc - midnight) // _HOUR) - 1
    else:
        return None
    return hours * _HOUR if _FARTHEST_WEST <= hours * _HOUR <= _FARTHEST_EAST else None


def _raw(texts: Iterable[Told[str]]) -> str | None:
    """The first text that is there, though nothing could read it; what is longer than any date is none."""
    return next((text for told in texts if 0 < len(text := clean(told.value)) <= _LONGEST_RAW), None)


def _text(texts: Iterable[str]) -> Iterator[Told[str]]:
    return (Told(text, Evidence.TEXT) for text in texts)


def _data(node: jsonld.Node, names: Iterable[str]) -> Iterator[Told[str]]:
    return (Told(text, Evidence.JSON_LD) for name in names for text in jsonld.texts(node.get(name)))


def _days(moment: datetime) -> set[date]:
    return {moment.date()} | ({moment.astimezone(UTC).date()} if moment.tzinfo else set())


def _is_later(one: PublicationTime, other: PublicationTime) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime) and bool(one.tzinfo) == bool(other.tzinfo):
        return one > other
    days = [time.date() if isinstance(time, datetime) else time for time in (one, other)]
    return days[0] > days[1]


def _claimed_urls(node: jsonld.Node) -> Iterator[str]:
    for claim in (node.get("url"), node.get("@id"), node.get("mainEntityOfPage")):
        if isinstance(claim, dict):
            claim = claim.get("@id") or claim.get("url")
        if isinstance(claim, str) and is_http(claim):
            yield claim


def _item_type(element: etree._Element) -> str:
    """The type of the item that a property belongs to, in lower case; empty outside of items."""
    for ancestor in element.iterancestors():
        if ancestor.get("itemscope") is not None:
            return (ancestor.get("itemtype") or "").lower()
    return ""
