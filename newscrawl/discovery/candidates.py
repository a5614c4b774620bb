"""Which of the URLs that discovery finds are articles, and recent enough to ask for."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

import dateparser
from dateparser.data.languages_info import language_order

from newscrawl.items import Candidate
from newscrawl.sources.source import Source
from newscrawl.text.fold import fold
from newscrawl.urls import is_http


def accepts(candidate: Candidate, source: Source, now: datetime) -> bool:
    """Whether the candidate is to be fetched: an article by its URL, and within the source's age limit.

    A page named by hand always is. `now` is the run's clock, aware.
    """
    if candidate.kind == "given":
        return True
    # Of sitemaps only those for news give titles and times of publication, and they list nothing but articles.
    is_news = candidate.kind == "sitemap" and not candidate.evidence.keys().isdisjoint({"title", "published"})
    listed = candidate.kind == "feed" or is_news
    return is_article_url(candidate.url, source, listed_as_article=listed) and within_age(candidate, source, now)


def is_article_url(url: str, source: Source, *, listed_as_article: bool = False) -> bool:
    """Whether a URL is taken for an article of the source.

    Never what a pattern of `deny` matches, what lies off the source's site, or a URL that is not http(s). Always what
    `allow` matches. Of the rest no media files and no front page; then what a feed or news sitemap lists
    (`listed_as_article`), else what looks like an article: an id, a date, or a slug of several words, and no word of
    navigation.
    """
    if not is_http(url) or source.articles.denies(url) or not source.owns(url):
        return False
    if source.articles.allows(url):
        return True
    address = urlsplit(url)
    if _MEDIA_FILE.search(address.path):
        return False
    segments = path_segments(address.path)
    if not segments and not has_query_id(address, segments):
        return False
    return listed_as_article or looks_like_article(address, segments)


def within_age(candidate: Candidate, source: Source, now: datetime) -> bool:
    """Whether the latest date that feed or sitemap gives is within the source's `max_age_days`; unknown dates are kept.

    Dates in words are read in the source's languages and English. A time without offset is read in the source's zone,
    else in UTC.
    """
    if source.max_age_days is None:
        return True
    stated = (candidate.evidence.get("published"), candidate.evidence.get("updated"))
    zone = ZoneInfo(source.timezone) if source.timezone else UTC
    times = [
        time if time.tzinfo else time.replace(tzinfo=zone) for raw in stated if (time := _time(raw, source.languages))
    ]
    if candidate.modified_at is not None:
        times.append(candidate.modified_at)
    # Differences, since the limit itself may lie before the year 1.
    return not times or min(now - time for time in times) <= timedelta(days=source.max_age_days)


def aware_time(raw: str | None) -> datetime | None:
    """The instant that a feed's or sitemap's date states (ISO 8601, RFC 5322); None for one without offset."""
    time = _standard_time(raw.strip()) if raw and _is_set(raw) else None
    return time if time is not None and time.tzinfo is not None else None


_LONGEST_DATE = 100
# What programs write for a date that nobody set: the first of .NET, of Unix and of MySQL.
_UNSET = re.compile(r"^(?:0001-01-01|1970-01-01|0000-00-00)")


def _is_set(raw: str) -> bool:
    return len(raw) <= _LONGEST_DATE and not _UNSET.match(raw.strip())


def _standard_time(raw: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            time = parse(raw)
            # Offsets that leave the calendar fail here, not at the first comparison.
            return time.astimezone(UTC) if time.tzinfo else time
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


@lru_cache(maxsize=1024)
def _time(raw: str | None, languages: tuple[str, ...]) -> datetime | None:
    if not raw or not _is_set(raw):
        return None
    time = _standard_time(raw.strip())
    if time is None:
        # Few languages: trying all costs a tenth of a second for each text that is no date. A whole date or nothing:
        # of a part the library would guess the rest from today's.
        known = [language for language in dict.fromkeys((*languages, "en")) if language in language_order]
        settings = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
        with suppress(ValueError, OverflowError):
            time = dateparser.parse(raw, languages=known, settings=settings)
    return time


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split())


# Path segments, whole words, that lead to lists, people or services, in the languages that outlets mix.
_NAVIGATION = _words("""
    tag tags topic topics keyword keywords category categories author authors writer writers contributor contributors
    columnist profile profiles user users member members account search login signin sign-in register signup logout
    subscribe subscription newsletter newsletters about about-us aboutus contact contact-us contactus privacy
    privacy-policy terms terms-of-use terms-of-service terms-and-conditions cookies cookie-policy advertise careers
    faq help sitemap rss feed feeds atom page print share comments cart shop wp-admin wp-content wp-json wp-login
    cdn-cgi api
    وسم وسوم الوسوم تاج تصنيف تصنيفات التصنيف فئة كاتب الكاتب كتاب الكتاب مؤلف محرر بحث البحث دخول تسجيل تسجيل-الدخول
    من-نحن عن-الموقع اتصل-بنا تواصل-معنا سياسة-الخصوصية الخصوصية شروط-الاستخدام أعلن-معنا صفحة خريطة-الموقع
    برچسب برچسب-ها دسته دسته-بندی نویسنده جستجو ورود درباره-ما تماس-با-ما
    תגית תגיות קטגוריה מחבר כותב חיפוש אודות צור-קשר
    etiket etiketler kategori kategoriler yazar yazarlar arama giris hakkimizda hakkımızda giriş iletisim gizlilik kunye
    mot-cle categorie auteur auteurs recherche connexion a-propos qui-sommes-nous mentions-legales
    politique-de-confidentialite abonnement
    schlagwort schlagworte kategorie autor autoren suche anmelden impressum datenschutz kontakt ueber-uns über-uns seite
    thema themen
    etiqueta etiquetas categoria autores buscar busqueda contacto acerca-de quienes-somos aviso-legal tema temas
    autore cerca ricerca contatti chi-siamo argomento argomenti pagina busca sobre contato
    тег теги метка автор авторы поиск контакты о-нас рубрика
    """)
# Of these, what leads to lists of articles.
_LISTS = _words("""
    tag tags topic topics keyword keywords category categories وسم وسوم الوسوم تصنيف تصنيفات التصنيف فئة برچسب دسته
    תגית קטגוריה etiket kategori kategoriler categorie schlagwort kategorie thema themen etiqueta categoria tema temas
    argomento argomenti тег рубрика
    """)
# Scripts of old content systems that take an id but list articles.
_LISTING_SCRIPTS = _NAVIGATION | _words("section sections cat list archive قسم أقسام")
# Segments after which even a short number is an article's.
_ARTICLE_WORDS = _words("""
    article articles news story stories post posts node detail details newsdetails view archives item content read
    خبر أخبار مقال مقالات موضوع قصة haber artikel nachrichten noticia noticias nouvelle actualite новости
    """)
_ID_PARAMETERS = frozenset(
    {
        "id", "aid", "nid", "sid", "artid", "articleid", "article_id", "newsid", "news_id", "idnews", "storyid",
        "story_id", "postid", "post_id", "contentid", "content_id", "itemid", "item_id", "news", "story", "article",
        "artno", "idx",
    }
)  # fmt: skip
# Names of ids that we do not list: `SerialNo`, `ArtNr`; those of lists begin otherwise.
_ID_NAME = re.compile(r"^(?!cat|sec|page|tag|auth|user|site|topic|menu|item|session)\w*(?:id|no|nr|num)$")
_LONG_NUMBER = re.compile(r"^\d{4,12}$")
_MEDIA_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp[34]|m4[av]|mpe?g|webm|avi|mov|flv|wmv|ogg|oga|wav|aac|m3u8|ts"
    r"|pdf|docx?|xlsx?|pptx?|epub|zip|rar|gz|7z|tar|apk|exe|dmg|css|js|json|xml|rss|atom|txt|csv|woff2?|ttf|eot|swf)$",
    re.IGNORECASE,
)
_INDEX = re.compile(r"^(?:index|default|home|main|amp)$")
_PAGE_SUFFIX = re.compile(r"\.(?:[sp]?html?|php\d?|aspx?|jsp|cfm|cgi|do)$", re.IGNORECASE)
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_MONTH = re.compile(r"^(?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}$")
_DAY = re.compile(r"^(?:0?[1-9]|[12]\d|3[01])$")
_WHOLE_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d([-_]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)")
_NUMBER_IN_SLUG = re.compile(r"(?:^|[-_.~!,])[a-z]{0,3}\d{5,}(?=[-_.~!,]|$)")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD_BREAK = re.compile(r"[-_.~+,\s،]+")
_LINK_WORDS = _words("and of the a an in on to for et de la le les des y el los und der die das e di do da")
_SLUG_WORDS = 4


def path_segments(path: str) -> list[str]:
    """The path's segments, decoded, folded, without file suffix; those that name an index page left out."""
    segments = [fold(_PAGE_SUFFIX.sub("", unquote(segment).strip())) for segment in path.split("/")]
    return [segment for segment in segments if segment and not _INDEX.match(segment)]


def looks_like_article(address: SplitResult, segments: list[str]) -> bool:
    """Whether a URL's path or query has what articles' have, and no word of navigation; `segments` are its path's."""
    if any(_WORD_BREAK.sub("-", segment) in _NAVIGATION for segment in segments):
        return False
    if has_query_id(address, segments):
        return True
    if not segments:
        return False
    return _has_id(segments) or _is_dated(segments) or _is_headline_like(segments[-1])


def is_service(segments: list[str]) -> bool:
    """Whether the path's segments lead to people or to a service, such as the search."""
    return any(_WORD_BREAK.sub("-", segment) in _NAVIGATION - _LISTS for segment in segments)


def has_query_id(address: SplitResult, segments: list[str]) -> bool:
    """An article's id in the query: `news.aspx?id=12`, `?p=123` (WordPress, on the front page only)."""
    pairs = [(name.lower(), value) for name, value in parse_qsl(address.query)]
    if (segments and segments[-1] in _LISTING_SCRIPTS) or any(fold(value) in _LISTING_SCRIPTS for _, value in pairs):
        return False
    names = _ID_PARAMETERS if segments or address.path.strip("/") else _ID_PARAMETERS | {"p"}
    if any(name in names and value[:1].isdigit() for name, value in pairs):
        return True
    return bool(segments) and any(_ID_NAME.match(name) and _LONG_NUMBER.match(value) for name, value in pairs)


def _has_id(segments: list[str]) -> bool:
    for before, segment in zip(["", *segments], segments, strict=False):
        if segment.isdigit() and (len(segment) >= 5 or (before in _ARTICLE_WORDS and not _YEAR.match(segment))):
            return True
    last = segments[-1]
    if last.isdigit():
        return len(last) == 4 and not _YEAR.match(last)
    if _NUMBER_IN_SLUG.search(last) or _UUID.search(last):
        return True
    return any(_is_token(word) for word in _WORD_BREAK.split(last))


def _is_token(word: str) -> bool:
    """A machine's id of letters and digits, such as `c4gz9x1w2ryo`."""
    digits = sum(character.isdigit() for character in word)
    return len(word) >= 10 and word.isascii() and word.isalnum() and 2 <= digits < len(word)


def _is_dated(segments: list[str]) -> bool:
    """A date with something after it: a day's or month's archive ends with the date."""
    for index, segment in enumerate(segments):
        rest = segments[index + 1 :]
        if _WHOLE_DATE.search(segment) and (rest or not _WHOLE_DATE.fullmatch(segment)):
            return True
        if _YEAR.match(segment) and len(rest) > 1 and _MONTH.match(rest[0]):
            after = rest[2:] if _DAY.match(rest[1]) else rest[1:]
            return any(not word.isdigit() or len(word) > 2 for word in after)
    return False


def _is_headline_like(segment: str) -> bool:
    """Four words or more, link words not counted: a section's name has fewer."""
    words = [word for word in _WORD_BREAK.split(segment) if word and not word.isdigit() and word not in _LINK_WORDS]
    return len(words) >= _SLUG_WORDS
