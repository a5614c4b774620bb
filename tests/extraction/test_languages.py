"""A page's claim of its language held against its text."""

from __future__ import annotations

import pytest

from newscrawl.extraction.languages import may_be_in

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
