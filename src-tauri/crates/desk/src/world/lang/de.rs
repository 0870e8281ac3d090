//! German.

use super::{About, Language, Topic};

pub(super) static DE: Language = Language {
    code: "de",
    weight: 12,
    first: &[
        "Hannelore",
        "Jürgen",
        "Anneliese",
        "Björn",
        "Käthe",
        "Matthias",
        "Franziska",
        "Lorenz",
        "Ulrike",
        "Florian",
        "Greta",
        "Holger",
        "Sieglinde",
        "Konstantin",
        "Birgit",
        "Jannik",
        "Rosemarie",
        "Thorsten",
    ],
    last: &[
        "Müller-Lüdenscheid",
        "Schäfer",
        "Brückner",
        "Großmann",
        "Weiß",
        "Öztürk",
        "Kühn",
        "Sommerfeld",
        "Jäger",
        "Hölzl",
        "Petersen",
        "Vogelsang",
        "Nußbaumer",
        "Köhler",
        "Winterhalter",
        "Hübner",
    ],
    family_first: false,
    cities: &["Hamburg", "München", "Köln", "Leipzig", "Wien", "Zürich", "Bremen", "Graz"],
    products: &[
        "Wolldecke",
        "Teekanne aus Steinzeug",
        "Messinglampe",
        "Servierbrett aus Nussbaum",
        "gusseiserne Pfanne",
        "Bienenwachskerzen",
        "Trittleiter",
        "Butterdose",
        "Wanduhr „Erle“",
        "Teppich „Fenland“",
    ],
    money: "{} €",
    decimal: ',',
    hello: &["Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Moin,"],
    bye: &["Mit freundlichen Grüßen", "Viele Grüße", "Beste Grüße", "Herzlichen Dank im Voraus"],
    dear: "Guten Tag {first},",
    wrote: "{name} schrieb:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &[
                "Doppelte Abbuchung für Bestellung {order}",
                "Zahlung fehlgeschlagen, Geld trotzdem weg",
                "Bestellung {order}: Zahlung seit heute früh offen",
            ],
            opens: &[
                "ich habe {amount} für die Bestellung {order} bezahlt, die Seite zeigte einen Fehler, und der Betrag ist trotzdem vorgemerkt.",
                "Ihre Kasse meldete einen Fehler, also habe ich es noch einmal versucht. Nun sind {amount} zweimal abgebucht.",
            ],
            details: &[
                "Bitte geben Sie eine der beiden Zahlungen wieder frei.",
                "Ist meine Bestellung nun angekommen oder nicht?",
                "Ein Bildschirmfoto kann ich gern schicken.",
            ],
            answers: &[
                "unser Zahlungsanbieter hatte eine Störung, und Ihre Zahlung gehört zu den betroffenen. Bitte zahlen Sie nicht noch einmal.",
                "wir sehen eine Zahlung und eine Vormerkung; die Vormerkung verfällt innerhalb von drei Werktagen von selbst.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &[
                "Erstattung zu Bestellung {order} fehlt noch",
                "Wann bekomme ich meine {amount} zurück?",
            ],
            opens: &[
                "vor {days} Tagen habe ich die Ware zurückgeschickt, die Erstattung von {amount} ist noch nicht da.",
                "Sie haben mir die Erstattung für {order} bestätigt, auf dem Konto ist nichts angekommen.",
            ],
            details: &[
                "Den Einlieferungsbeleg habe ich noch.",
                "Können Sie mir das Datum der Überweisung nennen?",
            ],
            answers: &[
                "die Erstattung über {amount} ist heute hinausgegangen. Ihre Bank braucht zwei bis vier Werktage.",
                "Ihre Rücksendung war unter einer falschen Nummer gebucht. Das ist nun berichtigt.",
            ],
        },
        Topic {
            about: About::Returns,
            subjects: &[
                "Rücksendung: {product}",
                "Rücksendeetikett lässt sich nicht drucken",
                "{product} kam beschädigt an",
            ],
            opens: &[
                "ich möchte einen Artikel aus der Bestellung {order} zurückgeben ({product}), er ist unbenutzt.",
                "das Etikett öffnet sich als leere Seite, auf zwei Rechnern.",
                "das Paket zu {order} war an einer Seite offen, und der Inhalt hat einen Riss.",
            ],
            details: &[
                "Wer trägt das Porto?",
                "Fotos liegen bei.",
                "Ein Ersatz wäre mir lieber als das Geld.",
            ],
            answers: &[
                "natürlich. Das Etikett liegt bei; die Post druckt es Ihnen auch gegen den Code aus.",
                "das tut uns leid. Ein Ersatz geht morgen auf den Weg, das beschädigte Stück dürfen Sie behalten.",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &[
                "Rechnung {invoice}: Umsatzsteuernummer fehlt",
                "Mahnung trotz Zahlung",
                "Rechnung zur Bestellung {order}",
            ],
            opens: &[
                "auf der Rechnung {invoice} fehlt unsere Umsatzsteuer-Identifikationsnummer.",
                "wir haben eine Mahnung zur Rechnung {invoice} bekommen, die vor {days} Tagen bezahlt wurde.",
            ],
            details: &["Unsere Buchhaltung schließt am Freitag.", "Es geht um {amount}."],
            answers: &[
                "die berichtigte Rechnung liegt bei, die alte ist storniert.",
                "Ihre Zahlung und unsere Mahnung haben sich gekreuzt. Bitte betrachten Sie sie als gegenstandslos.",
            ],
        },
        Topic {
            about: About::Account,
            subjects: &[
                "Anmeldung geht nicht mehr",
                "Bitte Konto löschen",
                "Link zum Kennwort kommt nicht an",
            ],
            opens: &[
                "ich habe {n}-mal ein neues Kennwort angefordert, es kommt keine Nachricht.",
                "bitte löschen Sie mein Konto und alle Daten, die Sie über mich gespeichert haben.",
            ],
            details: &[
                "Im Spam-Ordner habe ich nachgesehen.",
                "Eine kurze schriftliche Bestätigung reicht mir.",
            ],
            answers: &[
                "Ihre Adresse stand nach einer unzustellbaren Nachricht auf einer Sperrliste. Bitte versuchen Sie es noch einmal.",
                "das habe ich für Sie veranlasst; Sie bekommen gleich eine Bestätigung.",
            ],
        },
        Topic {
            about: About::Shipping,
            subjects: &[
                "Wo bleibt mein Paket?",
                "Sendung {tracking} bewegt sich nicht",
                "Zugestellt – aber nicht bei mir",
            ],
            opens: &[
                "die Sendung {tracking} steht seit {days} Tagen auf „in Zustellung“.",
                "laut {carrier} wurde das Paket zugestellt, hier hat es niemand.",
                "von der Bestellung {order} kam nur eines von zwei Paketen an.",
            ],
            details: &["Ich war den ganzen Tag zu Hause.", "Es ist ein Geburtstagsgeschenk."],
            answers: &[
                "ich habe bei {carrier} einen Nachforschungsauftrag gestellt. Die Antwort kommt innerhalb eines Werktags.",
                "das zweite Paket ging einen Tag später auf die Reise: {tracking}.",
            ],
        },
        Topic {
            about: About::Product,
            subjects: &[
                "Wann ist die Wanduhr „Erle“ wieder da?",
                "Pflegehinweise gesucht",
                "Ersatzteil: {product}",
            ],
            opens: &[
                "auf der Seite steht seit Wochen „bald wieder lieferbar“. Wissen Sie Genaueres?",
                "mir fehlt der Zettel mit den Pflegehinweisen ({product}).",
            ],
            details: &["Zwei Stück würde ich gleich nehmen.", "Danke für Ihre Mühe."],
            answers: &[
                "Anfang nächsten Monats. Soll ich Ihnen ein Stück zurücklegen?",
                "lauwarmes Wasser und ein weiches Tuch genügen, bitte nicht in die Spülmaschine.",
            ],
        },
    ],
    again: &[
        "Gibt es schon etwas Neues?",
        "Ich habe heute früh noch einmal nachgesehen, es hat sich nichts geändert.",
        "Das ginge, aber nur bis Freitag, danach sind wir verreist.",
        "pay|Die Bank sagt, das Geld sei von Ihrem Konto noch nicht abgegangen.",
        "Ihr Kollege hat mir am Telefon etwas anderes gesagt. Was stimmt denn nun?",
        "box|Anbei das Foto vom Karton.",
    ],
    thanks: &[
        "box|Wunderbar, das Paket ist da und alles ist heil. Danke!",
        "pay|Das Geld ist angekommen, vielen Dank.",
        "web|Jetzt klappt es, danke für die schnelle Hilfe!",
    ],
    later: &[
        "box|ich habe im Lager nachgefragt und melde mich bis 17 Uhr wieder.",
        "box|danke für das Foto. Ein Ersatz geht morgen hinaus.",
        "box|die Rückgabefrist habe ich um zwei Wochen verlängert, es eilt also nicht.",
        "web|welchen Browser benutzen Sie, und tritt es auch in einem privaten Fenster auf?",
    ],
};
