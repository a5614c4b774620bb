from __future__ import annotations

from typing import Any

import pytest

from newscrawl.agencies import credited

STORY = (
    "قال مسؤولون إن المعرض يفتح أبوابه غدا.\nوأضافوا أن الدخول مجاني طوال الأسبوع للزوار جميعا من داخل المدينة وخارجها."
)
ENGLISH = "Officials said that the fair opens tomorrow.\nEntrance is free for everyone who comes during the whole week."


def opened(line: str) -> dict[str, Any]:
    return {"body": f"{line}\n{ENGLISH}"}


def closed(line: str) -> dict[str, Any]:
    return {"body": f"{ENGLISH}\n{line}"}


@pytest.mark.parametrize(
    ("fields", "agency"),
    [
        ({"byline": "By Jane Doe, Reuters"}, "Reuters"),
        ({"byline": "JANE DOE Associated Press"}, "AP"),
        ({"byline": "AP"}, "AP"),
        ({"byline": "dpa/lni"}, "dpa"),
        ({"byline": "Von Max Muster, dpa"}, "dpa"),
        ({"byline": "Le Monde avec AFP"}, "AFP"),
        ({"byline": "القاهرة - أ.ش.أ"}, "MENA"),
        ({"byline": "المصدر: رويترز"}, "Reuters"),
        ({"byline": "وكالة الأنباء السعودية (واس)"}, "SPA"),
        ({"byline": "خبرگزاری فارس"}, "Fars"),
        ({"byline": "ایرنا"}, "IRNA"),
        ({"byline": "סוכנות הידיעות רויטרס"}, "Reuters"),
        ({"byline": "Anadolu Ajansı"}, "AA"),
        ({"authors": ["محمد علي", "فرانس برس"]}, "AFP"),
        ({"authors": ["Agencia EFE"]}, "EFE"),
        ({"outlet": "وكالة أنباء الإمارات"}, "WAM"),
        ({"outlet": "Xinhua"}, "Xinhua"),
        (opened("CAIRO, Jan 5 (Reuters) - Officials said on Monday that the fair opens."), "Reuters"),
        (opened("BEIJING, Jan. 5 (Xinhua) -- Officials said on Monday that the fair opens."), "Xinhua"),
        (opened("Berlin (dpa) - Die Messe wird am Montag geöffnet."), "dpa"),
        (opened("Berlin (dpa/tmn). Die Messe wird am Montag geöffnet."), "dpa"),
        (opened("Madrid, 5 ene (EFE).- La feria abre el lunes."), "EFE"),
        (opened("ANKARA / AA - Fuar pazartesi günü açılıyor."), "AA"),
        (opened("WASHINGTON (AP) — Officials said on Monday that the fair opens."), "AP"),
        (opened("القاهرة في 5 يناير (أ ش أ) - قال مسؤولون إن المعرض يفتح أبوابه."), "MENA"),
        (opened("القاهرة - (د ب أ) قال مسؤولون إن المعرض يفتح أبوابه."), "dpa"),
        (opened("القاهرة - رويترز - قال مسؤولون إن المعرض يفتح أبوابه."), "Reuters"),
        (opened("دبي ـ أ ف ب: قال مسؤولون إن المعرض يفتح أبوابه."), "AFP"),
        (opened("رام الله (وفا) - قال مسؤولون إن المعرض يفتح أبوابه."), "WAFA"),
        (closed("المصدر: رويترز + الجزيرة نت"), "Reuters"),
        (closed("© 2026 AFP"), "AFP"),
        (closed("(AP)"), "AP"),
        (closed("Kaynak: Anadolu Ajansı"), "AA"),
        (closed("Quelle: dpa"), "dpa"),
        (closed("Entrance stays free for everyone who comes during the whole of the week. (dpa)"), "dpa"),
        (closed("وأضافوا أن الدخول مجاني طوال الأسبوع للزوار جميعا من داخل المدينة (رويترز)."), "Reuters"),
    ],
)
def test_who_is_credited(fields: dict[str, Any], agency: str) -> None:
    assert credited(**fields) == [agency]


def test_several_are_told_once_each() -> None:
    body = f"القاهرة (رويترز) - قال مسؤولون\n{STORY}\nالمصدر: رويترز وفرانس برس"
    assert credited(byline="رويترز، أ ف ب", body=body) == ["Reuters", "AFP"]
    assert credited(byline="AFP and AP") == ["AFP", "AP"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"byline": "AP Herbert", "authors": ["A. A. Milne", "وفاء محمد", "وفاء"]},
        {"byline": "Nic Newman, Reuters Institute"},
        {"byline": "معهد رويترز"},
        {"byline": "SAP APPS map ap"},
        {"byline": "By Mena Massoud", "outlet": "The Daily Petra Guide"},
        {"body": ENGLISH},
        {"body": STORY},
        opened("Reuters said on Monday that it will cut 300 jobs, and AP is hiring."),
        opened("The head of AFP - the French agency - has resigned after ten years in office."),
        opened("قالت وكالة رويترز إن رئيسها استقال يوم الاثنين بعد عشر سنوات."),
        opened("اتهمت الحكومة وكالة الأنباء الفرنسية (فرانس برس) بنشر أخبار كاذبة."),
        closed("The government said so to Reuters and to the Associated Press on Monday morning."),
        closed("Reuters could not be reached."),
        {"body": f"{ENGLISH}\nCAIRO (AFP) - a line in the middle\n{ENGLISH}"},
    ],
)
def test_nobody_is_credited(fields: dict[str, Any]) -> None:
    assert credited(**fields) == []
