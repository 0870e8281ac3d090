//! Polish.

use super::{About, Language, Topic};

pub(super) static PL: Language = Language {
    code: "pl",
    weight: 5,
    first: &[
        "Agnieszka",
        "Łukasz",
        "Małgorzata",
        "Paweł",
        "Żaneta",
        "Michał",
        "Stanisław",
        "Grażyna",
        "Świętosława",
        "Bożena",
        "Wojciech",
        "Róża",
    ],
    last: &[
        "Wójcik",
        "Kowalczyk",
        "Pająk",
        "Wróbel",
        "Błaszczyk",
        "Szymczak",
        "Żurek",
        "Mazur",
        "Gąsior",
        "Dudź",
    ],
    family_first: false,
    cities: &["Kraków", "Gdańsk", "Wrocław", "Poznań", "Łódź", "Lublin"],
    products: &[
        "koc wełniany",
        "czajnik kamionkowy",
        "lampa mosiężna",
        "deska z orzecha",
        "patelnia żeliwna",
        "świece z wosku",
        "zegar „Olcha”",
    ],
    money: "{} zł",
    decimal: ',',
    hello: &["Dzień dobry,", "Witam,", "Dobry wieczór,"],
    bye: &["Pozdrawiam", "Z poważaniem", "Z góry dziękuję"],
    dear: "Dzień dobry,",
    wrote: "{name} pisze:",
    topics: &[
        Topic {
            about: About::Incident,
            subjects: &["Podwójna płatność za zamówienie {order}", "Płatność nieudana, a pieniądze zniknęły"],
            opens: &[
                "zapłaciłam {amount} za zamówienie {order}, strona pokazała błąd, a kwota jest zablokowana na karcie.",
                "płatność się nie powiodła, więc spróbowałem jeszcze raz i mam dwa obciążenia po {amount}.",
            ],
            details: &["Proszę o zwolnienie jednej z nich.", "Czy zamówienie jest potwierdzone?"],
            answers: &[
                "nasz operator płatności miał awarię i Państwa płatność jest jedną z tych, których dotyczy. Prosimy nie płacić ponownie.",
                "widzimy jedną płatność i jedną blokadę, która sama wygaśnie w ciągu trzech dni roboczych.",
            ],
        },
        Topic {
            about: About::Refund,
            subjects: &["Brak zwrotu pieniędzy za {order}", "Kiedy otrzymam {amount}?"],
            opens: &["odesłałam towar {days} dni temu, a zwrotu {amount} nadal nie ma."],
            details: &["Mam potwierdzenie nadania.", "Proszę o datę przelewu."],
            answers: &["zwrot {amount} wyszedł dzisiaj, bank potrzebuje od dwóch do czterech dni roboczych."],
        },
        Topic {
            about: About::Returns,
            subjects: &["Zwrot zamówienia {order}", "Uszkodzona przesyłka: {product}"],
            opens: &[
                "chciałbym zwrócić produkt z zamówienia {order} ({product}), jest nieużywany.",
                "paczka {order} była otwarta z jednej strony, a zawartość jest pęknięta.",
            ],
            details: &["Kto płaci za przesyłkę?", "Zdjęcia w załączniku."],
            answers: &[
                "oczywiście, etykieta jest w załączniku.",
                "bardzo przepraszamy, nowy egzemplarz wyślemy jutro.",
            ],
        },
        Topic {
            about: About::Invoice,
            subjects: &["Faktura {invoice}: brak numeru NIP", "Faktura do zamówienia {order}"],
            opens: &[
                "na fakturze {invoice} brakuje naszego numeru NIP.",
                "proszę o fakturę na firmę do zamówienia {order}.",
            ],
            details: &["W piątek zamykamy miesiąc.", "Chodzi o {amount}."],
            answers: &["poprawiona faktura jest w załączniku, poprzednią anulowaliśmy."],
        },
        Topic {
            about: About::Account,
            subjects: &["Nie mogę się zalogować (ostatnie zamówienie {order})", "Proszę o usunięcie konta"],
            opens: &[
                "prosiłem {n} razy o nowe hasło i nie przychodzi żadna wiadomość.",
                "proszę o usunięcie mojego konta i wszystkich danych.",
            ],
            details: &["Sprawdziłem folder spam.", "Proszę o potwierdzenie."],
            answers: &["adres był na liście blokad po nieudanej wysyłce; proszę spróbować jeszcze raz."],
        },
        Topic {
            about: About::Shipping,
            subjects: &["Gdzie jest moja paczka?", "Przesyłka {tracking} stoi w miejscu"],
            opens: &[
                "przesyłka {tracking} od {days} dni ma status „w doręczeniu”.",
                "{carrier} twierdzi, że doręczył paczkę, a nikt jej nie odebrał.",
            ],
            details: &["Cały dzień byłam w domu.", "To prezent urodzinowy."],
            answers: &["złożyłem reklamację u przewoźnika, odpowiedzą w ciągu jednego dnia roboczego."],
        },
    ],
    again: &[
        "Czy coś już wiadomo?",
        "Dziś rano nic się nie zmieniło.",
        "Może być, ale przed piątkiem.",
        "pay|Bank mówi, że pieniądze nie wyszły z Państwa konta.",
        "box|Przesyłam zdjęcie.",
    ],
    thanks: &[
        "box|Wszystko dotarło w całości, dziękuję!",
        "pay|Pieniądze już są, bardzo dziękuję.",
        "web|Teraz działa, dziękuję za pomoc.",
    ],
    later: &[
        "box|przekazałam sprawę do magazynu i odpiszę do godziny 17.",
        "box|dziękuję za zdjęcie, jutro wyślemy nowy egzemplarz.",
    ],
};
