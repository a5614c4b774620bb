"""The words by which pages head a block of related links, and those that head other furniture.

Patterns are matched against `fold_key` of a whole short text (accents, vowel signs and spelling variants gone).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import lru_cache

from newscrawl.extraction import headings
from newscrawl.text.fold import fold_key


class Heading(StrEnum):
    """What a short text heads."""

    READ_ALSO = "read_also"
    """An invitation to read on: what follows is related, link or not."""
    RELATED = "related"
    """A name for related matter: what follows is related where it is links or headline lines."""
    MORE = "more"
    """Words of related blocks and of buttons alike: only links that follow are related."""
    REPLIES = "replies"
    """Comments, newsletters, polls: the box that it heads is not body, links or not."""
    FURNITURE = "furniture"
    """Most-read, latest, picks, follow-us, tags: links that follow are neither related nor body."""


_LONGEST = 60

_ARABIC_THINGS = (
    r"(?:ال)?(?:اخبار|خبر|موضوع|موضوعات|مواضيع|مقالات|مقال|تقارير|"
    r"قصص|مواد|روابط|فيديوهات|محتوي|عناوين|ملفات|قضايا|متعلقات)"
)
_READ_ALSO = (
    # Arabic
    r"(?:ا?قرا|ا?قراوا|ا?قرئي|طالع|طالعوا|شاهد|شاهدوا|شاهدي|انظر|تابع|تصفح|استمع|اطلع)(?: علي)? (?:ايضا|ايضن"
    r"|كذلك)(?: (?:علي|في|عن|من)(?: ال\w+| هذا السياق)?)?"
    r"|ا?قرا (?:في|عن) (?:هذا|ذات|نفس) (?:السياق|الموضوع|الشان)"
    r"|وا?قرا ايضا|ايضا ا?قرا|لا (?:يفوتك|يفوتكم|تفوتك|تفوتكم|يفتك|تفوت|تفوتوا)(?: قراءه| مشاهده| متابعه)?",
    r"(?:قد|ربما) ?(?:ايضا )?(?:يهمك|يهمكم|يعجبك|يعجبكم|تهمك|تعجبك)(?: ايضا| كذلك| قراءه| قراه| مشاهده"
    r"| الاطلاع علي)*",
    r"(?:يمكنك|يمكنكم) (?:ايضا )?(?:قراءه|قراه|متابعه|الاطلاع علي)(?: ايضا| المزيد)?",
    # Persian
    r"(?:بيشتر|همچنين|همچنان|اين را هم|اينها را هم|هم) (?:بخوانيد|ببينيد|بدانيد|بشنويد)(?: بيشتر)?|بخوانيد|بيشتر بخوان",
    r"(?:اين )?(?:مطالب|خبرها|اخبار|مطلب|خبر|گزارش|مقاله|يادداشت) را (?:هم |نيز )?(?:بخوانيد|ببينيد|از دست ندهيد)",
    # Hebrew
    r"(?:קראו|קרא|קראי|צפו|ראו|לקריאה) (?:גם|עוד)(?: ב\w+| כאן)?|(?:כתבות ש)?(?:אולי יעני?י(?:ן|נו)|עשויו?ת? לעני?ין"
    r"|יעני?י(?:ן|נו)) (?:אותך?|אתכם|אתכן)(?: גם)?"
    r"|עוד (?:כתבות )?בנושא(?: זה)?|לקריאה נוספת|ל?כתבות נוספות",
    # Turkish
    r"(?:bunu|bunlari|bunları|sunu|bunu da|bunlari da|bunları da) (?:da )?(?:oku|okuyun|okuyabilirsiniz)"
    r"|ayrica (?:oku|okuyun|bakiniz)"
    r"|ayrıca (?:oku|okuyun|bakınız)|buna da bak(?:in|ın)?|(?:bu haberler |bunlar )?(?:da |de )?ilginizi cekebilir"
    r"|okumadan gecme(?:yin)?|okumaya devam (?:et|edin)",
    # English
    r"(?:also read|read also|see also|also see|watch also|also watch|you (?:may|might|could"
    r"|will) (?:also )?(?:like|be interested in|enjoy)"
    r"(?: to read)?|dont miss|don t miss|further reading|more on this(?: story| topic| subject)?|must read"
    r"|recommended reading|(?:what to )?read next|keep reading|also of interest|you may have missed"
    r"|in case you missed it)",
    # French
    r"(?:a )?(?:lire|voir|ecouter|decouvrir|lisez)(?: et voir)? (?:aussi|egalement)(?: sur \w+)?"
    r"|lire aussi notre \w+|a lire(?: sur le sujet)?"
    r"|(?:a lire |lire )?sur le meme (?:sujet|theme)|vous aimerez aussi|cela peut vous interesser|a ne pas manquer"
    r"|pour aller plus loin",
    # German
    r"(?:lesen|lies|sehen|horen) (?:sie )?(?:hierzu )?auch|auch (?:interessant|lesenswert)|siehe auch|(?:mehr"
    r"|alles|weiteres) (?:zum|zu diesem) thema"
    r"|lesen sie (?:mehr|hier|weiter)(?: zum thema| dazu)?|mehr dazu|das konnte (?:sie"
    r"|dich) (?:auch )?interessieren|passend dazu"
    r"|zum weiterlesen|mehr zu diesem artikel|lesetipps?",
    # Spanish (and its neighbours)
    r"(?:lea|lee|leer|leia|ver|vea|mira|mire|te puede|le puede|quiza(?:s)? te) (?:tambien|tambem|mas|interesar"
    r"|interese)(?: en este tema)?"
    r"|(?:tambien|tal vez) (?:te|le) (?:puede|podria) interesar|te puede interesar(?: tambien)?"
    r"|mas sobre (?:este|el) tema|en este tema"
    r"|leggi anche|leia mais|veja tambem|lees ook|las ocksa|les ogsa|laes ogsa|przeczytaj (?:takze|rowniez)"
    r"|czytaj (?:takze|tez|rowniez)"
    r"|citeste si|cititi si|читайте также|читайте еще|смотрите также|читаите также|читаи также|диви се и"
    r"|прочетете още|διαβαστε (?:επισης|ακομη)",
)  # fmt: skip
_RELATED = (
    rf"{_ARABIC_THINGS} (?:متعلقه|مرتبطه|مشابهه|مماثله|قريبه|ذو صله|ذات (?:ال)?(?:صله"
    rf"|علاقه))(?: ب\w+)*(?: بالموضوع| بالخبر)?"
    rf"|{_ARABIC_THINGS} (?:المتعلقه|المرتبطه|المشابهه|ذات الصله)(?: بالموضوع| بالخبر)?|(?:ذات|ذو) (?:صله"
    rf"|علاقه)(?: بالموضوع)?"
    rf"|{_ARABIC_THINGS} (?:قد|ربما) (?:تهمك|تعجبك|يهمك|يعجبك)|متعلقات|في نفس الموضوع|(?:مواضيع|موضوعات|مقالات) اخري"
    r"|حول (?:نفس )?(?:هذا )?الموضوع|حول (?:هذه (?:القصه|القضيه)|(?:هذا|نفس|ذات) (?:الخبر|الملف))"
    r"|(?:ال|لل)مزيد (?:حول|عن|في) (?:هذا |نفس )?(?:الموضوع|الخبر)",
    r"(?:مطالب|اخبار|خبرها|خبرهاي|خبر|مطلب|نوشته ?ها|نوشته ?هاي|مقالات|لينك ?هاي|گزارش ?هاي|محتواي|موضوعات"
    r"|عناوين) (?:هاي )?(?:مرتبط|مشابه|وابسته)"
    r"|در (?:همين|اين) (?:زمينه|رابطه|باره|مورد)|مرتبط(?: ?ها)?",
    r"(?:כתבות|ידיעות|חדשות|תכנים|נושאים|מאמרים|עוד כתבות) (?:קשורות|קשורים|דומות|נוספות בנושא|בנושא"
    r"|שעשויות לעני?ין אותך)",
    r"(?:ilgili|benzer|iliskili|ilişkili|baglantili|bağlantılı) (?:haber|haberler|haberleri|icerik|icerikler"
    r"|yazilar|yazılar|konular|makaleler)"
    r"|konuyla ilgili(?: haberler)?",
    r"related(?: (?:stories|story|articles?|news|posts?|content|topics?|coverage|reading|links?|items"
    r"|material))?|more (?:stories )?like this"
    r"|(?:more )?(?:similar|linked) (?:stories|articles|news|posts)|more (?:on|about) (?:the|this) (?:story"
    r"|topic|subject|issue)|in this story",
    r"(?:articles?|sujets?|contenus?|liens|dossiers?|nos articles|actualites) (?:lies|liees?|connexes|associes"
    r"|similaires|en lien|sur le meme (?:sujet|theme))|en lien avec (?:cet article|ce sujet)",
    r"(?:verwandte|ahnliche|weitere|mehr|passende) (?:artikel|themen|beitrage|meldungen|nachrichten"
    r"|inhalte)(?: zum thema)?|zum thema|links zum thema|thema verwandt",
    r"(?:noticias?|articulos?|notas?|contenidos?|temas?|enlaces|informacion|entradas"
    r"|noticias mas) (?:relacionad[oa]s?|similares|relacionadas)|relacionad[oa]s?",
)  # fmt: skip
_MORE = (
    r"(?:ا?قرا|ا?قراي|تابع|طالع|شاهد|ل?ل?معرفه|ل)? ?(?:ال|لل|ل)?مزيد(?: من(?: ال\w+| \w+)?| عن| حول| في)?"
    # "In the same context" is a subheading of articles as well.
    r"|للمزيد(?: ا?قرا| طالع)?|(?:و?في) (?:نفس|ذات|هذا) السياق|و?في سياق متصل|ا?قرا|طالع|شاهد|التفاصيل|في نفس السياق",
    r"read more(?: on this(?: story)?| about)?|more|see more|read|related|watch|מידע נוסף|devamini oku|devamı"
    r"|lire la suite|en savoir plus|lire"
    r"|weiterlesen|mehr|mehr lesen|weitere informationen|leer mas|mas informacion|seguir leyendo|leia|ادامه"
    r"|ادامه مطلب|بيشتر",
)  # fmt: skip
# "Read also on our site", on a line of its own or before a mark.
_READ_ON = (r"(?:ا?قرا|ا?قراوا|طالع|شاهد|تابع) ايضا (?:علي|في|عن|من|حول)(?: \w+){1,4}",)
# "More about the reservoirs": over links alone, and on one line with them only before a separator.
_TOPICAL = (
    r"(?:ال)?مزيد من (?:ال)?(?:اخبار|مقالات|مواضيع|موضوعات|تقارير) (?:عن|حول|بشان)(?: \w+){1,5}",
    # A single word is as often the name of a section or of the site.
    r"(?:ال)?مزيد (?:عن|حول|بشان)(?: \w+){2,5}",
    r"more (?:news |stories )?(?:on|about)(?: \w+){2,4}|mehr (?:zu|uber)(?: \w+){2,4}|mas sobre(?: \w+){2,4}"
    r"|mais sobre(?: \w+){2,4}|plus d infos sur(?: \w+){2,4}",
)
_FURNITURE = (
    r"(?:ال)?اكثر (?:قراءه|قراه|مشاهده|تداولا|شيوعا|تعليقا|رواجا|زياره|مشاركه|بحثا|شعبيه)(?: \w+)?"
    r"|(?:الاخبار )?الاكثر (?:قراءه|مشاهده|تداولا)",
    r"(?:اخر|احدث|ابرز|اهم|جديد|المزيد من|مزيد من|كل|جميع) (?:ال)?(?:اخبار|مستجدات|موضوعات|مقالات|فيديوهات"
    r"|تقارير|عناوين|الان)(?: \w+)?",
    r"اخترنا (?:لك|لكم)(?: \w+)?|ترشيحاتنا|نرشح (?:لك|لكم)|مختارات(?: \w+)?|اختيارات (?:القراء|المحرر|المحررين)"
    r"|من اختيارات المحرر|زوارنا يقراون(?: الان)?|يقراون الان|رايج|رائج(?: الان)?|الان",
    r"(?:تابعنا|تابعونا|تابعوا \w+|تابع \w+)(?: علي)?(?: \w+){0,3}|شارك(?: هذا)?(?: الخبر| المقال| الموضوع)?"
    r"|شاركها|مشاركه(?: الخبر| المقال)?",
    r"(?:ال)?(?:كلمات|كلمه) (?:ال)?(?:مفتاحيه|دلاليه|داله|دليليه)|(?:ال)?(?:وسوم|اوسمه|تاجات|تاجز|وسم|تاغات"
    r"|هاشتاغ)|مواضيع مميزه",
    r"(?:پربازديدترين|پربيننده ?ترين|پر ?بازديد|اخرين|تازه ?ترين|مهم ?ترين|داغ ?ترين)(?: ?ها)?(?: \w+)?"
    r"|برچسب ?ها|اخرين اخبار",
    r"(?:ה)?(?:כתבות )?(?:הנקראות|נקראות|הנצפות|הנצפים|הפופולריות) ביותר|(?:חדשות|ידיעות) אחרונות|עוד ב(?:חדשות"
    r"|\w+)|תגיות|מבזקים",
    r"(?:en )?cok (?:okunan|okunanlar|izlenen|izlenenler)(?: haberler)?|son (?:haberler|dakika|eklenenler)"
    r"|etiketler|gunun mansetleri",
    r"(?:most|top) (?:read|popular|viewed|shared|watched|stories|commented|recent)(?: \w+){0,2}"
    r"|(?:the )?latest(?: (?:news|stories|articles|posts|headlines|updates))?|trending(?: (?:now|stories|topics"
    r"|news))?"
    r"|editors? s? ?(?:picks?|choice)|recent (?:posts|articles|news)|popular(?: (?:now|posts|stories"
    r"|articles))?|recommended(?: for you| stories)?|top news|follow us(?: on)?(?: \w+){0,2}"
    r"|share(?: this)?(?: (?:story|article|post))?|tags?|filed under|more from (?:\w+ ?){1,4}"
    r"|about the authors?|sponsored(?: content)?|promoted(?: content)?",
    r"(?:les )?(?:articles )?(?:les )?plus (?:lus?|lues|vus|populaires|partages|commentes)|a la une"
    r"|(?:les )?dernieres (?:actualites|nouvelles|infos|news)|suivez nous(?: sur)?(?: \w+)?|mots cles|partager",
    r"(?:meist|am meisten )(?:gelesen|gelesene|gelesenen|geklickt|kommentiert)(?:e|en)?(?: artikel| beitrage)?"
    r"|(?:neueste|aktuelle|neuste) (?:artikel|nachrichten|meldungen|beitrage)|folgen sie uns|schlagworte?"
    r"|schlagworter|topthemen",
    r"(?:lo|las|los) mas (?:leido|leidas?|leidos|visto|vistas?|popular)|ultimas noticias|ultima hora"
    r"|siguenos(?: en)?|etiquetas|mas leidas|destacadas?",
)  # fmt: skip

_REPLIES = (
    r"(?:ال)?تعليقات(?: (?:الزوار|القراء|علي \w+))?|(?:اترك|اضف|اضافه|اكتب|شارك ب)(?: ال)? ?(?:تعليقا?|تعليقك"
    r"|رايك|رايا|رد|ردا)(?: \w+)?|شاركنا رايك|استطلاع(?: ال)? ?(?:راي)?"
    r"|(?:ال)?(?:نشره|قايمه)(?: ال)?(?:بريديه|يوميه|اخباريه|اخباريه اليوميه)?|(?:النشره|القايمه|نشرتنا"
    r"|النشرات) (?:البريديه|اليوميه|الاخباريه)|(?:اشترك|اشتركوا|اشتراك|الاشتراك)(?: الان| معنا)?(?: (?:في|ب|علي))?"
    r"(?: ?(?:ب?ال|لل)?(?:نشره|نشرتنا|نشراتنا|نشرات|قايمه|قايمتنا|قناه|قناتنا|خدمه|خدمتنا|بريد)(?: \w+){0,2})?"
    r"|شارك برايك",
    r"(?:نظرات|ديدگاه(?: ?ها)?(?:ي)?)(?: (?:كاربران|خوانندگان|مخاطبان|بينندگان|شما))?|نظر شما|ارسال نظر"
    r"|خبرنامه(?: \w+)?|نظرسنجي|תגובות|הוספת תגובה"
    r"|כתוב תגובה|הירשמו(?: ל\w+(?: \w+){0,2})?|yorumlar|yorum yap(?:in|ın)?|bulten(?: \w+)?|anket",
    r"(?:\d+ )?comments?|leave a (?:comment|reply)|write a comment|post a comment|join the (?:conversation"
    r"|discussion)|(?:sign up|subscribe)(?: (?:now|today|here))?(?: (?:to|for)(?: \w+){1,5})?|(?:our |daily "
    r"|the )*newsletters?(?: sign ?up)?|poll",
    r"(?:laisse[rz]|ecrire|poster) un commentaire|commentaires|(?:abonnez vous|inscrivez vous)(?: (?:a|au|aux"
    r"|pour)(?: \w+){1,5})?"
    r"|kommentare?(?: (?:lesen|anzeigen|zum artikel))?|kommentar schreiben|(?:deja|escribe) un comentario|comentarios"
    r"|suscribete(?: (?:a|al|para)(?: \w+){1,5})?|boletin(?: \w+)?",
)  # fmt: skip

# `fold` drops the hamza that stands alone and the seats of the others.
_AS_FOLDED = str.maketrans({"ء": None, "ئ": "ي", "ؤ": "و", "أ": "ا", "إ": "ا", "ة": "ه", "ى": "ي"})
_HEADS = {
    kind: tuple(f"(?:{pattern.translate(_AS_FOLDED)})" for pattern in patterns)
    for kind, patterns in (
        (Heading.READ_ALSO, (*_READ_ALSO, *_READ_ON)),
        (Heading.RELATED, _RELATED),
        (Heading.MORE, (*_MORE, *_TOPICAL)),
        (Heading.REPLIES, _REPLIES),
        (Heading.FURNITURE, _FURNITURE),
    )
}
_PATTERNS = tuple((kind, re.compile("|".join(patterns))) for kind, patterns in _HEADS.items())

_SET_PHRASES = {
    fold_key(phrase): kind
    for kind, lines in (
        (Heading.FURNITURE, headings.FURNITURE),
        (Heading.REPLIES, headings.REPLIES),
        (Heading.MORE, headings.MORE),
        (Heading.RELATED, headings.RELATED),
        (Heading.READ_ALSO, headings.READ_ALSO),
    )
    for line in lines
    for phrase in line.split("|")
}
# By their first word those that links may stand behind on one line, a space behind each.
_BY_FIRST_WORD: dict[str, list[str]] = {}
for _phrase, _kind in _SET_PHRASES.items():
    if _kind not in (Heading.FURNITURE, Heading.REPLIES):
        _BY_FIRST_WORD.setdefault(_phrase.partition(" ")[0], []).append(f"{_phrase} ")

_HEBREW_OR_ARABIC = re.compile("[\u0590-\u06ff]")
_OTHER_LETTERS = re.compile(r"[^\W\d_\u0590-\u06ff]")
_ESCAPED = re.compile(r"\\.")


def _one_of(*kinds: Heading) -> str:
    """One pattern for what heads these kinds. A text that begins in Latin letters is not tried against what is all
    Hebrew or Arabic, nor the other way round; no pattern begins with a letter of any kind."""
    patterns = [pattern for kind, heads in _HEADS.items() if kind in kinds for pattern in heads]
    semitic = "|".join(pattern for pattern in patterns if _HEBREW_OR_ARABIC.search(pattern))
    others = "|".join(pattern for pattern in patterns if _OTHER_LETTERS.search(_ESCAPED.sub("", pattern)))
    return rf"(?:(?![\u0590-\u06ff])(?:{others})|(?![a-z])(?:{semitic}))"


_ANY = re.compile(_one_of(*Heading))
# Words that a line may begin with before its links, a number before them, no letter behind them.
_OPENING = re.compile(rf"(?:\d{{1,2}} )?{_one_of(Heading.READ_ALSO, Heading.RELATED, Heading.MORE)}(?!\w)")


_NAMES_TOPIC = re.compile("|".join(pattern.translate(_AS_FOLDED) for pattern in (*_READ_ON, *_TOPICAL)))


# What a source calls its own blocks, while one of its pages is read: a dozen rules about neighbouring lines ask for
# headings, and none of them needs to know of sources.
_own_headings: ContextVar[frozenset[str]] = ContextVar("own_headings", default=frozenset())


@contextmanager
def with_headings(texts: Iterable[str]) -> Iterator[None]:
    """While this lasts, these texts too invite to read on."""
    before = _own_headings.set(frozenset(filter(None, map(fold_key, texts))))
    try:
        yield
    finally:
        _own_headings.reset(before)


def opens_heading(key: str) -> bool:
    """Whether a `fold_key` begins with words that head related links: a first look, much cheaper than `heading_of` on
    each of its beginnings."""
    own = _own_headings.get()
    set_phrases = _BY_FIRST_WORD.get(key.partition(" ")[0])
    if set_phrases and any(f"{key} ".startswith(phrase) for phrase in set_phrases):
        return True
    return _OPENING.match(key) is not None or bool(own and any(f"{key} ".startswith(f"{text} ") for text in own))


def names_topic(text: str) -> bool:
    """Whether a heading goes on with a topic, as sentences and headlines do that only begin like one."""
    return _NAMES_TOPIC.fullmatch(fold_key(text)) is not None


def is_button(key: str) -> bool:
    """Whether a `fold_key` is a set phrase of buttons: it heads what stands behind it on its line, and no list."""
    return _SET_PHRASES.get(key) is Heading.MORE


def heading_of(text: str, key: str | None = None) -> Heading | None:
    """What a short text heads when taken whole; None for any other text. `key` is its `fold_key`, where it is known."""
    if not 0 < len(text) <= _LONGEST:
        return None
    key, own = fold_key(text) if key is None else key, _own_headings.get()
    return Heading.READ_ALSO if own and key in own else _heading_of(key)


@lru_cache(maxsize=4096)
def _heading_of(key: str) -> Heading | None:
    if kind := _SET_PHRASES.get(key):
        return kind
    if not _ANY.fullmatch(key):
        return None
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(key)), None)
