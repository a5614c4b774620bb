"""The sentences that close or interrupt a story, as outlets of one language each put them.

Patterns are matched against `fold` of a short text, as those of `closing_phrases`, which reads them; words that folding
takes apart are folded here. An invitation needs the name of what it invites to, a note below what the story goes on:
stories begin with the same words.
"""

from __future__ import annotations

from newscrawl.extraction.body.closing_labels import one_of

NETWORKS = r"(?:twitter|x|facebook|instagram|telegram|whatsapp|youtube|linkedin|tiktok|google news|threads|bluesky)"
"""Where outlets ask to be followed."""
_FOLLOWED = rf"(?:google|viber|messenger|{NETWORKS})"
_PICTURE = (
    r"(?:foto|video|advertenti|reclame|afbeelding|kaart|grafi|filmpje|bericht|post|kader|annons|bild|film|reklam)\w*"
)


_ADVERTISING = (
    "werbung|advertentie|annons|annonse|annonce|mainos|inzerce|inzerat|oglas|διαφήμιση|iklan|publicitate|hirdetés"
    "|quảng cáo|広告|广告|廣告|광고|विज्ञापन|বিজ্ঞাপন|اشتہار|اشتہارات"
)
_HINDI_INVITING = (
    "फॉलो करें|सब्सक्राइब करें|जॉइन करें|ज्वाइन करें|लाइक करें|पढ़ते रहें|जुड़े रहें|बने रहें|फॉलो करुन|ফলো করুন|অনুসরণ করুন|সাবস্ক্রাইব করুন"
)
_SOURCE = (
    "źródło|zdroj|zdroje|forrás|sursa|izvor|sumber|nguồn|kilde|kilder|källa|källor|lähde|bron|bronnen|πηγή|πηγές"
    "|джерело|крыніца|स्रोत|सोर्स|সূত্র|ماخذ|מקור|来源|來源|出典|출처|作者|责编|责任编辑|責任編輯|编辑|編輯|校对|审核|编审|监制"
)
_AGENCIES = (
    "dpa|afp|reuters|epd|kna|sid|apa|sda|ats|ap|efe|ansa|pap|ntb|tt|ritzau|stt|anp|belga|lusa|mti|čtk|tasr|hina|tanjug"
    "|bta|agerpres|interfax|pti|ani|ians|antara|iha|dha|тасс|интерфакс|риа новости|укрінформ|απε-μπε"
    "|أ ش أ|أ ف ب|د ب أ|رويترز|واس|وام|كونا|قنا|بنا|بترا|وفا|سانا|سونا|واع|وكالات"
    "|الوكالات|الأناضول|شينخوا|سبوتنيك|ایرنا|ایسنا|ایلنا|تسنیم"
)

PROMOTION = (
    # Labels of advertisements, and notes that the story goes on behind one or below a picture.
    rf"{one_of(_ADVERTISING)}\W*",
    r"(?:weiterlesen|lesen sie) (?:nach|unter) der (?:anzeige|werbung)(?: weiter)?\W*"
    r"|nach der (?:anzeige|werbung) weiterlesen\W*"
    r"|(?:der |dieser )?(?:artikel|text|beitrag) geht (?:nach|unter) (?:der|dem|den) \w+ weiter\W*",
    rf"(?:(?:de |het )?(?:tekst|artikel|verhaal) (?:gaat|loopt) (?:verder|door)|lees verder) (?:onder|na|hieronder)"
    rf"(?: (?:de|het|deze|dit) {_PICTURE})?\W*",
    r"(?:dalsz[ay] (?:czesc|ciag)(?: (?:artykułu|tekstu|materiału|wiadomosci))?|reszta (?:artykułu|tekstu))"
    r"(?: znajduje sie| jest)? (?:pod|ponizej|po) .{0,60}",
    rf"(?:artikeln|texten|artikkelen|saken|teksten|artiklen|historien) (?:fortsatter|fortsetter|fortsætter)"
    rf" (?:efter|etter|under|nedanfor|nedenfor) {_PICTURE}\W*|juttu jatkuu (?:mainoksen|kuvan|videon) \w+\W*",
    r"(?:(?:el |la |o |a )?(?:articulo|nota|noticia|texto|artigo|materia) )?(?:sigue leyendo|continua|siga lendo)"
    r" (?:tras|despues del?|apos|depois d[ao])(?: el| la| a| o)? (?:anuncio|publicidade?|video)\W*",
    r"(?:продолжение|статья продолжается|продовження|articolul continua|clanek pokracuje|η ειδηση συνεχιζεται)"
    r" .{0,40}\b(?:реклам\w*|reclama|publicitate|reklam\w*|διαφημιση)\W*",
    r"scroll (?:to continue|untuk|ke bawah)\b.{0,60}|(?:lanjutkan|lanjut) (?:membaca|baca)\b.{0,40}\biklan\W*"
    r"|gambas\s?:.{0,40}",
    # Invitations to subscribe, to follow and to tell of errors.
    r"(?:simak|ikuti|dapatkan|bergabung|baca berita|pilih)\b.{0,200}\b(?:whatsapp|telegram|google news|channel|facebook"
    r"|instagram|youtube|tiktok|newsletter|aplikasi)\b.{0,200}|(?:simak|saksikan) juga video\b.{0,120}",
    rf"(?:anmal dig|prenumerera|folj|meld deg|abonner|følg|tilmeld|tilaa|seuraa)\b.{{0,100}}"
    rf"\b(?:ny(?:hets|heds)brev\w*|uutiskirje\w*|{NETWORKS})\b.{{0,60}}",
    rf"(?:volg|meld je aan|schrijf je in|abonneer|ontvang|download)\b.{{0,100}}"
    rf"\b(?:nieuwsbrie\w+|{NETWORKS})\b.{{0,60}}",
    rf"(?:obserwuj|sledz|polub|dołacz|zapisz sie|(?:za)?subskrybuj|badz na biezaco)\b.{{0,120}}"
    rf"\b(?:newsletter\w*|facebook\w*|whatsapp\w*|{_FOLLOWED})\b.{{0,80}}|dziekujemy ?,? ze przeczytał\S* .*",
    rf"ακολουθηστε\b.{{0,120}}\b{_FOLLOWED}\b.*|(?:διαβαστε|δειτε) ολε?σ τισ (?:τελευταιεσ )?ειδησεισ\b.*"
    r"|διαβαστε ολα τα (?:τελευταια )?νεα\b.*",
    r"(?:підписуитесь|підписуитеся|підпишіться|приєднуитесь|приєднуитеся|долучаитесь|долучаитеся)\b.{0,160}"
    rf"|(?:стежте|слідкуите|читаите|следите|следваите|последваите|абонираите)\b.{{0,100}}"
    rf"\b(?:телеграм|вайбер|соцмереж|соцсет|дзен|viber|дзене|{_FOLLOWED}).{{0,60}}",
    r"(?:якщо (?:ви|ти) )?(?:помітили|знаишли|побачили)\b.{0,20}помилку\b.*"
    r"|(?:если вы )?(?:заметили|нашли|увидели) (?:ошибку|опечатку)\b.*",
    r"(?:te|le|os) (?:ha gustado|gusto|ha interesado) (?:este|esta|el|la) (?:articulo|noticia|nota|contenido)\W.*"
    r"|hazte (?:socio|socia|suscriptor\w*)\b.{0,120}",
    r"(?:assista |veja |confira )?(?:a?os |as? )?(?:videos?|noticias|reportagens) mais (?:assistid|vist|lid)[ao]s\b"
    r".{0,60}"
    r"|(?:veja|leia|confira|acompanhe) mais noticias\b.{0,80}"
    rf"|(?:siga|acompanhe|participe d[oa]|entre n[oa])\b.{{0,80}}\b{_FOLLOWED}\b.{{0,80}}",
    rf"resta (?:sempre )?aggiornat\w+\b.{{0,120}}|(?:segui|entra)\b.{{0,80}}\b{_FOLLOWED}\b.{{0,60}}",
    rf"(?=[\u0900-\u09ff]).{{0,240}}{one_of(_HINDI_INVITING)}\W*",
    rf"{one_of('مزید خبروں کے لیے|ہمیں|ہمارا|ہمارے|ہماری')}.{{0,120}}{one_of('فالو کریں|سبسکرائب کریں|جوائن کریں')}\W*",
    rf"{one_of('この記事は')}{one_of('会員限定|有料会員|有料記事')}.{{0,60}}|{one_of('残り')}\W*\d+\s?{one_of('文字')}.{{0,40}}",
    # What stands on buttons.
    r"\d+ (?:comentarios?|commentaires?|comments?|commenti|kommentare?r?|kommenttia|reacties?|yorum|komentarz\w*"
    r"|коммента\w+|коментар\w*|σχολια)\W*",
    r"(?:(?:diesen |dieses |diese )?(?:artikel|beitrag|seite) (?:drucken|versenden|weiterempfehlen|empfehlen"
    r"|kommentieren|merken)\W*|(?:print|e ?mail) (?:this )?(?:article|story|page)\W*"
    r"|imprimer (?:l.article|cet article)\W*"
    r"|imprimir (?:articulo|noticia|artigo)\W*){1,4}",
)
"""Anywhere in a story."""
CLOSE = (
    # Agencies alone or joined, a desk of the outlet's before them: "RND/dpa", "AFP, Reuters".
    rf"\W*(?:\w{{2,12}}\s?[/,+&]\s?){{0,3}}{one_of(_AGENCIES)}(?:\s?[/,+&]\s?\w{{2,12}}){{0,3}}\W*",
    r"(?:[^\W\d_][\w.'’-]* ){1,5}(?:covers|writes|reports|edits|hosts|teaches)\b.{3,160}"
    r"\b(?:reach|contact|e-?mail|follow|write to|find) (?:her|him|them|\w+) (?:at|on|via|by)\b.{0,120}",
    r"(?:har du|vet du|heb je|heb jij|heeft u|masz|hai|tem|tens) .{0,40}\b(?:tips?|nieuwstips?|opmerking|newsa"
    r"|ciekawy temat|una segnalazione|uma denuncia)\b.{0,160}",
    r"sa (?:jobbar|arbetar) .{3,40} med (?:journalistik|nyheter)\b.{0,200}",
    rf"\[?\s*{one_of(_SOURCE)}\s*[:|/].{{0,60}}",
    rf"\(.{{0,20}}{one_of('记者|記者|通讯员|编译')}.{{1,20}}\)|{one_of('版权声明|版權聲明|免责声明|特别声明|声明')}\s*:.*"
    rf"|{one_of('本文')}{one_of('来源|转自|转载自')}.{{0,60}}|{one_of('未经')}.{{0,40}}{one_of('不得')}.*",
    rf"{one_of('저작권자')}.*|.{{0,40}}{one_of('무단전재|무단 전재|무단복제|無断転載|无断转载')}.*",
)
"""At the end of a story."""
