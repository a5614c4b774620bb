"""What a page lets readers of screens skip: boxes amid the article, between "Skip ... and continue reading" and
"End of ...", as the BBC's pages have them in all languages around promotion, lists of stories and embedded posts."""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extraction.tree import Line
from newscrawl.text.fold import fold_key

_NAME = "{}"
_LONGEST = 160
_FARTHEST = 60
# What holds more than this share of the page's prose may be the article itself.
_LARGEST_SHARE = 0.5


def _around(phrases: str) -> tuple[tuple[str, str], ...]:
    """What stands before and behind the name in each of the phrases that bars part, as `fold_key` has it."""
    split = [phrase.partition(_NAME) for phrase in phrases.split("|")]
    return tuple((fold_key(before), fold_key(behind)) for before, _, behind in split)


_SKIP_AND_READ_ON = _around(
    "تخطى {} وواصل القراءة|تخطى {} وتابع القراءة|تخط {} وواصل القراءة|تجاوز {} وواصل القراءة"
    "|از {} رد شوید و به خواندن ادامه دهید|{} رد شوید و به خواندن ادامه دهید|له {} تېر شئ او لوستلو ته دوام ورکړئ"
    "|{} نظر انداز کریں اور پڑھنا جاری رکھیں|{} کو نظر انداز کریں اور آگے پڑھیں|דלג על {} והמשך לקרוא"
    "|skip {} and continue reading|skip {} and keep reading|saltar {} y continuar leyendo|saltar {} y seguir leyendo"
    "|omitir {} y continuar leyendo|pule {} e continue lendo|pular {} e continuar lendo"
    "|ignorer {} et continuer la lecture|passer {} et continuer la lecture|salta {} e continua a leggere"
    "|salta {} e continua la lettura|{} überspringen und weiterlesen|{} haberini atla ve okumaya devam et"
    "|{} atla ve okumaya devam et|{} geç ve okumaya devam et|пропустить {} и продолжить чтение"
    "|пропустити {} і продовжити читання|пропустити {} і продовжити|lewati {} dan lanjutkan membaca"
    "|bỏ qua {} và tiếp tục đọc|ruka {} na uendelee kusoma|छोड़कर {} आगे बढ़ें|{} छोड़कर आगे बढ़ें"
    "|跳过 {} 继续阅读|跳過 {} 繼續閱讀|{} 건너뛰기 및 계속 읽기|{}をスキップして読み続ける"
)
_SKIP = _around(
    "تخطى {}|تخط {}|رد شدن از {}|skip {}|skip past {}|saltar {}|omitir {}|pule {}|pular {}|ignorer {}|passer {}"
    "|salta {}|{} überspringen|{} atla|{} geç|пропустить {}|пропустити {}|lewati {}|bỏ qua {}|ruka {}|跳过 {}|跳過 {}"
)
_END = _around(
    "نهاية {}|انتهاء {}|{} نهاية|پایان {}|د {} پای|{} کا اختتام|{} اختتام|סוף {}|end of {}|end {}|after {}|final de {}"
    "|fin de {}|fin del {}|fim de {}|fim do {}|fim da {}|fine di {}|ende von {}|ende {}|{} haberinin sonu|{} sonu"
    "|{} son|конец истории {}|конец {}|кінець {}|akhir dari {}|akhir {}|hết {}|mwisho wa {}|{} समाप्त"
    "|{} 结尾|{} 結尾|{} 끝"
)


_BEGINS = tuple(before for before, _ in (*_SKIP_AND_READ_ON, *_SKIP) if before)
_ENDINGS = tuple(behind for before, behind in (*_SKIP_AND_READ_ON, *_SKIP) if not before)


def cut_skipped(lines: Sequence[Line]) -> None:
    """Cut what may be skipped, with the lines that say so. The line that ends it repeats the name of what it ends, or
    is what the link to skip it leads to; where there is none, only the invitation to skip and read on is cut."""
    prose = sum(line.plain_length for line in lines)
    after = 0
    for number, line in enumerate(lines):
        if number < after or len(line.text) > _LONGEST or not _may_skip(line.key):
            continue
        read_on = _names(line.key, _SKIP_AND_READ_ON)
        names = read_on or _names(line.key, _SKIP)
        if not names:
            continue
        end = _end_of(lines, number, names)
        if end is not None:
            within = sum(one.plain_length for one in lines[number : end + 1])
            whole = within <= _LARGEST_SHARE * prose
            for one in lines[number : end + 1] if whole else (line, lines[end]):
                one.cut()
            after = end + 1
        elif read_on:
            line.cut()


def _may_skip(key: str) -> bool:
    """A first look, much cheaper than `_names`."""
    return key.startswith(_BEGINS) or key.endswith(_ENDINGS)


def _names(key: str, phrases: Sequence[tuple[str, str]]) -> set[str]:
    """What a `fold_key` names in any of the phrases: an empty text where a phrase is there without a name."""
    words = f" {key} "
    found = set()
    for before, behind in phrases:
        begin, end = f" {before} " if before else " ", f" {behind} " if behind else " "
        if words.startswith(begin) and words.endswith(end) and len(words) >= len(begin) + len(end) - 1:
            found.add(words[len(begin) : len(words) - len(end)].strip())
    return found


def _end_of(lines: Sequence[Line], number: int, names: set[str]) -> int | None:
    """The number of the line that ends what a line lets skip."""
    anchors = {(link.get("href") or "")[1:] for link in lines[number].links} - {""}
    for at in range(number + 1, min(number + 1 + _FARTHEST, len(lines))):
        line = lines[at]
        if len(line.text) > _LONGEST:
            continue
        ended = _names(line.key, _END)
        if any(name and name in names for name in ended) or (ended and line.block.get("id") in anchors):
            return at
    return None
