"""Parts of a body that change from one look to the next, and are none of the story: when it was updated, and counters.

They stay in the body, as printed. They are left out where two states of a page are compared, and only in clear forms,
on a line of their own.
"""

from __future__ import annotations

import re

from newscrawl.extraction.dates.clock import clocks
from newscrawl.extraction.dates.relative import time_ago
from newscrawl.extraction.dates.text import TimeReader, folded_date

_LONGEST = 120
_LONGEST_AGE = 40
# All words are folded: without hamza, vowel signs and accents.
_BEFORE_LABEL = (
    "اخر|تم|تاريخ|وقت|last|latest|date|time|of|derniere?|date|heure|de|zuletzt|letzte|stand|ultima?|fecha|data|son|en|"
    "اخرين|زمان|תאריך|последнее|laatst|laatste|senast|sist|sidst|ostatnia"
)
_LABEL = (
    r"(?:ال)?(?:تحديث|تعديل)|حدث(?:ت)?|به ?روز ?رساني|updated?|update|modified|edited|mise? a jour|modifie[es]*|"
    r"actualisee?|aktualisiert|aktualisierung|geandert|actualizad[oa]|actualizacion|modificad[oa]|aggiornat[oa]|aggiornamento|"
    r"atualizad[oa]|atualizacao|modificat[oa]|guncelleme|guncellenme|guncellendi|עודכן|עדכון|bijgewerkt|gewijzigd|"
    r"uppdaterad|oppdatert|opdateret|paivitetty|aktualizacja|aktualizace|обновлено|обновление|изменено|оновлено|"
    r"更新|最終更新|修改"
)
_LABELLED = re.compile(rf"(?:^|[|•·–—]|\s-\s|\s{{2,}})\W*(?:(?:{_BEFORE_LABEL})\W+){{0,3}}(?:{_LABEL})(?!\w)")
_DAYS = re.compile(
    r"(?<!\w)(?:(?:ال)?(?:احد|اثنين|ثلاثاء?|اربعاء?|خميس|جمعه|سبت)|(?:دو|سه|چهار|پنج)?شنبه|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|"
    r"lunes|martes|miercoles|jueves|viernes|sabado|domingo|lunedi|martedi|mercoledi|giovedi|venerdi|sabato|domenica|"
    r"(?:segunda|terca|quarta|quinta|sexta)(?:-feira)?|pazartesi|sali|carsamba|persembe|cuma|cumartesi|pazar)(?!\w)"
)
_MOST_WORDS_BESIDE = 6
_NUMBER = r"\d+(?:[.,٫٬ ]\d+)*\s?(?:k|m|الف|مليون|mil|mio)?"
_COUNTED = (
    r"(?:ال)?(?:مشاهده|مشاهدات|قراءه|قراءات|قراه|قراات|تعليقا?|تعليقات|زياره|زيارات|مشاركه|مشاركات|اعجابا?|اعجابات)|"
    r"بازديد|نظر|نظرات|views?|reads?|comments?|shares?|likes?|vues?|lectures?|commentaires?|partages?|"
    r"aufrufe?|kommentare?|vistas|visitas|lecturas|comentarios?|visualizzazioni|letture|commenti|visualizacoes|"
    r"goruntulenme|okunma|yorum|צפיות|תגובות|просмотр\w*|комментари\w*|weergaven|reacties|次阅读|阅读|回复"
)
_COUNTER = re.compile(
    rf"\W*(?:{_NUMBER}\W*(?:{_COUNTED})|(?:(?:عدد|number of|nombre de|תעדاد|تعداد)\W+)?(?:{_COUNTED})\W*{_NUMBER})\W*"
)


def lasting(text: str, reader: TimeReader) -> str:
    """What of a block's text stays as it is while nobody changes the story: all of most; of a line that says when it
    was updated what else it says; nothing of an age ("منذ ساعتين") and of a counter ("1,234 views")."""
    if len(text) > _LONGEST:
        return text
    folded = folded_date(text)
    if _COUNTER.fullmatch(folded):
        return ""
    if _is_age(folded, reader):
        return ""
    labelled = _LABELLED.search(folded)
    if labelled is None:
        return text
    said, told = folded[: labelled.start()], folded[labelled.end() :].strip()
    if _is_age(told, reader):
        return said
    stated = reader.find(told)
    spans = [(begin, end) for begin, end, _ in clocks(told)]
    if stated is not None:
        spans.append((stated.start, stated.end))
    if not spans:
        return text
    for begin, end in spans:
        told = told[:begin] + " " * (end - begin) + told[end:]
    rest = _DAYS.sub(" ", told)
    # What says more is a sentence about an update, and its date matters.
    return f"{said} {rest}" if len(rest.split()) <= _MOST_WORDS_BESIDE else text


def _is_age(folded: str, reader: TimeReader) -> bool:
    if reader.fetched_at is None or len(folded) > _LONGEST_AGE:
        return False
    return time_ago(folded, reader.fetched_at, reader.language) is not None
