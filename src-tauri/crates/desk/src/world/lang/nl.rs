//! Dutch.

use super::{About, Language, Topic};

pub(super) static NL: Language = Language {
    code: "nl",
    weight: 4,
    first: &["Sjoerd", "Femke", "Joost", "Marijke", "Daniël", "Loïs", "Thijs", "Anneke", "Renée", "Bram"],
    last: &[
        "van den Berg",
        "Dijkstra",
        "de Groot",
        "Hoekstra",
        "Vermeulen",
        "’t Hart",
        "van der Velde",
        "Brouwer",
        "Jansen-Prins",
    ],
    family_first: false,
    cities: &["Utrecht", "Gent", "Groningen", "Antwerpen", "Haarlem"],
    products: &[
        "wollen plaid",
        "theepot van steengoed",
        "messing leeslamp",
        "notenhouten plank",
        "gietijzeren pan",
        "opstapkrukje",
        "botervloot",
    ],
    money: "€ {}",
    decimal: ',',
    hello: &["Hallo,", "Goedemorgen,", "Beste klantenservice,"],
    bye: &["Met vriendelijke groet", "Groetjes", "Alvast bedankt"],
    dear: "Beste {first},",
    wrote: "{name} schreef:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &[
                "Twee keer betaald voor bestelling {order}",
                "Betaling mislukt, geld wel afgeschreven",
            ],
            opens: &[
                "ik heb {amount} betaald voor bestelling {order}, de pagina gaf een fout en het bedrag is toch gereserveerd.",
                "de betaling mislukte, dus probeerde ik het nog eens. Nu is er twee keer {amount} af.",
            ],
            details: &["Kunt u een van de twee vrijgeven?", "Is mijn bestelling bevestigd?"],
            answers: &[
                "onze betaalprovider had een storing en uw betaling hoort bij de getroffen betalingen. Betaalt u alstublieft niet nog een keer.",
                "wij zien één betaling en één reservering; die vervalt vanzelf binnen drie werkdagen.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["Terugbetaling van {order} nog niet binnen", "Waar blijft mijn {amount}?"],
            opens: &["ik heb het artikel {days} dagen geleden teruggestuurd en {amount} is nog niet binnen."],
            details: &["Het verzendbewijs heb ik nog.", "Op welke datum is het overgemaakt?"],
            answers: &[
                "de terugbetaling van {amount} is vandaag de deur uit; reken op twee tot vier werkdagen.",
            ],
        },
        Topic {
            about: About::Returns,
            subjects: &["Retour van bestelling {order}", "Kapot aangekomen: {product}"],
            opens: &[
                "ik wil graag een artikel uit {order} terugsturen ({product}), het is ongebruikt.",
                "de doos van {order} was open en de inhoud is gebarsten.",
            ],
            details: &["Wie betaalt de verzendkosten?", "Foto’s zitten erbij."],
            answers: &[
                "natuurlijk, het label zit in de bijlage.",
                "dat spijt ons. Morgen sturen we een nieuwe.",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &["Btw-nummer ontbreekt op factuur {invoice}", "Factuur voor bestelling {order}"],
            opens: &[
                "op factuur {invoice} ontbreekt ons btw-nummer.",
                "ik heb een factuur op naam van ons bedrijf nodig voor {order}.",
            ],
            details: &["Vrijdag sluiten we de boeken.", "Het gaat om {amount}."],
            answers: &["de verbeterde factuur zit in de bijlage."],
        },
        Topic {
            about: About::Discount,
            subjects: &["Kortingscode werkt niet bij afrekenen", "Saldo van mijn cadeaubon klopt niet"],
            opens: &[
                "de code uit uw nieuwsbrief geeft “verlopen”, maar hij geldt tot het eind van de maand.",
                "op mijn cadeaubon zou nog {amount} moeten staan.",
            ],
            details: &["Ik wil graag vandaag bestellen.", "Bij mijn zus werkt hij wel."],
            answers: &["ik heb een persoonlijke code voor u gemaakt, die staat in uw account."],
        },
        Topic {
            about: About::Bug,
            subjects: &["App sluit vanzelf af", "Zoeken vindt niets meer"],
            opens: &[
                "sinds de update sluit de app zodra ik mijn mandje open.",
                "de zoekfunctie vindt niets, ook niet wat ik voor me zie.",
            ],
            details: &["Ik heb hem al twee keer opnieuw geïnstalleerd."],
            answers: &["bedankt voor het melden, we zien het hier ook.", "dat is opgelost in versie 4.{n}."],
        },
        Topic {
            about: About::Shipping,
            subjects: &["Waar is mijn pakket?", "Zending {tracking} staat stil"],
            opens: &[
                "zending {tracking} staat al {days} dagen op “onderweg”.",
                "volgens {carrier} is het bezorgd, maar hier heeft niemand het.",
            ],
            details: &["Ik was de hele dag thuis.", "Het is een verjaardagscadeau."],
            answers: &["ik heb {carrier} gevraagd te zoeken, ze antwoorden binnen een werkdag."],
        },
    ],
    again: &[
        "Is er al nieuws?",
        "Vanochtend was er niets veranderd.",
        "Dat kan, maar wel vóór vrijdag.",
        "box|Hierbij de foto.",
        "pay|De bank zegt dat het geld nog niet bij u weg is.",
    ],
    thanks: &[
        "box|Alles is heel aangekomen, bedankt!",
        "pay|Het geld is binnen, dank u wel.",
        "web|Nu werkt het, dank voor de snelle hulp!",
    ],
    later: &[
        "box|ik heb het aan het magazijn doorgegeven en mail u voor 17 uur.",
        "box|bedankt voor de foto, morgen gaat er een nieuwe op de post.",
    ],
};
