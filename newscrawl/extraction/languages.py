"""Whether a text is written in the language that a page claims, and which it is where nothing is claimed: by its script
and by the small words that no running text of a language does without."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from newscrawl.text.fold import fold_key, words

_READ_LETTERS = 800
_READ_WORDS = 1500
_FEWEST_LETTERS = 20
_FEWEST_WORDS = 60
_LEAST_SHARE = 0.05
"""Least share of small words in running text, of which they make up a fifth or more: below it (results, tables) they
tell nothing. Where those of another language are twice as frequent, the text is written in that one."""
_ADDRESS = re.compile(r"https?:\S+")
_SCRIPTS = {
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "ug", "sd", "arz", "ary"), ("ARABIC",)),
    **dict.fromkeys(("he", "yi"), ("HEBREW",)),
    **dict.fromkeys(("ru", "uk", "bg", "be", "mk", "ky", "mn"), ("CYRILLIC",)),
    **dict.fromkeys(("sr", "kk", "uz", "tg"), ("CYRILLIC", "LATIN")),
    "ku": ("LATIN", "ARABIC"),
    **dict.fromkeys(("hi", "mr", "ne"), ("DEVANAGARI",)),
    "el": ("GREEK",),
    "hy": ("ARMENIAN",),
    "ka": ("GEORGIAN",),
    "am": ("ETHIOPIC",),
    "th": ("THAI",),
    "bn": ("BENGALI",),
    "ta": ("TAMIL",),
    "ko": ("HANGUL", "CJK"),
    "ja": ("HIRAGANA", "KATAKANA", "CJK"),
    "zh": ("CJK",),
}
_SMALL_WORDS = {
    "en": "the of and to in a is that for it on was with as at by be from are this have not but",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se il",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como",
    "it": "di e il la che in un a per è una del con non i si le della da sono al dei nel",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos",
    "nl": "de van het een en in is dat op te zijn met voor niet die aan er om ook als door bij",
    "sv": "och i att det som en på är av för med den till inte har de om ett han men var",
    "da": "og i at det som en på er af for med den til ikke har de om et han men var",
    "no": "og i at det som en på er av for med den til ikke har de om et han men var",
    "pl": "i w na z do się nie to że o jest za od przez po ale jak dla oraz są",
    "cs": "a v na se je že z s do o i to k za ve by pro po ale jako od",
    "tr": "ve bir bu da de için ile olarak daha çok en olan gibi kadar sonra ise ne o",
    "ar": "في من على الى ان التي عن الذي مع هذا ما لا بعد كان هذه او قد كما بين حيث و",
    "fa": "و در به از که این را با است برای آن یک خود تا بر هم می شود ها شده",
    "ur": "کے میں کی ہے اور سے کا کو اس نے پر ہیں یہ کہ کر بھی تھا ایک",
    "ckb": "و لە بە بۆ کە ئەو ئەم ئەوەی لەگەڵ لەسەر هەموو یەک نەک بوو بووە دوای پێش تا هەر هەیە نییە وەک یان کرد دەکات",
    "ps": "د په او چې کې له ته دا سره یې هم پر دی ده دي شي وي هغه خو نه کړي شوي لپاره وروسته",
    "ku": "û li ji bi de ku ya yê di bo ev ew jî ne ber her hat kir re yên wê wî hin lê an",
    "he": "של את על לא הוא כי עם זה גם אם כל היא אל או יותר הם אבל מה יש",
}
_TABLE = {language: frozenset(fold_key(word) for word in text.split()) for language, text in _SMALL_WORDS.items()}
# Languages that are written in two scripts, with the one that is spoken where the text is in a script.
_BY_SCRIPT = {("ku", "ARABIC"): "ckb"}
_LEAST_TOLD = 0.1
"""Least share of small words by which a text that nothing claims to be in a language tells its own."""
_SAME = {"nb": "no", "nn": "no", "arz": "ar", "ary": "ar"}


def may_be_in(text: str, language: str) -> bool:
    """Whether a text may be written in a language, given by its BCP 47 primary tag. A text too short to tell may, and
    one in a language that is not known here may as far as its script agrees."""
    script = _script_of(text[:_READ_LETTERS])
    if script is None:
        return True
    language = _BY_SCRIPT.get((language, script), language)
    if language in _SCRIPTS or language in _TABLE:
        agrees = script in _scripts_of(language)
    else:
        # A language that is not known here is written in none of the scripts that are told apart by.
        agrees = not any(script in scripts for scripts in _SCRIPTS.values() if "LATIN" not in scripts)
    if not agrees:
        return False
    known = _TABLE.get(_SAME.get(language, language))
    found = _words_of(text)
    if known is None or found.total() < _FEWEST_WORDS:
        return True
    most = max(_times(table, found) for name, table in _TABLE.items() if script in _scripts_of(name))
    return most < _LEAST_SHARE * found.total() or 2 * _times(known, found) >= most


def by_script(text: str, language: str) -> str:
    """The tag of a language as it is written in a text: "ku" in Arabic letters is Sorani, "ckb"."""
    return _BY_SCRIPT.get((language, _script_of(text[:_READ_LETTERS]) or ""), language)


def language_of(text: str) -> str | None:
    """The BCP 47 primary tag of the language that a text is in by its small words; None for a short text, and where two
    languages have nearly as many."""
    script, found = _script_of(text[:_READ_LETTERS]), _words_of(text)
    if found.total() < _FEWEST_WORDS:
        return None
    times = {name: _times(table, found) for name, table in _TABLE.items() if script in _scripts_of(name)}
    most, second = ([*sorted(times.values(), reverse=True), 0, 0])[:2]
    if most < _LEAST_TOLD * found.total() or 2 * second > most:
        return None
    return max(times, key=times.__getitem__)


def _words_of(text: str) -> Counter[str]:
    return Counter(words(_ADDRESS.sub(" ", text[:_READ_WORDS])))


def _times(small: frozenset[str], found: Counter[str]) -> int:
    """How often the small words of a language stand in a text."""
    return sum([found[word] for word in small & found.keys()])


def _scripts_of(language: str) -> tuple[str, ...]:
    return _SCRIPTS.get(language, ("LATIN",))


def _script_of(text: str) -> str | None:
    """The script of most letters of a text, as Unicode names it; None for a text too short to say."""
    letters = Counter(filter(str.isalpha, text))
    if letters.total() < _FEWEST_LETTERS:
        return None
    scripts: Counter[str] = Counter()
    for letter, times in letters.items():
        scripts[unicodedata.name(letter, "").partition(" ")[0]] += times
    return scripts.most_common(1)[0][0]
