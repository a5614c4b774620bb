"""The sentences by which outlets close or interrupt a story without telling any of it: credits of agencies, authors'
notes, rights, newsletters, applications.

Patterns are matched against `fold` of a short text (lower case, accents and spelling variants gone).
"""

from __future__ import annotations

import re
from functools import lru_cache

from newscrawl.extraction.body import closing_by_language, closing_labels
from newscrawl.extraction.body.closing_by_language import NETWORKS
from newscrawl.text.fold import fold

_LONGEST = 420
_TRADES = (
    r"(?:reporter|writer|editor|correspondent|columnist|journalist|contributor|fellow|lecturer|professor"
    r"|researcher|author"
    r"|producer|intern|analyst|critic)"
)
_ADDRESS = r"(?:\S+@\S+\.\S+|@\w+|https?://\S+|(?:www|twitter|facebook|instagram|x)\.\S+)"

# Anywhere in a story: an invitation that no story makes.
_PROMOTION = (
    r"\W*(?:advertisement|advertising|anzeige|publicite|publicidad|publicidade|pubblicita|reklam|اعلان|اعلانات"
    r"|تبليغات|פרסומת)\W*",
    r"(?:please |to |and )?(?:sign up|subscribe|register)\b.{0,200}\b(?:newsletters?|inbox|alerts?|podcasts?"
    r"|e ?mails?|briefing"
    r"|free|updates|channel|edition)\b.*",
    r"(?:get|receive|want|read|for|check out|stay|like what)\b.{0,160}\b(?:inbox|newsletters?"
    r"|push notifications?|our (?:free "
    r")?apps?|whatsapp (?:channel|group|community))\b.*",
    r"click (?:here )?(?:to|for) (?:subscribe|sign up|get|download|join|receive|read more)\b.*",
    rf"(?:follow|find|join|like|connect with|visit) (?:us|\w+(?: \w+)?|the \w+(?: \w+)?)(?: \w+)? on (?:our )?"
    rf"{NETWORKS}\b.*",
    r"download (?:the|our) .{0,40}\bapps?\b.*",
    r"(?:listen to|subscribe to) .{0,60}\b(?:podcast|apple podcasts|spotify)\b.*",
    r"(?:abonnez|inscrivez)[- ]vous\b.*|(?:recevez|suivez)\b.{0,80}\b(?:newsletter|infolettre|whatsapp"
    r"|google (?:news|actualites)"
    rf"|{NETWORKS})\b.*",
    r".{0,120}\bnewsletter\b.{0,60}(?:anmeld\w+|abonnier\w+|hier entlang|richtig|sichern)\b.*"
    r"|(?:melden sie sich|abonnieren sie|jetzt abonnieren|folgen sie uns)\b.*|fehler gefunden\W.*"
    r"|.{0,80}\bhier geht['’ ]?e?s zu\w* .*",
    r"(?:suscribete|suscribase|siguenos|sigue (?:a|toda)|registrate)\b.*|.{0,60}\bcanal de (?:whatsapp|telegram)\b.*",
    r"(?:iscriviti|seguici|assine|inscreva-se|siga o)\b.*",
    r"(?:abone olun|takip edin|bizi takip)\b.*",
    r"(?:اشترك|اشتركوا|انضم|انضموا|تابعونا|تابعوا|تابعنا|حمل|حملوا)\b.{0,80}(?:نشره|نشرتنا|قناه|قناتنا|قنواتنا|تطبيق"
    r"|صفحتنا|حسابنا|واتساب|تليجرام|تلغرام|فيسبوك|تويتر|انستغرام|اخبار جوجل|جوجل نيوز).*",
    r"(?:لمتابعه|للاشتراك|للانضمام|لتحميل)\b.{0,80}(?:اضغط|انقر|هنا|واتساب|تليجرام|تلغرام|تطبيق|جوجل نيوز).*",
    r"\W*و?ل(?:لمزيد|متابعه|قراءه|معرفه|لحصول)\b.{0,100}(?:تابعونا|تابعنا|(?:تابعوا?|اشتركوا?|انضموا?|حملوا?|اضغطوا?|انقروا?"
    r"|زوروا)\b.{0,60}\b(?:صفحتنا|قناتنا|قنواتنا|حسابنا|حساباتنا|تطبيق|تطبيقنا|نشرتنا|موقعنا|هنا|واتساب|تليجرام"
    r"|تلغرام))\b.{0,80}",
    r"(?:يمكنكم|يمكنك|يرجي|اقرا|اقراوا)\b.{0,80}(?:تطبيقنا|قناتنا|صفحتنا|حسابنا|حساباتنا|نشرتنا|قنواتنا"
    r"|موقعنا)\b.{0,60}",
    r"(?:عدد (?:القراءات|المشاهدات|الزيارات)|مشاهدات|قراءات|تمت (?:القراءه|المشاهده)|(?:وقت|مده"
    r"|زمن) القراءه)\W*\d[\d,.]*"
    r"(?: \w+)?\W*|شارك(?:وا)? (?:هذا )?(?:الخبر|المقال|الموضوع)(?: عبر| علي)?(?: \w+)?|(?:تم )?نسخ الرابط|انسخ الرابط"
    r"|رابط مختصر|اضف تعليقا?|ابلغ عن خطا\b.{0,40}|هل وجدت خطا\b.{0,60}",
    r"for more (?:news|updates|stories|headlines)\b.{0,80}\b(?:follow|visit|subscribe|download|join|click)\b.*"
    r"|support (?:independent|our|quality)\b.{0,40}\bjournalism\b.*|(?:story|article) continues below"
    r"(?: (?:the |this )?ad(?:vert|vertisement)?)?"
    r"|(?:advertisement|ad)\W+scroll to continue\W*",
    r"(?:reading time|temps de lecture|lecture|lesedauer|tiempo de lectura|tempo di lettura|tempo de leitura"
    r"|okuma suresi"
    r"|זמן קריאה|views|vues)\W*\d[\d,.]*(?: \w+)?\W*|\d+ min(?:ute)?s? (?:read|de lecture|de lectura|di lettura)",
    r"(?:lire )?la suite (?:de l.article )?apres .{0,20}publicite\W*|article reserve aux abonnes\b.{0,80}"
    r"|vous avez (?:repere|trouve|constate) une erreur\b.{0,80}|(?:diesen )?artikel (?:teilen|anhoren)"
    r"|fehler entdeckt\W.*",
    r"(?:unete a nuestro|recibe (?:nuestro|nuestra|las noticias))\b.{0,120}|(?:continua|continue)(?: a leggere"
    r"| lendo)? "
    r"(?:dopo la|apos a|depois da) pubb?licid?[at]\w*\W*|segui il nostro\b.{0,80}|receba (?:as|nossas?)\b.{0,80}",
    r".{0,60}\b(?:takip edin|kanalimiza katilin|grubumuza katilin|abone olun)\W*|haberin devami\W*",
    r"(?:подписываитесь|подпишитесь|присоединяитесь)\b.{0,120}|реклама\W*|нашли ошибку\b.{0,80}",
    r".{0,60}(?:הצטרפו|הירשמו|עקבו)\b.{0,60}(?:וואטסאפ|ווטסאפ|טלגרם|ניוזלטר|פייסבוק).{0,30}|מצאתם טעות\b.{0,60}",
    r".{0,80}(?:كانال|شبكه ?هاي اجتماعي)\b.{0,40}(?:بپيونديد|دنبال كنيد|شويد)\W*|كپي لينك|نظر خود را بنويسيد",
    *closing_by_language.PROMOTION,
    *closing_labels.PROMOTION,
)  # fmt: skip
# At the end of a story.
_CLOSE = (
    r"\(?(?:additional |with )?(?:reporting|writing|editing|compiled|edited|written|produced)(?: \w+){0,3} by\b"
    r"(?:.*;.*|.*\b(?:editing|edited|reporting) by\b.*|(?:\W*\w+){1,10}\W*)",
    r"\W*(?:تغطيه صحفيه|شارك\w* في التغطيه|اعداد|كتابه|ترجمه)\b.{2,160}\W(?:تحرير|مراجعه|تدقيق)\b.{2,80}",
    r"\((?:reportage|bericht von|report(?:e|agem) de|tradotto da|version \w+)\b.{2,160}"
    r"\b(?:edit\w*|edicao|redigiert|bearbeitet|revu)\b.{2,80}",
    r"our standards\b.*|.{0,40}\btrust principles\b.*",
    r".{3,200}\bcontributed (?:to this|reporting)\b.*",
    r"\(?with (?:reports?|reporting|files|information|inputs|additional reporting) (?:from|by)\b.*",
    r"(?:this|the) (?:article|story|post|piece|column)(?: \w+){0,4} (?:first |originally )?(?:published"
    r"|appeared|produced)\b.*"
    r"|(?:originally|first) (?:published|appeared)\b.*",
    r"(?:image|photo|picture|foto|bild|photos) (?:source|credit|courtesy|by)s?\b.*",
    r"(?:source|quellen?|sources|fuente|fonte|kaynak|المصدر|المصادر|منبع)\s*[:|].{0,60}",
    r"(?:©|\(c\)|copyright\b|ⓒ).*|.{0,160}\b(?:all rights reserved|alle rechte vorbehalten|tous droits reserves"
    r"|todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados|tum haklari saklidir)\b.*"
    r"|.{0,120}(?:جميع الحقوق محفوظه|حقوق النشر|كل الحقوق محفوظه|כל הזכויות שמורות).*",
    rf"(?:[^\W\d_][\w.'’-]* ){{1,5}}(?:is|was) (?:an? |the )?(?:[\w'’-]+ ){{0,5}}{_TRADES}s?\b.*",
    r"(?:[^\W\d_][\w.'’-]* ){1,6}(?:ist|war) (?:[\w'’-]+ ){0,8}(?:korrespondent|reporter|redakteur|autor"
    r"|journalist|kolumnist"
    r"|volontar|grunder|chefredakteur|chefreporter)(?:in)?\b.*",
    r"(?:[^\W\d_][\w.'’-]* ){1,5}(?:est|es|e) (?:une? |la |le )?(?:journaliste|correspondant|redacteur"
    r"|editorialiste|periodista"
    r"|corresponsal|redactor|columnista|giornalista|jornalista)\w*\b.*",
    r"\W*(?:كاتب|كاتبه|باحث|باحثه|صحافي|صحافيه|صحفي|صحفيه|اكاديمي|محلل|خبير|استاذ|نويسنده|روزنامه نگار)"
    r"(?: (?:و\w+|\w+)){0,9}\W*",
    r"(?:redaktion|faktencheck|mitarbeit|recherche|ubersetzung|aus dem \w+ (?:von|ubersetzt)|traduction"
    r"|traduccion|tarjama"
    r"|ترجمه|اعداد|تحرير|تدقيق)\s?:?\s.{2,80}",
    r"\((?:شارك في التغطيه|ساهم في التغطيه|تغطيه صحفيه|اعداد|تحرير|ترجمه|كتابه|پوشش|تدوين)\b[^()]{2,160}\)"
    r"|(?:شارك|ساهم|شاركت|ساهمت) في (?:التغطيه|اعداد (?:هذا )?(?:التقرير|الخبر))\b.{0,120}",
    r"(?:ihre meinung|senden sie uns|schreiben sie uns|haben sie (?:hinweise|fragen))\b.*",
    rf"(?:(?:e-?mail|contact|reach|follow|twitter|have a tip|got a tip|send (?:tips|us"
    rf"|your))\b.*)?{_ADDRESS}\W*.{{0,80}}",
    rf"(?:{_ADDRESS}\W*)+",
    rf"follow .{{3,80}}\b(?:on|at) {NETWORKS}\b.*|more (?:\w+ ){{1,3}}(?:news|coverage|stories)?\W*{_ADDRESS}.*"
    r"|follow .{3,60}\bcoverage\b.*",
    r"filed under\b.*|(?:tags?|topics|themen|temas|etiquetas|الوسوم|(?:ال)?كلمات (?:ال)?(?:مفتاحيه"
    r"|دلاليه))\s*:?(?:.{0,80})",
    r"(?:\(?(?:mit|avec|con) )?(?:(?:material|agence|informacion|informations?) (?:von|de|der)? ?)?"
    r"\(?(?:dpa|afp|rtr|reuters|epd|kna|sid|apa|sda|ap|efe|ansa|pa|tass)(?:[\W_]+\w{1,10}){0,4}\W*",
    r"would you like to comment\b.*|please read our comment\b.*|.{0,60}\bcomment(?:s|ing)? policy\b.*",
    r"(?:ال)?اراء الوارده\b.*|.{0,120}لا تعبر (?:بالضروره )?عن (?:راي|وجهه نظر)\b.*"
    r"|.{0,160}(?:التعليقات قبل نشرها|ارشادات"
    r" (?:الاستخدام|النشر)).*",
    r"(?:تنويه\W*)?(?:هذا |هذه )?(?:ال)?(?:مقال|مقاله|اراء)\b.{0,60}عن (?:راي|اراء|وجهه نظر)\b.{0,80}",
    r"(?:للتواصل|تواصلوا? معنا|راسلونا|لارسال)\b.{0,100}(?:@|واتساب|راسلونا|بريد).{0,60}|يتبع\W*",
    r"(?:have you been|are you|were you) affected by\b.{0,160}|(?:do you have|got) (?:a|any) (?:story|tip"
    r"|question)s?\b.{0,160}"
    r"|(?:get in touch|email us|write to us)\b.{0,160}"
    r"|\W*(?:except for the headline,? )?this (?:story|article|report|copy)(?: \w+){0,3} not been edited\b.{0,200}",
    r"riproduzione riservata\W*|источник\s*:.{0,60}|mehr zum thema finden sie hier\W*",
    r"(?:كد خبر|شناسه خبر|كد مطلب|رقم الخبر)\b.{0,30}",
    *closing_by_language.CLOSE,
    *closing_labels.CLOSE,
)  # fmt: skip
_AS_FOLDED = str.maketrans({"ء": None, "ئ": "ي", "ؤ": "و", "أ": "ا", "إ": "ا", "ة": "ه", "ى": "ي"})
# What an outlet says of the page before it invites: that it is free, or only for subscribers.
_OFFER = (
    r"(?:[^.!?؟]{0,60}\b(?:article|story|content|contenu|artikel|beitrag|inhalt|articulo|contenido|articolo|contenuto"
    r"|artigo|conteudo|haber|icerik|مقال|المقال|المحتوي)\b[^.!?؟]{0,60}[.!?؟] )?"
)
# Pictures, arrows and brackets that stand before an invitation.
_ORNAMENT = re.compile(r"\W+")
_IS_PROMOTION = re.compile(
    f"{_OFFER}(?:" + "|".join(f"(?:{pattern})" for pattern in _PROMOTION).translate(_AS_FOLDED) + ")"
)
_IS_CLOSE = re.compile("|".join(f"(?:{pattern})" for pattern in _CLOSE).translate(_AS_FOLDED))


@lru_cache(maxsize=2048)
def is_promotion(text: str) -> bool:
    """Whether a short text does nothing but invite to subscribe, to follow or to install."""
    if len(text) > _LONGEST:
        return False
    folded = fold(text).strip()
    ornament = _ORNAMENT.match(folded)
    return _IS_PROMOTION.fullmatch(folded, ornament.end() if ornament else 0) is not None


@lru_cache(maxsize=2048)
def closes_story(text: str) -> bool:
    """Whether a text that ends a story belongs to the outlet rather than to the story."""
    return is_promotion(text) or (len(text) <= _LONGEST and _IS_CLOSE.fullmatch(fold(text).strip()) is not None)
