//! The names of months and days of the week in the languages of Europe, Korea, Japan and China.
//!
//! From the Unicode CLDR, release 48 (<https://cldr.unicode.org>): whole names as they stand alone
//! and in a date, then `/`-parted abbreviations that are not their first letters, and a few usual
//! spellings that CLDR lacks. Of names of several words, the word that tells. Data for `names`.

/// The names of one language.
pub(super) struct Language {
    /// Twelve, from January; empty where months have numbers.
    pub(super) months: &'static str,
    /// Seven, from Monday.
    pub(super) weekdays: &'static str,
}

const fn names(months: &'static str, weekdays: &'static str) -> Language {
    Language { months, weekdays }
}

/// All official languages of the European Union, its neighbours' and East Asia's.
#[rustfmt::skip]
pub(super) const LANGUAGES: [Language; 30] = [
    // English
    names("january february march april may june july august/agst september october november december",
          "monday tuesday/tues wednesday thursday friday saturday sunday"),
    // German, with Austrian and ASCII spellings
    names("januar/jänner februar/feber märz/maerz/mrz april mai juni juli august september oktober november dezember",
          "montag/mo dienstag/di mittwoch/mi donnerstag/do freitag/fr samstag/sonnabend/sa sonntag/so"),
    // French
    names("janvier février/fevr mars avril mai juin juillet août septembre octobre novembre décembre",
          "lundi mardi mercredi jeudi vendredi samedi dimanche"),
    // Spanish
    names("enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
          "lunes martes miércoles jueves viernes sábado domingo"),
    // Italian
    names("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
          "lunedì martedì mercoledì giovedì venerdì sabato domenica"),
    // Portuguese
    names("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
          "segunda terça quarta quinta sexta sábado domingo"),
    // Dutch
    names("januari februari maart/mrt april mei juni juli augustus september oktober november december",
          "maandag/ma dinsdag/di woensdag/wo donderdag/do vrijdag/vr zaterdag/za zondag/zo"),
    // Danish and Norwegian
    names("januar februar marts/mars april maj/mai juni juli august september oktober november december/desember",
          "mandag tirsdag onsdag torsdag fredag lørdag søndag"),
    // Swedish
    names("januari februari mars april maj juni juli augusti september oktober november december",
          "måndag tisdag onsdag torsdag fredag lördag söndag"),
    // Romanian
    names("ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
          "luni marți miercuri joi vineri sâmbătă duminică"),
    // Hungarian
    names("január február március április május június július augusztus szeptember október november december",
          "hétfő kedd szerda csütörtök péntek szombat vasárnap"),
    // Greek
    names("ιανουάριος/ιανουαρίου φεβρουάριος/φεβρουαρίου/φευρουαρίου μάρτιος/μαρτίου απρίλιος/απριλίου μάιος/μαΐου/μάω ιούνιος/ιουνίου/ιον ιούλιος/ιουλίου/ιολ αύγουστος/αυγούστου σεπτέμβριος/σεπτεμβρίου οκτώβριος/οκτωβρίου νοέμβριος/νοεμβρίου δεκέμβριος/δεκεμβρίου",
          "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή"),
    // Bulgarian
    names("януари февруари март април май юни юли август септември октомври ноември декември",
          "понеделник/пн вторник/вт сряда/ср четвъртък/чт петък/пт събота/сб неделя/нд"),
    // Polish
    names("styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja czerwiec/czerwca lipiec/lipca sierpień/sierpnia wrzesień/września październik/października listopad/listopada grudzień/grudnia",
          "poniedziałek/pn wtorek/wt środa/śr czwartek/czw piątek/pt sobota/sb niedziela/nd"),
    // Czech
    names("leden/ledna únor/února březen/března duben/dubna květen/května červen/června/čvn červenec/července/čvc srpen/srpna září říjen/října listopad/listopadu prosinec/prosince",
          "pondělí/po úterý/út středa/st čtvrtek/čt pátek/pá sobota/so neděle/ne"),
    // Slovak
    names("január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta september/septembra október/októbra november/novembra december/decembra",
          "pondelok/po utorok/ut streda/st štvrtok/št piatok/pi sobota/so nedeľa/ne"),
    // Slovene
    names("januar/januarja februar/februarja marec/marca april/aprila maj/maja junij/junija julij/julija avgust/avgusta september/septembra oktober/oktobra november/novembra december/decembra",
          "ponedeljek torek sreda četrtek petek sobota nedelja"),
    // Croatian
    names("siječanj/siječnja veljača/veljače ožujak/ožujka travanj/travnja svibanj/svibnja lipanj/lipnja srpanj/srpnja kolovoz/kolovoza rujan/rujna listopad/listopada studeni/studenoga/studenog prosinac/prosinca",
          "ponedjeljak utorak srijeda četvrtak petak subota nedjelja"),
    // Finnish
    names("tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta joulukuu/joulukuuta",
          "maanantai/maanantaina/ma tiistai/tiistaina/ti keskiviikko/keskiviikkona/ke torstai/torstaina/to perjantai/perjantaina/pe lauantai/lauantaina/la sunnuntai/sunnuntaina/su"),
    // Estonian
    names("jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember",
          "esmaspäev teisipäev kolmapäev neljapäev reede laupäev pühapäev"),
    // Lithuanian
    names("sausis/sausio vasaris/vasario kovas/kovo balandis/balandžio gegužė/gegužės birželis/birželio liepa/liepos rugpjūtis/rugpjūčio rugsėjis/rugsėjo spalis/spalio lapkritis/lapkričio gruodis/gruodžio",
          "pirmadienis/pr antradienis/an trečiadienis/tr ketvirtadienis/kt penktadienis/pn šeštadienis/št sekmadienis/sk"),
    // Latvian
    names("janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā jūlijs/jūlijā augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī decembris/decembrī",
          "pirmdiena/pirmd otrdiena/otrd trešdiena/trešd ceturtdiena/ceturtd piektdiena/piektd sestdiena/sestd svētdiena/svētd"),
    // Maltese
    names("jannar frar marzu april mejju ġunju lulju awwissu settembru ottubru novembru diċembru",
          "tnejn tlieta erbgħa ħamis ġimgħa sibt ħadd"),
    // Irish
    names("eanáir feabhra márta aibreán bealtaine meitheamh iúil lúnasa meán/mfómh deireadh/dfómh samhain/samhna nollaig/nollag",
          "luain/luan máirt céadaoin déardaoin aoine sathairn domhnaigh"),
    // Russian
    names("январь/января февраль/февраля март/марта апрель/апреля май/мая июнь/июня июль/июля август/августа сентябрь/сентября октябрь/октября ноябрь/ноября декабрь/декабря",
          "понедельник/пн вторник/вт среда/ср четверг/чт пятница/пт суббота/сб воскресенье/вс"),
    // Ukrainian
    names("січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня липень/липня серпень/серпня вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня",
          "понеділок/пн вівторок/вт середа/ср четвер/чт пʼятниця/пт субота/сб неділя/нд"),
    // Turkish
    names("ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
          "pazartesi/pzt salı çarşamba perşembe cuma cumartesi/cmt pazar"),
    // Korean
    names("", "월요일/월 화요일/화 수요일/수 목요일/목 금요일/금 토요일/토 일요일/일"),
    // Japanese
    names("", "月曜日/月曜/月 火曜日/火曜/火 水曜日/水曜/水 木曜日/木曜/木 金曜日/金曜/金 土曜日/土曜/土 日曜日/日曜/日"),
    // Chinese
    names("一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
          "星期一/周一/週一 星期二/周二/週二 星期三/周三/週三 星期四/周四/週四 星期五/周五/週五 星期六/周六/週六 星期日/星期天/周日/週日"),
];
