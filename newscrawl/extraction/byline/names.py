"""Whose name a short text is: a person's, a news agency's, a named desk's, or nobody's.

Told from the text alone, so the rules are narrow: a name holds no word of sentences, of pages or of organisations, and
in a script that has capitals every word of it but particles begins with one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from newscrawl.text.fold import fold_key

# Words of sentences and of the calendar, which no name holds.
_SENTENCE_WORDS = (
    "في من إلى على عن مع أن إن بعد قبل ضد بين خلال حول منذ حتى هذا هذه التي الذي كل لا لم لن ما هو هي كان قد"
    " از به در با را که است بود شد برای این آن تا بر"
    " של על עם נגד את אל לא כל בין אחרי לפני הוא היא"
    " the a an of in on at to for from with is are was were this that no not all its his her their"
    " monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december night morning evening noon day week month year today tomorrow"
    " montag dienstag mittwoch donnerstag freitag samstag sonntag nach bis zu für mit aus vom zum zur das dem ist"
    " januar februar märz juni juli oktober dezember uhr"
    " lundi mardi mercredi jeudi vendredi samedi dimanche sur dans pour avec lunes martes miércoles jueves viernes"
    " sábado domingo para bir bu için ile"
)
NO_NAME_WORDS = frozenset(fold_key(word) for word in _SENTENCE_WORDS.split())
"""Folded words that show a sentence or a date."""
# A preposition and a name are one word once folded, and in Egypt as printed.
_ALI = fold_key("علي")
# A name in Arabic, which folds to a word of sentences.
_ANNE = fold_key("آن")
# Kinds of organisations and parts of them, offices, networks.
_ORGANISATIONS = (
    "وكالة وكالات وكاله صحيفة جريدة موقع قناة تحرير التحرير محرر المحرر محررة هيئة فريق شبكة رويترز مكتب"
    " مراسلون مراسلو متابعات خاص ترجمات ترجمة القسم قسم إدارة الإدارة أخبار الأخبار غرفة نيوز بوابة مجلة تلفزيون"
    " اليوم وحدة بالعربي عربي ادمن أدمن كاتب دوت بريس برس ميديا أونلاين اونلاين تايمز بوست"
    " خبرگزاری ایسنا سردبیر دبیر سرویس گروه روزنامه خبر מערכת חדשות כתבי סוכנויות"
    " foto fotos photo photos quelle source deutsche welle admin administrator developed"
    " editor editors editorial editoriale staff desk team news newsroom agency agencies press media"
    " redaktion redaction rédaction redacción redaccion redazione redactie online"
    " reuters afp ap dpa apa ansa efe tass xinhua bloomberg"
    " webmaster logo guest contributor contributors correspondent reporter reporters writer writers columnist"
    " journalist journalistin redakteur redakteurin chefredakteur author autor autorin unknown anonymous anónimo"
    " anonym gast invitado unbekannt user"
    " service network tv radio gazette times post daily journal magazine magazin website sport sports"
    " company foundation stiftung institute institut association ministry university group inc ltd gmbh ag llc"
    " corporation club board wire report reports pressestelle pressemitteilung presse verlag"
    " haber merkezi ajansı ajans servisi masası haberler"
)
ORGANISATION_WORDS = frozenset(fold_key(word) for word in _ORGANISATIONS.split())
"""Folded words that show an organisation or an office: whoever's name holds one is no person."""
# How outlets end the one word that they are called by.
_OUTLET_ENDS = tuple(fold_key(end) for end in ("بريس", "نيوز", "ميديا", "پرس", "نیوز", "press", "news", "media"))
# What links, buttons and labels beside a byline say.
_BUTTONS = (
    "posted published veröffentlicht read more posts view about comment comments kommentar kommentare login archive"
    " archiv profile profil biography follow share teilen melden contact kontakt subscribe newsletter edit home"
    " startseite copyright twitter facebook instagram linkedin email whatsapp youtube tiktok telegram pinterest xing"
    " mastodon threads bluesky rss"
    " 다른기사 기사 기사보기 보기 더보기 구독 구독하기 기자페이지 フォロー フォローする 記事一覧 一覧 关注 更多 订阅"
)
# What heads the boxes of facts about an article or its author.
_LABELS = (
    "معلومات تفاصيل بيانات المقال المقالة المقالات مقالات الخبر الموضوع الكاتب الكاتبة صفحة نبذة سيرة المزيد جميع"
    " القراءة النشر درباره نویسنده بیشتر بخوانید جزئیات اطلاعات مقاله زانیاری بابەت وردەکاری"
    " פרטי הכתבה הכותב הכותבת הכתבה המאמר אודות עוד כתבות מאמרים"
    " article articles detail details info information informations informationen about artikel beiträge über"
    " détails infos articulo artículo detalles información autora artigo detalhes informações sobre articolo"
    " dettagli informazioni hakkında detay detayları bilgileri yazarı yazıları tentang berita informasi об авторе"
    " статье подробности информация szczegóły artykułu informacje autorze o cikkről részletek"
)
LABEL_WORDS = frozenset(fold_key(word) for word in _LABELS.split() if len(word) > 1)
"""Folded words of labels: whoever's name holds one is nobody."""
_NO_PERSON_WORDS = LABEL_WORDS | ORGANISATION_WORDS | {fold_key(word) for word in _BUTTONS.split()}
_NAME_PARTICLES = "de da do dos das del della di du la le los van von der den ter ten bin ibn al el y e af av zu zur i"
_PARTICLES = frozenset(_NAME_PARTICLES.split())
# News agencies as they are credited. Those of the Arabic, Persian, Hebrew and Turkish press are left out: its pages
# print them as the source of a report, beside its author or in place of one.
_AGENCIES = (
    "AAP|Adnkronos|AFP|Agence France-Presse|Agence France Presse|Agencia EFE|AGI|ANI|ANP|ANSA|AP|AP News|APA|"
    "Associated Press|The Associated Press|Australian Associated Press|Belga|Bernama|Bloomberg|Bloomberg News|BTA|"
    "Canadian Press|The Canadian Press|CNA|ČTK|Deutsche Presse-Agentur|dpa|dpa-AFX|dpa infocom|dts Nachrichtenagentur|"
    "EFE|epd|Europa Press|IANS|Interfax|Jiji Press|Keystone-SDA|KNA|Kyodo|Kyodo News|LaPresse|Lusa|MTI|NTB|PA|PA Media|"
    "PAP|Press Association|Press Trust of India|PTI|Reuters|RIA Novosti|Ritzau|SDA|SID|STT|Tanjug|TASS|Télam|TT|"
    "Ukrinform|UPI|Xinhua|Yonhap|Yonhap News Agency|ATS|Keystone-ATS|共同通信|時事通信|연합뉴스|新华社|新華社"
)
_AGENCY_KEYS = frozenset(fold_key(name) for name in _AGENCIES.split("|"))
# The agencies of these presses, whose names are words of sentences too: credits where nothing else stands beside them.
_CREDITED_AGENCIES = (
    "رويترز|فرانس برس|وكالة الصحافة الفرنسية|أ ف ب|أف ب|أسوشيتد برس|أسوشييتد برس|أ ب|د ب أ|إفي|آكي|تاس|نوفوستي|سبوتنيك"
    "|شينخوا|الأناضول|أناضول|بلومبرغ|بترا|واس|وام|قنا|كونا|بنا|العمانية|سانا|وفا|معا|واع|أ ش أ|أش أ|وات|واج|و م ع|وال"
    "|سونا|سبأ|نينا|إرنا|ايرنا|إسنا|ايسنا|تسنيم|وكالات|الوكالات|خبرگزاری‌ها|آسوشیتدپرس|خبرگزاری فرانسه"
    "|רויטרס|סוכנויות|Anadolu Ajansı|Anadolu Agency|AA|İHA|DHA|ANKA|BBC|DW|RFI|France 24|France24|فرانس 24|فرانس24|rtr"
    "|ANF|ROJ|IRNA|ISNA|WAM|SPA|KUNA|QNA|Petra|MENA"
    "|agencies|agences|agencias|agenturen|agenzie|agências|agentschappen|Agence"
)
_CREDITED_KEYS = _AGENCY_KEYS | frozenset(fold_key(name) for name in _CREDITED_AGENCIES.split("|"))
_AGENCY_KINDS = frozenset(
    map(fold_key, ("وكالة", "وكالات", "وكاله", "خبرگزاری", "agence", "agencia", "agenzia", "agentur"))
)
_LONGEST_AGENCY = 5
_DESKS = "staff redaktion rédaction redacción redazione redação redactie redaksjonen redaktionen redakcja newsroom desk"
_DESK_WORDS = frozenset(fold_key(word) for word in _DESKS.split())
# Cities of two words, which a place line or a dateline names beside the author.
_CITIES = (
    "New York|Los Angeles|San Francisco|New Delhi|Hong Kong|Tel Aviv|Abu Dhabi|Sao Paulo|Buenos Aires|Den Haag|"
    "The Hague|Kuala Lumpur|Mexico City|Cape Town|Las Vegas|San Diego|Washington DC|Rio de Janeiro|Phnom Penh|"
    "أبو ظبي|تل أبيب|بورت سودان|عين عيسى|بيت لحم|خان يونس|دير الزور|بور سعيد|شرم الشيخ|تل آویو|תל אביב"
)
_CITY_KEYS = frozenset(fold_key(name) for name in _CITIES.split("|"))
# Where reports are filed from, as the Arabic press heads its bylines.
_FILED_FROM = (
    "القاهرة الإسكندرية بيروت دمشق حلب بغداد أربيل البصرة الرياض جدة مكة دبي أبوظبي الشارقة الدوحة الكويت المنامة مسقط"
    " صنعاء عدن عمان عمّان القدس غزة نابلس الخرطوم بورتسودان طرابلس بنغازي تونس الجزائر الرباط نواكشوط مقديشو جيبوتي"
    " لندن باريس واشنطن نيويورك موسكو كييف بكين طوكيو أنقرة إسطنبول اسطنبول طهران برلين جنيف فيينا بروكسل روما مدريد"
    " أثينا نيودلهي إسلام‌آباد كابول نيروبي"
)
_FILED_KEYS = frozenset(
    map(fold_key, (*_FILED_FROM.split(), "رام الله", "الدار البيضاء", "إسلام آباد", "الأمم المتحدة"))
)
_JUNK = re.compile(r"https?:|www\.|@|\d|[<>{}\[\]#=_?؟!:]|\.(?:com|net|org|png|jpg)\b", re.IGNORECASE)
# One word by which a writer calls himself, digits and underlines among it, but no address and no host.
_PSEUDONYM = re.compile(r"(?=(?:.*[^\W\d_]){3})[\w'’\-]{4,30}")
# Accounts of whoever keeps the site.
_ACCOUNT = re.compile(r"admin|redak|editor|^user\d")
# Names in scripts that part no words.
_UNSPACED_LETTER = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
_UNSPACED = re.compile(_UNSPACED_LETTER + "{2,5}")
# Letters that points, strokes or blanks part.
_INITIALS = re.compile(rf"(?!{_UNSPACED_LETTER})[^\W\d_](?:(?:\s*[./\\|]\s*|\s+)[^\W\d_]){{1,4}}\s*\.?")
MOST_WORDS = 6
"""Most words of a name."""


def is_person(name: str, outlets: Iterable[str] = ()) -> bool:
    """Whether a short text reads like the name of a person, not of an organisation, a place line or a sentence."""
    words = name.split()
    if not 1 <= len(words) <= MOST_WORDS or not 2 <= len(name) <= 60 or _JUNK.search(name):
        return False
    keys = fold_key(name).split()
    if not keys or set(keys) & _NO_PERSON_WORDS or is_organisation(name) or is_filing_place(name) or is_initials(name):
        return False
    if any(fold_key(outlet) == " ".join(keys) for outlet in outlets):
        return False
    if _UNSPACED.fullmatch(name):
        return True
    if has_capitals(name):
        return len(words) > 1 and is_capitalised(name) and not sentence_words(name)
    return len(words) > 1 and not sentence_words(name) - {_ANNE}


def is_organisation(text: str) -> bool:
    """Whether a text holds a word of organisations, or one that ends as outlets' names do."""
    words = fold_key(text).split()
    return not ORGANISATION_WORDS.isdisjoint(words) or any(word.endswith(_OUTLET_ENDS) for word in words)


def sentence_words(text: str) -> set[str]:
    """The folded words of a text that no name holds. The preposition على reads like the name علي: it is a name where it
    has its dots, where it ends the text, and where the words beside it are written without theirs."""
    found = set(fold_key(text).split()) & NO_NAME_WORDS
    if _ALI in found:
        printed = text.split()
        dotless = any(word.endswith("ى") for word in printed if fold_key(word) != _ALI)
        if "علي" in printed or fold_key(printed[-1]) == _ALI or dotless:
            found.discard(_ALI)
    return found


def is_plain_name(name: str) -> bool:
    """Whether two to four words hold nothing that shows a sentence or a noun: a guess, so it is a narrow one."""
    words = fold_key(name).split()
    if _UNSPACED.fullmatch(name):
        return True
    return (
        2 <= len(words) <= 4
        and is_person(name)
        and not sentence_words(name)
        and not (words[0].startswith("ال") and len(words[0]) > 3)
        and is_capitalised(name)
    )


def is_pseudonym(name: str, outlets: Iterable[str] = ()) -> bool:
    """Whether one word may be what a writer calls himself, where elements say that it names the author.

    Only in scripts with capitals, and in those that part no words: one word of Arabic or Hebrew is a place or a desk
    more often than a name, and capitals alone are an organisation's initials.
    """
    if _UNSPACED.fullmatch(name):
        return is_person(name, outlets)
    key = fold_key(name)
    return (
        bool(_PSEUDONYM.fullmatch(name))
        and has_capitals(name)
        and not name.isupper()
        and key not in _NO_PERSON_WORDS | NO_NAME_WORDS
        and not _ACCOUNT.search(key)
        and not is_agency(name)
        and all(squeezed(outlet) != squeezed(name) for outlet in outlets)
    )


def is_credited_organisation(name: str, outlets: Iterable[str] = ()) -> bool:
    """Whether a name that structured data give as an author's is a news agency's or a named desk's ("Harbour staff").

    A desk without a name names nobody, and the outlet itself is none.
    """
    if any(squeezed(outlet) == squeezed(name) for outlet in outlets):
        return False
    return is_agency(name) or _is_named_desk(name)


def is_agency(name: str) -> bool:
    """Whether a text is the name of a news agency."""
    return fold_key(name) in _AGENCY_KEYS


def is_credited_agency(text: str) -> bool:
    """Whether a text that stands by itself as a credit is a news agency's name, those of any press among them."""
    words = fold_key(text).split()
    by_kind = 1 < len(words) <= _LONGEST_AGENCY and words[0] in _AGENCY_KINDS and not sentence_words(text)
    return by_kind or fold_key(text) in _CREDITED_KEYS


def is_initials(text: str) -> bool:
    """Whether a text is nothing but the initials of a name; in scripts with capitals two are a country's as often."""
    least = 3 if has_capitals(text) else 2
    return _INITIALS.fullmatch(text.strip()) is not None and sum(map(str.isalpha, text)) >= least


def _is_named_desk(name: str) -> bool:
    words = fold_key(name).split()
    return (
        2 <= len(words) <= MOST_WORDS
        and (words[0] in _DESK_WORDS or words[-1] in _DESK_WORDS)
        and bool(set(words) - ORGANISATION_WORDS - NO_NAME_WORDS)
    )


def is_filing_place(text: str) -> bool:
    """Whether a text is a city that the Arabic press files reports from."""
    key = fold_key(text)
    return key in _FILED_KEYS or key in _CITY_KEYS


def is_capitalised(name: str) -> bool:
    """Whether every word that has a case begins with a capital, particles of names and kinds of outlets aside."""
    return not any(
        word[0].islower()
        and word not in _PARTICLES
        and fold_key(word) not in ORGANISATION_WORDS
        # d'Angelo, al-Masri, o'Brien: the capital may stand behind the particle.
        and not re.match(r"\w{1,3}['’\-][^\W\d_]", word)
        for word in name.split()
    )


def has_capitals(name: str) -> bool:
    """Whether a name is written in a script that has capitals."""
    letter = next((character for character in name if character.isalpha()), "")
    return bool(letter) and (letter.isascii() or letter.lower() != letter.upper() or _is_latin(letter))


def _is_latin(letter: str) -> bool:
    return "LATIN" in unicodedata.name(letter, "")


def squeezed(name: str) -> str:
    """The folded letters and digits of a name without its spaces, as hosts write names."""
    return fold_key(name).replace(" ", "")
