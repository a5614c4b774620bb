"""A page's claim of its language held against its text."""

from __future__ import annotations

import pytest

from newscrawl.extraction import extract
from newscrawl.extraction.languages import by_script, language_of, may_be_in
from newscrawl.items import Evidence, Page
from tests.extraction.newspaper import URL, paragraphs, read, whole_page

ENGLISH = (
    "The engineers checked each pillar of the bridge twice before the first lorry was let over it on a cold morning. "
    "People of both banks came with flags and lamps, and the shops along the river stayed open until after midnight. "
    "The council wants to count the traffic for a full year and then to decide whether a second bridge is needed."
)
GERMAN = (
    "Die Ingenieure haben jeden Pfeiler der Brücke zweimal geprüft, bevor an einem kalten Morgen der erste Lastwagen "
    "über sie fahren durfte. Menschen von beiden Ufern kamen mit Fahnen und Lampen, und die Läden am Fluss blieben bis "
    "nach Mitternacht offen. Der Rat will ein Jahr lang den Verkehr zählen und dann entscheiden, ob es eine zweite "
    "Brücke braucht. Das Geld dafür ist im Haushalt noch nicht vorgesehen, sagte die Bürgermeisterin."
)
ARABIC = (
    "افتتح محافظ المدينة صباح اليوم حديقة عامة جديدة على ضفة النهر تضم ملاعب للأطفال ومكتبة صغيرة ومسارات للمشي. "
    "وقال المحافظ إن العمل في الحديقة استغرق عامين كاملين وشارك فيه متطوعون من أهالي الأحياء القريبة من النهر. "
    "ويتوقع القائمون على المشروع أن يزور الحديقة أكثر من ألف شخص كل يوم خلال أشهر الصيف المقبلة من هذا العام. "
    "وأضاف أن المرحلة الثانية من المشروع تبدأ بعد عام، وأن المدينة لا تنوي أن تفرض رسوما على من يدخل إلى الحديقة."
)
PERSIAN = (
    "مهندسان هر پایه پل را دو بار بررسی کردند و پس از آن نخستین کامیون در یک صبح سرد از روی آن گذشت. مردم هر دو سوی "
    "رود با پرچم و چراغ آمدند و مغازه‌های کنار رود تا پس از نیمه‌شب باز بود. شورای شهر می‌خواهد یک سال رفت و آمد را "
    "بشمارد و سپس تصمیم بگیرد که آیا پل دومی لازم است یا نه. شهردار گفت که پول این کار در بودجه امسال نیست."
)
SORANI = (
    "ئەندازیاران هەموو پایەکانی پردەکەیان دوو جار پشکنی پێش ئەوەی یەکەم بارهەڵگر لە بەیانییەکی سارددا بەسەریدا بڕوات. "
    "خەڵکی هەردوو کەناری ڕووبارەکە بە ئاڵا و چراوە هاتن و دوکانەکان هەتا دوای نیوەشەو کرانەوە. ئەنجومەنی شار دەیەوێت "
    "بۆ ماوەی ساڵێک هاتوچۆ بژمێرێت و پاشان بڕیار بدات کە ئایا پردێکی دووەم پێویستە یان نا. سەرۆکی شارەوانی گوتی کە "
    "پارەی ئەم کارە لە بودجەی ئەمساڵدا نییە و ئەوان لەگەڵ حکومەت قسە دەکەن."
)
KURMANJI = (
    "Endezyaran berî ku kamyona yekem di sibeheke sar de bi ser pirê re derbas bibe, her stûnek du caran kontrol "
    "kirin. Xelkê herdu aliyên çem bi al û çirayan hatin û dikan heta piştî nîvê şevê vekirî man. Meclisa bajêr "
    "dixwaze salekê hatûçûyê bijmêre û dû re biryarê bide ka pireke duyem pêwîst e an ne. Şaredar got ku pereyê "
    "vî karî di budceya îsal de tune ye û ew ê li ser vê yekê bi hikûmetê re biaxivin."
)
PASHTO = (
    "انجنیرانو د پله هره ستنه دوه ځله وکتله او بیا یې لومړی لارۍ ته اجازه ورکړه چې په یوه سړه سهار کې پرې تېره "
    "شي. د سیند د دواړو غاړو خلک له بیرغونو او څراغونو سره راغلل او هټۍ تر نیمې شپې وروسته هم خلاصې وې. د ښار "
    "شورا غواړي چې یو کال تګ راتګ وشمېري او بیا پرېکړه وکړي چې دویم پل ته اړتیا شته که نه. ښاروال وویل چې د دې "
    "کار پیسې د سږ کال په بودجه کې نه دي."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (ARABIC, "ar"),
        (PERSIAN, "fa"),
        (SORANI, "ckb"),
        (KURMANJI, "ku"),
        (PASHTO, "ps"),
    ],
)
def test_the_language_that_a_text_tells(text: str, language: str) -> None:
    assert language_of(text) == language
    assert may_be_in(text, language)
    article = read(whole_page(paragraphs(text), headline=text[:40]).replace(' lang="ar"', ""))
    assert (article.language, article.evidence["language"]) == (language, Evidence.TEXT)


@pytest.mark.parametrize("text", ["", ARABIC[:150], "Bridgeton: Okello 25 points. Stone 17 points. " * 12, "橋" * 90])
def test_too_little_text_tells_no_language(text: str) -> None:
    assert language_of(text) is None


@pytest.mark.parametrize("tag", ["ku", "ku-IQ", "ckb", "ckb-Arab"])
def test_kurdish_in_arabic_letters_is_sorani(tag: str) -> None:
    assert read(whole_page(paragraphs(SORANI), headline=SORANI[:40], lang=tag)).language == "ckb"
    assert by_script(KURMANJI, "ku") == "ku"
    assert read(whole_page(paragraphs(SORANI), headline=SORANI[:40], lang="ar")).language is None


@pytest.mark.parametrize("encoding", ["windows-1256", "utf-8"])
def test_an_arabic_page_that_declares_neither_encoding_nor_language(encoding: str) -> None:
    text = whole_page(paragraphs(ARABIC)).replace(' lang="ar"', "").replace('<meta charset="utf-8">', "")
    article = extract(Page(url=URL, body=text.encode(encoding)))
    assert (article.language, article.body) == ("ar", ARABIC)


@pytest.mark.parametrize(
    ("text", "language"), [(ENGLISH, "en"), (GERMAN, "de"), (ARABIC, "ar"), (ARABIC, "arz"), (PERSIAN, "fa")]
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert may_be_in(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "en"),
        (ENGLISH, "de"),
        (ENGLISH, "ar"),
        (ENGLISH, "ru"),
        (ENGLISH, "ja"),
        (ARABIC, "en"),
        (ARABIC, "he"),
        (ARABIC, "fa"),
        (PERSIAN, "ar"),
        (PERSIAN, "xx"),
    ],
)
def test_another_language_than_the_text_s(text: str, language: str) -> None:
    assert not may_be_in(text, language)


def test_too_little_text_contradicts_no_claim() -> None:
    assert may_be_in("Bern", "ar")
    assert may_be_in("Die Brücke ist offen.", "en")


def test_a_language_without_a_list_of_words_is_told_by_its_script() -> None:
    assert may_be_in(GERMAN, "zu")
    assert may_be_in("Инженеры проверили каждую опору моста", "ru")
    assert may_be_in("Инжењери су проверили сваки стуб моста", "sr")


def test_results_and_addresses_tell_nothing() -> None:
    results = "Bridgeton: Okello 25 points. Stone 17 points. Weiss 10 points. Gil 5 points. Petit 3 points. " * 6
    assert may_be_in(results, "en")
    assert may_be_in(GERMAN + " https://news.example/the-bridge-is-open-to-all-and-it-is-for-you-and-me" * 9, "de")
