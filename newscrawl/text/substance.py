"""What matters of a text: two states of a page that differ in nothing of it differ trivially.

Left out are white space and where paragraphs begin, sentence marks, vowel signs and joiners; letters of the Arabic
script that writers interchange, the digits of all scripts, forms of quotation marks, apostrophes and dashes are taken
for one. All else counts: words with their order, case and accents, what stands in and before numbers (1.5, 1,500, -5),
signs such as % and +, question marks, and quotation marks, which set an outlet apart from what it quotes.

Less is left out than by `fold`, whose keys are for finding: a state that is taken for another is stored nowhere but in
the archive, so what may change the meaning is no trifle.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_VERSION = "s1"


def substance_hash(headline: str | None, texts: Iterable[str]) -> str | None:
    """`s1:` and the SHA-256 of what matters of a headline and of a body's texts: their parts, parted by control
    characters, which no part has. None where nothing of the body matters."""
    # The parts are the same wherever paragraphs begin.
    body = substance("\n".join(texts))
    if not body:
        return None
    framed = "\x1e".join(("\x1f".join(substance(headline or "")), "\x1f".join(body)))
    return f"{_VERSION}:{hashlib.sha256(framed.encode('utf-8', 'surrogatepass')).hexdigest()}"


def substance(text: str) -> list[str]:
    """The parts of a text that matter, in order: words, numbers, and the marks that count."""
    text = unicodedata.normalize("NFC", text.replace("<<", '"').replace(">>", '"'))
    text = _VARIED.sub(lambda varied: varied[0].translate(_ONE_FORM), text)
    # Looking for a character costs next to nothing, looking for a pattern does.
    if "'" in text:
        text = _QUOTE.sub(' " ', text)
    if " - " in text:
        text = _RANGE.sub("-", text)
    if "?" in text:
        text = _QUESTIONS.sub("?", text)
    if "- " in text:
        text = _NEGATIVE.sub("-", text)
    parts: list[str] = []
    for word in text.split():
        if word.isalpha():
            parts.append(word)
        elif word[-1] in ".," and word[:-1].isalpha():
            parts.append(word[:-1])
        else:
            parts += _PART.findall(word)
    return parts


class _OneForm(dict[int, str]):
    """What stands for a character: itself, the form that it is taken for, a space where it does not count; with spaces
    around it where it counts by itself. Each is looked up when it is first met: there are a million."""

    def __missing__(self, code: int) -> str:
        self[code] = form = self._of(chr(code), code)
        return form

    def _of(self, character: str, code: int) -> str:
        if any(first <= code <= last for first, last in _PRESENTED):
            plain = unicodedata.normalize("NFKC", character)
            return plain if plain == character else plain.translate(self)
        category = unicodedata.category(character)
        if category == "Nd":
            return str(unicodedata.decimal(character))
        if category == "Cf" or any(first <= code <= last for first, last in _SIGNS_OF_READING):
            return ""
        if category == "Pd":
            return "-"
        if category in ("Pi", "Pf"):
            return ' " '
        if category[0] == "S" and not 0x2500 <= code < 0x2600:
            return f" {character} "
        return character if category[0] in "LMN" else " "


_FORMS = {
    "ا": "أإآٱ", "ء": "ؤئ", "ي": "ىی", "ه": "ةۀہۂۃ", "ك": "ک", "'": "'’‘ʼ‛′´`ʹ׳", ' " ': '"«»“”„‟″״〝〞〟「」『』＂',
    "-": "−", ".": ".٫·", ",": ",٬،、，", ":": ":：", "/": "/⁄／", " % ": "%٪％", " ? ": "?؟？",
    " & ": "&＆", " @ ": "@", " # ": "#", " § ": "§", " ‰ ": "‰؉", " ": "|~¦",
}  # fmt: skip
_ONE_FORM = _OneForm({ord(other): form for form, others in _FORMS.items() for other in others})
# Arabic letters in the forms that they take within a word; not all that NFKC changes, which would make 102 of 10².
_PRESENTED = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFF))
# Vowel signs of Arabic and Hebrew, marks of recitation, tatweel, and what chooses the look of a character.
_SIGNS_OF_READING = (
    (0x610, 0x61A), (0x640, 0x640), (0x64B, 0x65F), (0x670, 0x670), (0x6D6, 0x6DC), (0x6DF, 0x6E8), (0x6EA, 0x6ED),
    (0x8CA, 0x8FF), (0x591, 0x5BD), (0x5BF, 0x5BF), (0x5C1, 0x5C2), (0x5C4, 0x5C5), (0x5C7, 0x5C7), (0xFE00, 0xFE0F),
)  # fmt: skip
# What is one of the others, among the characters of most texts: to translate each takes many times as long.
_ITSELF = "".join(chr(code) for code in range(0x20, 0x700) if _ONE_FORM[code] == chr(code))
_VARIED = re.compile(f"[^{re.escape(_ITSELF)}]+")
# An apostrophe stands between letters; elsewhere it quotes.
_QUOTE = re.compile(r"'(?:'|(?<![^\W_]')|(?![^\W_]))")
_QUESTIONS = re.compile(r"\?(?:\s*\?)+")
_RANGE = re.compile(r"(?<=\d)\s+-\s+(?=\d)")
# What may be a dash stands apart in front of a number.
_NEGATIVE = re.compile(r"(?<![^\W_])- (?=[.,]?\d)")
# 5-10, 1.5, 12/3 and 10:30 are one number each; so is -5.
_NUMBER = r"(?:(?<![^\W_])(?:-[.,]?|[.,]))?\d+(?:[-.,:/']\d+)*(?:-(?=\s|$))?"
_WORD = r"[^\s\d.,:/'-]+(?:'[^\s\d.,:/'-]+)*"
_PART = re.compile(rf"{_WORD}|{_NUMBER}")
