"""Labels that close a story without a sentence: what a page offers to do with it (share, print, copy its address),
its short address, its tags, the outlet's standards.

Patterns are matched against `fold` of a short text, as those of `closing_phrases`, which reads them.
"""

from __future__ import annotations

import re

from newscrawl.text.fold import fold


def one_of(phrases: str) -> str:
    """A pattern for any of the phrases that bars part, as they fold."""
    return "(?:" + "|".join(re.escape(fold(phrase)) for phrase in phrases.split("|")) + ")"


_ADDRESS = r"(?:https?://\S+|(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?)"
_SHORT_LINKS = (
    "رابط مختصر|الرابط المختصر|رابط قصير|الرابط القصير|الرابط الدائم|رابط الخبر|رابط المقال|رابط الموضوع|رابط الصفحة"
    "|لینک کوتاه|لینک کوتاه خبر|لینک کوتاه مطلب|لینک خبر|لینک مطلب|آدرس کوتاه|لینکی کورت|بەستەری کورت|مختصر لنک"
    "|קישור קצר|קישור מקוצר|קישור ישיר|קישור לכתבה|kısa link|kısa bağlantı|kısa url|kalıcı bağlantı|haberin linki"
    "|short link|short url|shortlink|permalink|permanent link|article link|article url|link to this article|page url"
    "|lien court|url courte|lien permanent|lien de l'article|kurz-url|kurzlink|kurz-link|link zum artikel"
    "|enlace corto|url corta|enlace permanente|link breve|url breve|link permanente|link curto|url curta"
    "|короткая ссылка|постоянная ссылка|ссылка на статью|ссылка на новость|коротке посилання|постійне посилання"
    "|кратък линк|korte link|krótki link|link do artykułu|kortlänk|kortlenke|kort link|σύντομος σύνδεσμος|tautan pendek"
    "|本文链接|本文网址|短链接|短網址|原文链接|短縮url|記事のurl|기사 주소|짧은 주소"
)
_ARABIC_STORY = (
    "(?:الخبر|المقال|المقاله|الموضوع|القصه|التقرير|الماده|الصفحه|المنشور|الفيديو|الرابط|رابط (?:الخبر|المقال))"
)
_TOOLS = (
    r"(?:شارك|شاركوا|شاركها|شاركه|مشاركه|انشر|طباعه|اطبع|ارسال|ارسل|حفظ|احفظ|نسخ|انسخ)"
    rf"(?: هذا| هذه)?(?: {_ARABIC_STORY})?(?: (?:عبر|علي))?",
    r"تم (?:ال)?نسخ(?: الرابط)?|ارسال (?:الي|ل) ?صديق|ارسل (?:الي|ل) ?صديق|(?:حجم|تكبير|تصغير) (?:ال)?خط|تعليق|غرد",
    one_of(
        "چاپ|ارسال به دوستان|اشتراک گذاری|اشتراک‌گذاری|کپی لینک|ذخیره|چاپ خبر|هاوبەشکردن|چاپکردن|پرنٹ کریں|شیئر کریں"
        "|הדפסה|הדפס|שתפו|שיתוף|העתק קישור|העתקת קישור|הקישור הועתק|שלח לחבר|yazdır|paylaş|linki kopyala|kopyala"
        "|print|print this page|tweet|share|share on|share this|share via|email|email this|copy link|copy url|save"
        "|link copied|link copied to clipboard|copied|copy link to clipboard|send to a friend|print friendly|bookmark"
        "|imprimer|partager|partager sur|copier le lien|copier l'url|lien copié|envoyer à un ami|envoyer par email"
        "|drucken|teilen|link kopieren|link kopiert|per mail versenden|merken"
        "|imprimir|compartir|compartir en|copiar enlace|copiar link|copiar url|enlace copiado|guardar"
        "|compartilhar|compartilhe|partilhar|copiar o link|link copiado|stampa|condividi|copia link|link copiato"
        "|распечатать|поделиться|скопировать ссылку|копировать ссылку|ссылка скопирована|надрукувати|поділитися"
        "|скопіювати посилання|сподели|afdrukken|delen|kopieer link|kopiëren|drukuj|udostępnij|kopiuj link|skopiuj link"
        "|skriv ut|dela|kopiera länk|del|kopier lenke|kopier link|tulosta|jaa|εκτύπωση|κοινοποίηση|αντιγραφή συνδέσμου"
        "|bagikan|salin tautan|salin link|chia sẻ|sao chép liên kết|शेयर करें|कॉपी लिंक|打印|分享|复制链接"
        "|分享到|印刷|シェア|リンクをコピー|인쇄|공유|공유하기|링크 복사|url 복사"
    ),
)
_NETWORKS = one_of(
    "facebook|twitter|x|whatsapp|telegram|linkedin|pinterest|reddit|messenger|viber|instagram|threads|bluesky|skype"
    "|فيسبوك|فايسبوك|تويتر|إكس|واتساب|واتس اب|تيليجرام|تلغرام|تيليغرام|تليجرام|لينكدإن|لينكد إن|ماسنجر"
    "|بينتيريست|إنستغرام|فیس بوک|توییتر|تلگرام|واتس اپ|פייסבוק|טוויטר|ווטסאפ|טלגרם|вконтакте|телеграм|фейсбук"
)
_TOOL = "(?:" + "|".join(_TOOLS) + ")"
_LABEL = f"(?:{_TOOL}|{_NETWORKS})"
_BUTTONS_ALONE = one_of(
    "نسخ الرابط|انسخ الرابط|تم نسخ الرابط|کپی لینک|העתק קישור|linki kopyala|copy link|copy url|link copied"
    "|link copied to clipboard|copier le lien|lien copié|link kopieren|link kopiert|copiar enlace|enlace copiado"
    "|copiar o link|link copiado|copia link|скопировать ссылку|ссылка скопирована|скопіювати посилання|kopiuj link"
    "|kopieer link|kopiera länk|复制链接|リンクをコピー|링크 복사"
)
_NO_COMMENTS = (
    r"\d+ تعليق(?:ات|ا)?\W*|لا (?:توجد|يوجد) تعليقات?(?: بعد| حتي الان)?\W*|كن اول من (?:يعلق|يكتب تعليق\w*)\W*"
    r"|(?:there are )?no comments(?: yet)?\W*|be the first to comment\W*|aucun commentaire\W*"
    r"|noch keine kommentare\W*|(?:todavia|aun) no hay comentarios\W*|nessun commento\W*|yorum yok\W*"
    r"|ilk yorumu \w+ yap\w*\W*|комментариев (?:пока )?нет\W*|коментарів (?:поки )?немає\W*"
)

# With this line Reuters closes its stories in each of its languages.
_STANDARDS = (
    "معاييرنا|معاييرنا التحريرية|معاييرنا المهنية|استانداردهای ما|הסטנדרטים שלנו|standartlarımız|our standards"
    "|unsere standards|unsere grundsätze|nos normes|nos standards|nos principes|nuestros estándares|nuestras normas"
    "|i nostri standard|nossos padrões|наши стандарты|наші стандарти|onze normen|nasze standardy|standar kami"
    "|私たちの行動規範|我们的标准|我們的標準|우리의 기준"
)
_TAGS = (
    "كلمات البحث|كلمات مفتاحية|الكلمات المفتاحية|كلمات دلالية|الكلمات الدلالية|برچسب‌ها|کلیدواژه‌ها|کلیدواژه|تگ‌ها|תגיות"
    "|etiketler|anahtar kelimeler|keywords|mots-clés|mots clés|schlagwörter|schlagworte|palabras clave|parole chiave"
    "|palavras-chave|теги|метки|ключевые слова|ключові слова|słowa kluczowe|tagi|trefwoorden|nyckelord|emneord"
    "|avainsanat|ετικέτες|टैग|关键词|关键字|标签|キーワード|키워드|태그"
)
_SECTIONS = (
    "تم النشر في|نشر في|نشرت في|ضمن قسم|منشور في|posted in|published in|publié dans|veröffentlicht in|publicado en"
    "|pubblicato in|publicado em|opublikowano w|опубликовано в|рубрика|kategori|kategorie|categoría|categoria"
)

# What stands above a story that is told while it happens.
_LIVE = (
    "بث مباشر|البث المباشر|عاجل|حصري|پخش زنده|خبر فوری|ڕاستەوخۆ|שידור חי|canlı yayın|son dakika|live blog|breaking news"
    "|en direct|eilmeldung|liveblog|en vivo|en directo|in diretta|ao vivo|прямой эфир|срочно|наживо|na żywo|直播"
    "|速報|속보"
)
_FOR_SUBSCRIBERS = (
    r"(?:(?:هذا|هذه) )?(?:المحتوي|المقال|الماده|الخبر) (?:حصري |متاح |مخصص )?لل?مشتركين\b.{0,120}"
    r"|اشترك(?: الان)? (?:لقراءه|لمتابعه القراءه|لمواصله القراءه|للوصول)\b.{0,80}"
    r"|(?:this|the) (?:article|story|content) is (?:only )?(?:for|available to|exclusive to) (?:\w+ )?"
    r"(?:subscribers|members)\b.{0,120}|dieser (?:artikel|inhalt|beitrag) ist (?:nur |exklusiv )?fur (?:\w+ )?"
    r"(?:abonnent\w+|mitglieder)\b.{0,120}|contenido exclusivo para (?:suscriptores|socios)\b.{0,80}"
    r"|contenuto riservato agli abbonati\b.{0,80}|conteudo exclusivo para assinantes\b.{0,80}"
)

PROMOTION = (
    rf"{one_of(_LIVE)}\W*",
    _FOR_SUBSCRIBERS,
    rf"{one_of(_SHORT_LINKS)}\s*[:：|/–—-]?\s*{_ADDRESS}?\W*",
    # A bar of buttons, run together where only style parts them.
    rf"(?:{_BUTTONS_ALONE}\W*)+",
    rf"{_LABEL}(?:[\W_]+{_LABEL}){{1,9}}\W*",
    rf"(?:شارك|شاركوا|مشاركه|انشر|طباعه|اطبع|ارسل) (?:هذا |هذه )?{_ARABIC_STORY}(?: (?:عبر|علي)(?: {_NETWORKS})?)?\W*",
)
"""Anywhere in a story."""
CLOSE = (
    rf"{_TOOL}\W*",
    _NO_COMMENTS,
    rf"{one_of(_STANDARDS)}\s*[:：].{{0,120}}",
    rf"{one_of(_TAGS)}\s*[:：].{{0,160}}",
    rf"{one_of(_SECTIONS)}\s*[:：].{{0,60}}",
    r"(?:نقلا عن|بالنقل عن)(?: [\w\"«»]+){1,5}\W*",
    r"(?:المصدر|المصادر|source|sources|fuente|fonte|quelle|kaynak|منبع)(?:\s*/|\s+[–—-])\s*.{2,60}",
)
"""At the end of a story."""
