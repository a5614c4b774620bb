"""Made-up news in four languages: sentences that mean something, and that no two stories share."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """Patterns of sentences and headlines, and what their slots are filled with."""

    sentences: Sequence[str]
    headlines: Sequence[str]
    slots: Mapping[str, Sequence[str]]
    names: Sequence[str]
    read_also: str

    def sentence(self, dice: random.Random) -> str:
        """One sentence."""
        return self._filled(dice.choice(self.sentences), dice)

    def headline(self, dice: random.Random) -> str:
        """One headline."""
        return self._filled(dice.choice(self.headlines), dice)

    def paragraph(self, dice: random.Random) -> str:
        """Three to five sentences."""
        return " ".join(self.sentence(dice) for _ in range(dice.randint(3, 5)))

    def name(self, dice: random.Random) -> str:
        """First and last name of a person."""
        first, last = dice.choice(self.names), dice.choice(self.names)
        return f"{first} {last}"

    def _filled(self, pattern: str, dice: random.Random) -> str:
        values = {name: dice.choice(several) for name, several in self.slots.items()}
        return pattern.format(**values, n=dice.randint(3, 980), m=dice.randint(2, 97))


ARABIC = Language(
    sentences=(
        "أعلن {who} في {where} أن {what} {did} خلال {when} بنسبة {n} بالمئة.",
        "وقال {who} إن {what} في {where} {did} بعد {n} يوما من {event}.",
        "وأضاف المتحدث أن {event} في {where} شمل {n} من {what} منذ {when}.",
        "وبحسب {who} فإن {n} شخصا في {where} تابعوا {event} وسط {what}.",
        "وشهدت {where} {when} {event} بحضور {who} ونحو {n} من سكانها.",
        "وأوضح {who} أن {what} {did} قبل {event} بنحو {m} ساعة في {where}.",
        "في المقابل رأى {who} أن {event} لن يغير {what} في {where} قبل {n} يوما.",
        "وتوقع {who} أن يبلغ {what} في {where} {n} ألفا بحلول {when}.",
    ),
    headlines=(
        "{where}: {what} {did} بعد {event} ({n})",
        "{who} يتحدث عن {event} في {where} و{what}",
        "{n} من {what} في {where} خلال {when}",
    ),
    slots={
        "who": (
            "وزير النقل", "محافظ المدينة", "رئيس البلدية", "مدير الميناء", "نقيب الصيادين", "رئيس الجامعة",
            "أمين المتحف", "خبير الأرصاد", "مدير المستشفى", "رئيس الغرفة التجارية", "مدربة الفريق", "عميد المعهد",
            "رئيسة اللجنة", "مدير السوق", "قائد الإطفاء", "أستاذ التاريخ",
        ),
        "where": (
            "الإسكندرية", "طنجة", "البصرة", "صفاقس", "حلب", "نزوى", "العقبة", "بنغازي", "وهران", "المكلا", "صور",
            "أسوان", "الموصل", "مكناس", "جدة", "نواكشوط", "بورتسودان", "رام الله", "الشارقة", "حماة", "سوسة", "دمياط",
        ),
        "what": (
            "حركة القطارات", "أسعار القمح", "مخزون المياه", "عدد الزوار", "إنتاج الزيتون", "رحلات العبارات",
            "تذاكر المسرح", "طلبات البناء", "صادرات التمر", "مقاعد الدراسة", "أعمال الترميم", "محطات الشحن",
            "قوارب الصيد", "مزارع النخيل", "دروس السباحة", "أجور الحافلات",
        ),
        "did": (
            "ارتفعت قليلا", "تراجعت فجأة", "توقفت مؤقتا", "عادت تدريجيا", "تضاعفت تقريبا", "استقرت أخيرا",
            "تأخرت كثيرا", "تحسنت نسبيا", "انخفضت مجددا", "تجاوزت التوقعات",
        ),
        "when": (
            "الشهر الماضي", "الأسبوع الحالي", "موسم الصيف", "الربع الأول", "العام المقبل", "اليومين الأخيرين",
            "عطلة العيد", "فصل الشتاء", "نهاية السنة", "الساعات الماضية",
        ),
        "event": (
            "افتتاح الجسر", "معرض الكتاب", "إضراب السائقين", "بطولة الشواطئ", "مؤتمر المناخ", "عاصفة الرمل",
            "مهرجان الزهور", "انقطاع الكهرباء", "انتخابات المجلس", "سباق الهجن", "تجديد الميناء", "اجتماع المزارعين",
        ),
    },
    names=("سلمى", "كريم", "هدى", "ياسين", "مريم", "طارق", "ليلى", "عمر", "نادية", "خالد", "سعاد", "رامي", "دينا"),
    read_also="اقرأ أيضاً",
)  # fmt: skip

ENGLISH = Language(
    sentences=(
        "{who} said in {where} that {what} {did} during {when}, by {n} percent.",
        "According to {who}, {n} people in {where} followed {event} while {what} {did}.",
        "In {where}, {event} brought {n} visitors {when}, and {what} {did}.",
        "{what} {did} in {where} only {m} hours before {event}, said {who}.",
        "By contrast {who} doubts that {event} will change {what} in {where} within {n} days.",
        "Residents of {where} counted {n} complaints about {what} since {event} and {when}.",
        "{who} expects {what} near {where} to reach {n} thousand by {when}.",
    ),
    headlines=(
        "{where}: {what} {did} after {event} ({n})",
        "{who} on {event} in {where} and {what}",
        "{n} reports on {what} in {where} over {when}",
    ),
    slots={
        "who": (
            "The harbour master", "the mayor", "a museum curator", "the union secretary", "the weather office",
            "a hospital director", "the chamber of commerce", "the head coach", "a professor of history",
            "the fire chief", "the market inspector", "the council leader", "a railway engineer", "the librarian",
        ),
        "where": (
            "Whitby", "Galway", "Oban", "Halifax", "Lerwick", "Penzance", "Cardigan", "Dundee", "Larne", "Grimsby",
            "Ramsgate", "Tobermory", "Kirkwall", "Falmouth", "Harwich", "Bangor", "Ayr", "Whitehaven",
        ),
        "what": (
            "ferry traffic", "the price of herring", "water reserves", "theatre bookings", "building permits",
            "apple exports", "school places", "repair work", "charging points", "fishing quotas", "bus fares",
            "wool sales", "swimming lessons", "library loans",
        ),
        "did": (
            "rose slightly", "fell suddenly", "stopped for a while", "slowly recovered", "nearly doubled",
            "settled at last", "lagged behind", "improved a little", "dropped again", "beat all forecasts",
        ),
        "when": (
            "last month", "this week", "the summer season", "the first quarter", "next year", "the past two days",
            "the holidays", "the winter", "the end of term",
        ),
        "event": (
            "the bridge opening", "the book fair", "the drivers' strike", "the regatta", "the climate forum",
            "the spring storm", "the flower festival", "the power cut", "the by-election", "the dredging",
            "the farmers' meeting",
        ),
    },
    names=("Mara", "Owen", "Ines", "Callum", "Petra", "Hugh", "Nell", "Ansel", "Ruth", "Tobias", "Wren", "Silas"),
    read_also="Read also",
)  # fmt: skip

FRENCH = Language(
    sentences=(
        "{who} a annoncé à {where} que {what} avait {did} pendant {when}, de {n} pour cent.",
        "Selon {who}, {n} habitants de {where} ont suivi {event} alors que {what} avait {did}.",
        "À {where}, {event} a attiré {n} visiteurs {when}, et {what} a {did}.",
        "{m} heures avant {event}, {what} avait {did} à {where}, précise {who}.",
        "{who} doute toutefois que {event} change {what} à {where} avant {n} jours.",
        "D'ici {when}, {who} attend à {where} {n} mille demandes pour {what}.",
    ),
    headlines=(
        "{where} : {what} a {did} après {event} ({n})",
        "{who} revient sur {event} à {where} et sur {what}",
        "{n} plaintes à {where} pour {what} pendant {when}",
    ),
    slots={
        "who": (
            "Le maire", "la capitaine du port", "un historien", "le syndicat des marins", "la directrice du musée",
            "le chef des pompiers", "la chambre de commerce", "une ingénieure", "le bibliothécaire", "l'entraîneuse",
        ),
        "where": (
            "Sète", "Saint-Malo", "Dieppe", "Honfleur", "Lorient", "Bastia", "Royan", "Cancale", "Collioure", "Fécamp",
            "Paimpol", "Menton", "Douarnenez", "Concarneau",
        ),
        "what": (
            "le trafic des bacs", "le prix du blé", "la réserve d'eau", "la vente de billets", "la récolte d'olives",
            "le chantier du quai", "la pêche au thon", "le tarif des bus", "la demande de permis", "le prêt de livres",
        ),
        "did": (
            "légèrement augmenté", "soudain baissé", "cessé un temps", "lentement repris", "presque doublé",
            "enfin trouvé son rythme", "pris du retard", "un peu gagné", "de nouveau reculé",
        ),
        "when": (
            "le mois dernier", "cette semaine", "la saison d'été", "le premier trimestre", "l'an prochain",
            "les vacances", "l'hiver", "la fin de l'année",
        ),
        "event": (
            "l'ouverture du pont", "la foire aux livres", "la grève des chauffeurs", "la régate", "le forum du climat",
            "la tempête d'avril", "la fête des fleurs", "la panne de courant", "le scrutin local",
        ),
    },
    names=("Solène", "Marius", "Odile", "Bastien", "Clarisse", "Yann", "Maud", "Rémi", "Edwige", "Loïc"),
    read_also="Lire aussi",
)  # fmt: skip

PERSIAN = Language(
    sentences=(
        "{who} در {where} گفت که {what} در {when} حدود {n} درصد {did}.",
        "به گفته {who}، {n} نفر در {where} از {event} دیدن کردند و {what} {did}.",
        "در {where} همزمان با {event}، {what} {did} و {n} درخواست تازه در {when} ثبت شد.",
        "{who} افزود که {m} ساعت پیش از {event} در {where}، {what} {did}.",
        "با این حال {who} باور ندارد که {event} تا {n} روز دیگر {what} را در {where} دگرگون کند.",
        "پیش‌بینی {who} این است که {what} در {where} تا {when} به {n} هزار برسد.",
    ),
    headlines=(
        "{where}: {what} پس از {event} {did} ({n})",
        "{who} درباره {event} در {where} و {what}",
        "{n} گزارش از {what} در {where} در {when}",
    ),
    slots={
        "who": (
            "شهردار", "رئیس بندر", "مدیر موزه", "استاد تاریخ", "رئیس هواشناسی", "مدیر بیمارستان", "سرمربی تیم",
            "فرمانده آتش‌نشانی", "رئیس اتاق بازرگانی", "کتابدار شهر",
        ),
        "where": (
            "شیراز", "یزد", "کاشان", "بوشهر", "رشت", "همدان", "گرگان", "سنندج", "بیرجند", "ساری", "اردبیل", "زنجان",
            "کرمان", "قزوین",
        ),
        "what": (
            "رفت‌وآمد قطارها", "بهای گندم", "ذخیره آب", "فروش بلیت", "برداشت زیتون", "صادرات خرما", "کار بازسازی",
            "شمار گردشگران", "کرایه اتوبوس", "امانت کتاب",
        ),
        "did": (
            "کمی افزایش یافت", "ناگهان کم شد", "برای مدتی ایستاد", "آرام‌آرام بازگشت", "نزدیک به دو برابر شد",
            "سرانجام پایدار شد", "عقب ماند", "بهتر شد", "دوباره افت کرد",
        ),
        "when": ("ماه گذشته", "هفته جاری", "فصل تابستان", "سه‌ماهه نخست", "سال آینده", "دو روز اخیر", "زمستان"),
        "event": (
            "گشایش پل", "نمایشگاه کتاب", "اعتصاب رانندگان", "مسابقه قایقرانی", "همایش آب‌وهوا", "توفان شن",
            "جشنواره گل", "قطع برق", "انتخابات شورا",
        ),
    },
    names=("نرگس", "آرش", "سیمین", "کاوه", "پریسا", "بهرام", "مینا", "سهراب", "لاله", "بابک"),
    read_also="بیشتر بخوانید",
)  # fmt: skip

LANGUAGES = {"ar": ARABIC, "en": ENGLISH, "fr": FRENCH, "fa": PERSIAN}
