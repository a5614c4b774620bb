"""Headings that are set phrases: known word for word, in languages whose forms need no pattern.

`phrases` folds them and looks a whole short text up among them; what has endings and variants stands there as a
pattern. Phrases of one line are of one language; a bar parts them.
"""

READ_ALSO = (
    "اقرأ/ي أيضا|اقرأ/ي أيضاً|اقرؤوا أيضا|قراءة أيضا|شوف أيضا|يهمك أيضا|ربما تود قراءة|قد ترغب في قراءة|قد تود قراءة"
    "|قد يثير اهتمامك|اقرأ أيضا للكاتب|اقرأ أيضا على موقعنا|خاص اقرأ أيضا|موضوع يهمك|خبر يهمك|ننصحك بقراءة"
    "|ننصحكم بقراءة|اقرأ في هذا الملف",
    "در این باره بخوانید|در این زمینه بخوانید|در همین زمینه بخوانید|در این زمینه بیشتر بخوانید|حتما بخوانید"
    "|از دست ندهید|شاید از این مطالب هم خوشتان بیاید|در این رابطه بخوانید|در همین رابطه بخوانید"
    "|بیشتر در این باره|اینجا بخوانید",
    "زیاتر بخوێنەوە|زیاتر بخوێنەرەوە|زیاتر بخوێننەوە|هەروەها بخوێنەوە|هەروەها بخوێنەرەوە|هەروەها بخوێننەوە"
    "|ئەمەش بخوێنەوە"
    "|ئەمەش بخوێنەرەوە|ئەمانەش بخوێنەوە|ئەمانەش بخوێنەرەوە|ئەمانەش بخوێننەوە|هەروەها ببینە|هەروەها ببینن|زیاتر ببینە"
    "|لەم بارەیەوە بخوێنەوە|زیاتر لەسەر ئەم بابەتە|زیاتر لەم بارەیەوە",
    "Zêdetir bixwîne|Zêdetir bixwînin|Her wiha bixwîne|Herwiha bixwîne|Bixwîne jî",
    "לכתבות נוספות בנושא|עוד באותו נושא|אולי פספסתם|אל תפספסו|כתבות נוספות שיעניינו אותך|כתבות נוספות שיעניינו אתכם"
    "|כתבות נוספות שאולי יעניינו אותך",
    "Şunlar da ilginizi çekebilir|Bunları okudunuz mu|Bu haberi de oku|Bunlara da göz atın|Bu haberi de okuyun"
    "|Bu habere de göz atın",
    "Read this too|Worth reading|Suggested reading|More to read|Read the related story|Read related story",
    "À relire|À (re)lire|À lire ensuite|Lire aussi sur ce sujet|Cela pourrait vous intéresser"
    "|Ces articles peuvent vous intéresser|Ces articles pourraient vous intéresser|Cet article peut vous intéresser"
    "|Ceci peut vous intéresser|Plus sur le sujet|Sur ce sujet|Nos articles sur le sujet",
    "Lest auch|Lesen Sie außerdem|Lesen Sie dazu auch|Lesen Sie dazu|Lesen Sie jetzt|Ebenfalls interessant"
    "|Auch spannend|Dazu passend|Das könnte Ihnen auch gefallen|Das könnte dir auch gefallen|Mehr zu diesem Thema",
    "Lea además|Lee además|Vea además|Mira además|Puedes leer también|Puede leer también|Puede leer|Puedes leer"
    "|Puede interesarle|Te podría interesar|Le podría interesar|Podría interesarte|Quizás te interese|No te pierdas"
    "|Lectura recomendada|Sobre este tema|Seguí leyendo",
    "Leggi anche|Leggi pure|Leggi ancora|Vedi anche|Guarda anche|Da leggere|Potrebbe interessarti|Sullo stesso tema"
    "|Potrebbe interessarti anche|Potrebbero interessarti|Potrebbero interessarti anche|Ti potrebbe interessare"
    "|Ti potrebbe interessare anche|Ti potrebbero interessare|Ti può interessare|Ti può interessare anche"
    "|Forse ti interessa anche|Sullo stesso argomento|Per approfondire",
    "Ler também|Leia ainda|Leia também|Confira também|Assista também|Você pode gostar|Você também pode gostar"
    "|Pode interessar|Pode lhe interessar|Poderá também gostar|Pode também interessar|Sobre o tema|A não perder",
    "Читать также|Читайте по теме|Вам может быть интересно|Вам будет интересно|Вас может заинтересовать"
    "|Не пропустите|Смотри также|Читайте ещё|Это интересно",
    "Читайте також|Дивіться також|Вас може зацікавити|Чытайце таксама",
    "यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|इन्हें भी पढ़ें|यह भी देखें|ये भी देखें|आपको यह भी पसंद आ सकता है|यह भी पढ़े|ये भी पढ़े"
    "|हे ही वाचा|हेही वाचा|আরও পড়ুন|আরো পড়ুন|இதையும் படியுங்கள்|இதையும் படிங்க|ఇవి కూడా చదవండి|ఇది కూడా చదవండి"
    "|આ પણ વાંચો|ਇਹ ਵੀ ਪੜ੍ਹੋ|ഇതും വായിക്കുക|ಇದನ್ನೂ ಓದಿ",
    "مزید پڑھیں|یہ بھی پڑھیں|مزید پڑھیے|یہ بھی دیکھیں",
    "Lees ook|Zie ook|Bekijk ook|Kijk ook|Läs också|Läs även|Les også|Læs også|Se også|Lue myös|Katso myös",
    "Czytaj także|Czytaj też|Czytaj również|Zobacz także|Zobacz też|Zobacz również|Przeczytaj także|Przeczytaj też",
    "Citește și|Citiți și|Vezi și|Te-ar putea interesa|Te-ar putea interesa și",
    "Čtěte také|Přečtěte si také|Mohlo by vás zajímat|Čítajte aj|Prečítajte si aj|Mohlo by vás zaujímať",
    "Olvasta már|Ezt is olvassa el|Ez is érdekelheti|Pročitajte još|Pročitajte i|Pročitaj i|Preberite še|Čitajte i"
    "|Lexo edhe|Lexoni edhe|Lexoni gjithashtu|Loe ka|Loe lisaks|Lasi arī|Skaitykite taip pat",
    "Διαβάστε επίσης|Διαβάστε ακόμα|Διαβάστε ακόμη|Δείτε επίσης|Прочетете още|Прочетете също|Вижте още|Вижте също",
    "Baca juga|Simak juga|Lihat juga|Xem thêm|Đọc thêm|Có thể bạn quan tâm|อ่านเพิ่มเติม|อ่านข่าวที่เกี่ยวข้อง|Soma pia"
    "|Pia soma|Həmçinin oxuyun|Shuningdek o'qing|Оқи отырыңыз",
    "あわせて読みたい|合わせて読みたい|延伸阅读|延伸閱讀|相关阅读|相關閱讀|함께 보면 좋은 기사",
)
"""Invitations to read on."""
RELATED = (
    "الخبر المرتبط|في الموضوع نفسه|مواضيع تهمك|موضوعات تهمك|أخبار تهمك|مقالات تهمك|قد تهمك هذه المواضيع|على صلة"
    "|مواضيع متصلة|أخبار متصلة|موضوعات متصلة|مقالات متصلة|منشورات ذات صلة|تدوينات ذات صلة|مشاركات مشابهة"
    "|منشورات مشابهة|المنشورات ذات الصلة|مشاركات ذات صلة|وثيق الصلة|موضوعات على صلة|مقالات على صلة",
    "گزارش مرتبط|پست‌های مرتبط|ویدئوهای مرتبط|خواندنی‌های مرتبط|مرتبط با این خبر|مطالب مرتبط با این خبر|خبر مرتبط",
    "هەواڵی پەیوەندیدار|هەواڵە پەیوەندیدارەکان|بابەتی پەیوەندیدار|بابەتە پەیوەندیدارەکان|وتاری پەیوەندیدار|پەیوەندیدار"
    "|وتارە پەیوەندیدارەکان|ڕاپۆرتی پەیوەندیدار|بابەتی پەیوەست|بابەتە پەیوەستەکان|هەواڵی پەیوەست|هەواڵە پەیوەستەکان"
    "|بابەتی هاوشێوە|بابەتە هاوشێوەکان|هەواڵی هاوشێوە|هەواڵە هاوشێوەکان",
    "Nûçeyên têkildar|Nûçeyên pêwendîdar|Mijarên têkildar",
    "תוכן קשור|כתבה קשורה|ידיעות נוספות בנושא",
    "Related video|Related videos|More coverage",
    "Dans le même dossier|Notre dossier",
    "Artikel zum Thema|Weitere Artikel zum Thema|Weiterführende Links|Weiterführende Artikel",
    "Articoli correlati|Notizie correlate|Contenuti correlati|Articoli simili|Correlati|Potrebbe interessare",
    "Artigos relacionados|Matérias relacionadas|Conteúdo relacionado|Conteúdos relacionados|Reportagens relacionadas"
    "|Artigos semelhantes|Relacionados",
    "По теме|Материалы по теме|Ещё по теме|Другие новости по теме|Похожие материалы|Похожие новости|Похожие статьи"
    "|Новости по теме|Статьи по теме|Связанные новости|Ранее по теме|Подробнее по теме|За темою|Схожі новини"
    "|Матеріали за темою|Свързани новини|Свързани статии|По темата",
    "संबंधित खबरें|सम्बंधित ख़बरें|संबंधित समाचार|متعلقہ خبریں|متعلقہ مضامین|সম্পর্কিত খবর",
    "Gerelateerde artikelen|Gerelateerd|Meer over dit onderwerp|Relaterade artiklar|Relaterte saker|Relaterede artikler"
    "|Aiheeseen liittyvää|Mer om ämnet|Mer om saken",
    "Powiązane artykuły|Więcej na ten temat|Powiązane|Articole similare|Pe aceeași temă|Související články|Související"
    "|Súvisiace články|Kapcsolódó cikkek|Kapcsolódó|Vezane vijesti|Povezane vesti|Povezane vijesti|Slične vesti"
    "|Susiję straipsniai|Σχετικά άρθρα|Σχετικές ειδήσεις",
    "Artikel terkait|Berita terkait|Tin liên quan|Bài viết liên quan|ข่าวที่เกี่ยวข้อง",
    "関連記事|関連ニュース|こちらもおすすめ|相关新闻|相關新聞|相关文章|相關文章|관련기사|관련 기사|관련 뉴스|관련뉴스",
)
"""Names for related matter."""
MORE = (
    "شاهد الفيديو|شاهدوا الفيديو|شاهد بالفيديو|ویدئو را ببینید|Videoyu izle|Watch the video|Voir la vidéo|Ver el video"
    "|Guarda il video|Смотрите видео|Дивіться відео|Zum Video",
    "اضغط هنا للمزيد|לכתבה המלאה|קראו בהרחבה|Haberin devamı|Ayrıca|Learn more|Read full story|Click here to read",
    "Lire plus|Pour en savoir plus|Lire l'article|Mehr Infos|Leggi di più|Leggi tutto|Scopri di più",
    "Continua a leggere|Saiba mais|Ler mais|Veja mais|Подробнее|Читать далее|Узнать больше|और पढ़ें",
    "Lees meer|Meer lezen|Läs mer|Les mer|Læs mere|Lue lisää|Číst dál|Lasi vēl|Loe edasi|Beri dalje",
)
"""Words of buttons, which head a link only where it stands behind them on one line."""
FURNITURE = (
    "مقالات مختارة|قصص مقترحة|مقترح لك|مقترحات لك|مواضيع مقترحة|مقالات مقترحة|أخبار أخرى|من الأرشيف|مقالات سابقة",
    "زۆرترین خوێنراوە|زۆرترین خوێندراوە|زۆرترین بینراو|زۆرترین بینراوە|پڕخوێنەرترین|پڕبینەرترین|دوایین هەواڵ"
    "|دوایین هەواڵەکان"
    "|نوێترین هەواڵ|نوێترین هەواڵەکان|نوێترین بابەت|نوێترین بابەتەکان|هەواڵی زیاتر|بابەتی زیاتر|هەواڵەکانی دیکە",
    "مطالب پیشنهادی|پیشنهاد ما|پیشنهاد سردبیر|اخبار بیشتر|כתבות מומלצות|עוד כתבות|מומלצים",
    "المزيد عن المؤلف|المزيد من المؤلف|المزيد عن الكاتب|المزيد من الكاتب|المزيد للكاتب|More about the author"
    "|More from the author|More from this author|Mehr vom Autor|Du même auteur|Más del autor|Mais do autor",
    "Diğer haberler|Önerilen haberler|Daha fazla haber|Sıradaki Haber|More stories|More news|In other news",
    "Autres articles|D'autres articles|Recommandé pour vous|Dans la même rubrique|Empfohlene Artikel|Mehr Nachrichten",
    "Más noticias|Otras noticias|Te recomendamos|Le recomendamos|Altri articoli|Mais notícias|Mais lidas|I più letti",
    "Рекомендуем|Рекомендуем почитать|Другие материалы|Другие новости|Самое читаемое|Последние новости|Polecamy"
    "|Najczęściej czytane|Meest gelezen|Mest lest|Mest lästa",
)
"""Picks and other stories of the whole site."""
REPLIES = (
    "کۆمێنت|کۆمێنتەکان|بۆچوونەکان|سەرنجەکان|لێدوانەکان|وەڵامێک بنووسە|کۆمێنتێک بنووسە|بۆچوونێک بنووسە|لێدوانێک بنووسە"
    "|سەرنجێک بنووسە",
)
"""Readers' comments."""
