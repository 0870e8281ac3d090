//! The conversations on top of the list, told line by line.

use super::company::{ME, TEAMS, TENANT, handle_of};
use super::files::{pdf, png};
use super::mail::{self, Quoted};
use super::story::team;
use super::{Entry, NewContact, NewConversation, What};
use crate::clock::{MINUTE, Millis};
use crate::rng::Rng;

use What::{Agent, Customer, Event, Note};

/// What, whose, how many minutes ago, which words. A customer's name stays empty.
type Line = (What, &'static str, i64, &'static str);

struct Scene {
    name: &'static str,
    email: Option<&'static str>,
    phone: Option<&'static str>,
    city: &'static str,
    language: &'static str,
    channel: &'static str,
    subject: &'static str,
    priority: &'static str,
    team: usize,
    tags: &'static [&'static str],
    followed: bool,
    order: &'static str,
    lines: &'static [Line],
}

const MIRA: &str = "Mira Okafor";
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

static SCENES: [Scene; 12] = [
    Scene {
        name: "Marta Wiśniewska",
        email: Some("marta.w@mail.example"),
        phone: None,
        city: "Kraków",
        language: "pl",
        channel: "email",
        subject: "Charged twice for order 48213",
        priority: "high",
        team: 1,
        tags: &["payment-issue-2026-05"],
        followed: true,
        order: "48213",
        lines: &[
            (
                Customer,
                "",
                DAY + 22 * HOUR,
                "Hello,\n\nI paid 84,90 € for order 48213 and the page showed an error, so I tried again. Now two payments are reserved on my card. Could you release one of them?\n\nMarta Wiśniewska",
            ),
            (Event, TENANT, DAY + 22 * HOUR - 1, "Tagged payment-issue-2026-05"),
            (Event, "Jonas Feld", DAY + 22 * HOUR - 8, "Priority raised to high"),
            (Event, "Jonas Feld", DAY + 22 * HOUR - 8, "Assigned to Billing"),
            (Event, "Jonas Feld", DAY + 22 * HOUR - 9, "Assigned to Mira Okafor"),
            (
                Agent,
                "Jonas Feld",
                DAY + 21 * HOUR,
                "Dear Marta,\n\nour payments provider had an outage from 15:40 to 16:25. One of the two payments is only a reservation. It lapses by itself within three working days.\n\nKind regards\nJonas Feld\nBrindlewick Goods",
            ),
            (
                Customer,
                "",
                DAY + 20 * HOUR,
                "Thank you Jonas, then I will wait until Thursday and tell you what my bank says.\n\nMarta",
            ),
            (
                Agent,
                "Jonas Feld",
                DAY + 19 * HOUR,
                "Dear Marta,\n\nthat is kind of you. Order 48213 itself is safe: the linen throw and the two candles leave us tomorrow.\n\nKind regards\nJonas Feld\nBrindlewick Goods",
            ),
            (
                Note,
                "Aiko Tan",
                5 * HOUR,
                "@Mira the provider confirms: reservation 2 of 2 was captured by mistake, refund batch runs Thursday 15:00.",
            ),
            (
                Customer,
                "",
                2,
                "Thank you, but both payments are still on my card statement, see the attached screenshot. When will I have the money back?\n\nMarta Wiśniewska",
            ),
        ],
    },
    Scene {
        name: "يوسف حداد",
        email: None,
        phone: Some("+961 3 555 019"),
        city: "بيروت",
        language: "ar",
        channel: "whatsapp",
        subject: "لم يصل تأكيد الدفع للطلب \u{200e}48197",
        priority: "medium",
        team: 1,
        tags: &["payment-issue-2026-05"],
        followed: false,
        order: "48197",
        lines: &[
            (Customer, "", 5 * HOUR, "مرحبًا، دفعت ثمن الطلب 48197 هذا الصباح ولم يصلني أي تأكيد."),
            (Event, TENANT, 5 * HOUR - 1, "Tagged payment-issue-2026-05"),
            (
                Agent,
                MIRA,
                4 * HOUR,
                "مرحبًا يوسف، كان هناك عطل لدى مزود الدفع. الرجاء عدم الدفع مرة أخرى، نحن نتابع الطلب.",
            ),
            (Customer, "", 9, "مرحبًا، تم خصم المبلغ من بطاقتي لكن الطلب ما زال معلّقًا"),
        ],
    },
    Scene {
        name: "盛田 健司",
        email: Some("k.morita@mail.example"),
        phone: None,
        city: "京都",
        language: "ja",
        channel: "chat",
        subject: "返品の送料について",
        priority: "none",
        team: 0,
        tags: &["returns"],
        followed: false,
        order: "47988",
        lines: &[
            (
                Customer,
                "",
                32,
                "お世話になっております。先日購入した陶器のティーポットの件でご連絡しました。",
            ),
            (Customer, "", 21, "注文番号 47988 の返品ですが、送料はこちらの負担でしょうか。"),
        ],
    },
    Scene {
        name: "Chloé Tessier",
        email: Some("chloe.tessier@post.example"),
        phone: None,
        city: "Nantes",
        language: "fr",
        channel: "email",
        subject: "Remboursement toujours en attente (commande 47102)",
        priority: "urgent",
        team: 1,
        tags: &["refund", "vip"],
        followed: true,
        order: "47102",
        lines: &[
            (
                Customer,
                "",
                12 * DAY,
                "Bonjour,\n\nj’ai renvoyé l’horloge « Aulne » de la commande 47102 et j’attends le remboursement de 129,00 €.\n\nChloé Tessier",
            ),
            (
                Agent,
                "Aiko Tan",
                12 * DAY - 4 * HOUR,
                "Bonjour Chloé,\n\nvotre retour est bien en route, nous vous remboursons dès son arrivée à l’entrepôt.\n\nBien à vous\nAiko Tan\nBrindlewick Goods",
            ),
            (
                Customer,
                "",
                8 * DAY,
                "Bonjour, le suivi indique que le colis est arrivé chez vous lundi.\n\nChloé Tessier",
            ),
            (
                Agent,
                "Aiko Tan",
                8 * DAY - 3 * HOUR,
                "Bonjour Chloé,\n\nc’est exact, il est chez nous. Le remboursement part demain.\n\nBien à vous\nAiko Tan\nBrindlewick Goods",
            ),
            (
                Customer,
                "",
                5 * DAY,
                "Bonjour, toujours rien sur mon compte ce matin. Y a-t-il un problème ?\n\nChloé Tessier",
            ),
            (Event, "Aiko Tan", 5 * DAY - 20, "Assigned to Mira Okafor"),
            (
                Agent,
                MIRA,
                4 * DAY,
                "Bonjour Chloé,\n\nje reprends votre dossier. La banque a rejeté le premier virement, je le relance avec la bonne référence.\n\nBien à vous\nMira Okafor\nBrindlewick Goods",
            ),
            (Customer, "", DAY, "Merci. Pouvez-vous me dire quel jour il partira ?\n\nChloé Tessier"),
            (Event, TENANT, DAY - 1, "Priority raised to urgent"),
            (
                Customer,
                "",
                38,
                "Bonjour, cela fait douze jours que j’attends le remboursement. Je suis cliente depuis des années et je ne comprends pas.\n\nChloé Tessier",
            ),
        ],
    },
    Scene {
        name: "Hannes Aldous",
        email: None,
        phone: Some("+44 7700 900412"),
        city: "Leeds",
        language: "en",
        channel: "sms",
        subject: "Is my parcel lost? Tracking says “out for delivery” since Monday",
        priority: "none",
        team: 3,
        tags: &["shipping"],
        followed: false,
        order: "47820",
        lines: &[
            (
                Customer,
                "",
                3 * HOUR,
                "Is my parcel lost? Tracking says out for delivery since Monday. BW20417733GB",
            ),
            (Agent, MIRA, 50, "I have asked the carrier and will text you before 18:00."),
        ],
    },
    Scene {
        name: "Maximiliane Freifrau von Hohenstein-Ravensberg-Oldenburg",
        email: Some("m.v.hohenstein@post.example"),
        phone: None,
        city: "Bremen",
        language: "de",
        channel: "email",
        subject: "",
        priority: "none",
        team: 0,
        tags: &["returns"],
        followed: false,
        order: "47655",
        lines: &[
            (
                Customer,
                "",
                4 * HOUR,
                "Dear team,\n\nI should like to send the brass reading lamp back. Which form do you need?\n\nMaximiliane Freifrau von Hohenstein-Ravensberg-Oldenburg",
            ),
            (
                Customer,
                "",
                92,
                "Please find the signed return form attached.\n\nKind regards\nMaximiliane Freifrau von Hohenstein-Ravensberg-Oldenburg",
            ),
        ],
    },
    Scene {
        name: "Дарья Климова",
        email: Some("d.klimova@inbox.example"),
        phone: None,
        city: "Рига",
        language: "ru",
        channel: "email",
        subject: "Не приходит счёт за май",
        priority: "none",
        team: 1,
        tags: &["invoice"],
        followed: false,
        order: "46310",
        lines: &[
            (
                Customer,
                "",
                2 * DAY,
                "Здравствуйте!\n\nСчёт за май так и не пришёл на почту.\n\nС уважением\nДарья Климова",
            ),
            (
                Agent,
                MIRA,
                DAY + 20 * HOUR,
                "Здравствуйте, Дарья!\n\nНа какой адрес его отправить?\n\nС уважением\nMira Okafor\nBrindlewick Goods",
            ),
            (Customer, "", 6 * HOUR, "Пожалуйста, на этот же адрес.\n\nДарья Климова"),
            (
                Agent,
                MIRA,
                119,
                "Счёт отправлен повторно на указанный адрес.\n\nMira Okafor\nBrindlewick Goods",
            ),
        ],
    },
    Scene {
        name: "Rafael Monteiro",
        email: None,
        phone: Some("+351 910 555 037"),
        city: "Porto",
        language: "pt",
        channel: "whatsapp",
        subject: "Endereço errado na entrega",
        priority: "none",
        team: 3,
        tags: &["shipping"],
        followed: false,
        order: "47790",
        lines: &[
            (Customer, "", 8 * HOUR, "Boa tarde, a minha encomenda foi entregue no prédio ao lado."),
            (Agent, MIRA, 8 * HOUR - 12, "Olá Rafael! Qual é o número da encomenda?"),
            (Customer, "", 8 * HOUR - 15, "47790, um bule de grés."),
            (Agent, MIRA, 4 * HOUR, "A transportadora diz que ficou com o porteiro do número 14."),
            (Customer, "", 4 * HOUR - 20, "Eu moro no 41 :)"),
            (Agent, MIRA, 180, "Já pedimos que a levem ao 41, hoje até às 17 horas."),
            (Customer, "", 163, "Obrigado! Vou confirmar com o porteiro."),
        ],
    },
    Scene {
        name: "Ingrid Solheim",
        email: None,
        phone: Some("+47 555 40 118"),
        city: "Bergen",
        language: "en",
        channel: "voice",
        subject: "Missed call, voicemail 0:48",
        priority: "none",
        team: 1,
        tags: &["payment-issue-2026-05"],
        followed: false,
        order: "48150",
        lines: &[(
            Customer,
            "",
            190,
            "“Hi, this is about the double payment on Tuesday, order 48150. You can reach me until four, or tomorrow morning. Thank you, goodbye.”",
        )],
    },
    Scene {
        name: "Sam Whitlock",
        email: Some("sam@whitlock-ironmongers.example"),
        phone: None,
        city: "Bristol",
        language: "en",
        channel: "email",
        subject: "API returns 409 on partial refunds",
        priority: "none",
        team: 2,
        tags: &["bug", "api"],
        followed: true,
        order: "45012",
        lines: &[
            (
                Customer,
                "",
                4 * DAY,
                "Hello,\n\nour shop system calls your trade API, and since Tuesday partial refunds come back with 409.\n\nSam Whitlock\nWhitlock & Daughters, Ironmongers",
            ),
            (Agent, "Devraj Anand", 4 * DAY - 70, "Hi Sam,\n\ncould you send me one request id?\n\nDevraj"),
            (Customer, "", 4 * DAY - 90, "7c41-e0, this morning at 09:12.\n\nSam"),
            (
                Agent,
                "Devraj Anand",
                3 * DAY + 5 * HOUR,
                "Found it. The refund is refused because an earlier one with the same reference exists. Do you reuse references?\n\nDevraj",
            ),
            (Customer, "", 3 * DAY + 3 * HOUR, "One per order, as your handbook says.\n\nSam"),
            (
                Agent,
                "Devraj Anand",
                3 * DAY,
                "Then the handbook is wrong, or we are. One per refund would be right. I am asking.\n\nDevraj",
            ),
            (Event, "Devraj Anand", 3 * DAY - 5, "Assigned to Mira Okafor"),
            (
                Agent,
                MIRA,
                2 * DAY + 4 * HOUR,
                "Hello Sam,\n\nit was us: on Tuesday we began to compare references. That was meant for full refunds only.\n\nMira",
            ),
            (
                Customer,
                "",
                2 * DAY + HOUR,
                "Good to know. When can I expect it to work again? I have nine customers waiting.\n\nSam",
            ),
            (
                Agent,
                MIRA,
                2 * DAY,
                "The change is written and being tested. Tomorrow, if the tests agree.\n\nMira",
            ),
            (Customer, "", DAY, "Is it tomorrow yet?\n\nSam"),
            (Agent, MIRA, DAY - 30, "Nearly: it goes out with today’s release at six.\n\nMira"),
            (
                Agent,
                MIRA,
                265,
                "Fixed in today’s release. Could you try request 7c41 again?\n\nMira Okafor\nBrindlewick Goods",
            ),
        ],
    },
    Scene {
        name: "Noor de Vries",
        email: Some("noor.devries@mail.example"),
        phone: None,
        city: "Utrecht",
        language: "nl",
        channel: "chat",
        subject: "Kortingscode werkt niet bij afrekenen",
        priority: "none",
        team: 1,
        tags: &[],
        followed: false,
        order: "48011",
        lines: &[
            (Customer, "", 305, "Hallo, de kortingscode uit de nieuwsbrief werkt niet."),
            (Agent, MIRA, 298, "Hoi Noor! Wat zegt de pagina als je hem invult?"),
            (Customer, "", 289, "Hij zegt “code verlopen”, maar hij geldt tot 31 mei."),
        ],
    },
    Scene {
        name: "Beatrix Lindqvist",
        email: Some("b.lindqvist@letters.example"),
        phone: None,
        city: "Malmö",
        language: "en",
        channel: "email",
        subject: "Is the linen throw back in stock?",
        priority: "low",
        team: 0,
        tags: &["not-urgent"],
        followed: false,
        order: "44870",
        lines: &[
            (
                Customer,
                "",
                2 * DAY + 3 * HOUR,
                "Hello,\n\nis the linen throw in sage coming back? I would take two.\n\nBeatrix Lindqvist",
            ),
            (
                Agent,
                MIRA,
                2 * DAY,
                "It returns on 2 June. Shall I reserve one for you?\n\nKind regards\nMira Okafor\nBrindlewick Goods",
            ),
        ],
    },
];

/// Everybody on top of the list, seen from `now`. All of them are mine.
pub(super) fn cast(rng: &mut Rng, now: Millis) -> Vec<(NewContact, NewConversation)> {
    SCENES.iter().map(|scene| (contact(scene), conversation(rng, scene, now))).collect()
}

fn contact(scene: &Scene) -> NewContact {
    NewContact {
        name: scene.name.to_owned(),
        email: scene.email.map(str::to_owned),
        phone: scene.phone.map(str::to_owned),
        custom_fields: vec![
            ("city".to_owned(), scene.city.to_owned()),
            ("language".to_owned(), scene.language.to_owned()),
            ("plan".to_owned(), if scene.tags.contains(&"vip") { "Plus" } else { "Standard" }.to_owned()),
        ],
    }
}

fn conversation(rng: &mut Rng, scene: &Scene, now: Millis) -> NewConversation {
    let mut entries: Vec<Entry> = Vec::new();
    for (what, author, minutes, text) in scene.lines {
        let mut entry = team(*what, author, (*text).to_owned());
        if *what == Customer {
            entry = Entry { author: scene.name.to_owned(), handle: None, ..entry };
        }
        entry.at = now.minus(minutes * MINUTE);
        if scene.channel == "email" && matches!(what, Customer | Agent) {
            dress(rng, &mut entry, &entries, scene.language);
        }
        entries.push(entry);
    }
    if let Some(last) = entries.last_mut() {
        match scene.order {
            "48213" => last.files.push(png("card-statement.png", 360, 296, rng)),
            "47655" => last.files.push(pdf("return-form-signed.pdf", "Return form, signed")),
            _ => {}
        }
    }
    NewConversation {
        contact: 0,
        subject: scene.subject.to_owned(),
        channel: scene.channel.to_owned(),
        status: "active".to_owned(),
        snoozed_until: None,
        priority: scene.priority.to_owned(),
        agent: Some(ME.to_owned()),
        team: TEAMS.get(scene.team).map(|(handle, _)| (*handle).to_owned()),
        tags: scene.tags.iter().map(|tag| (*tag).to_owned()).collect(),
        followers: if scene.followed { vec![ME.to_owned(), handle_of("Jonas Feld")] } else { Vec::new() },
        case_number: Some(format!("BG-{}", scene.order)),
        custom_fields: vec![("order".to_owned(), scene.order.to_owned())],
        entries,
    }
}

/// Puts the message that is answered below, as mail programs do, and customers’ mail into HTML.
fn dress(rng: &mut Rng, entry: &mut Entry, before: &[Entry], language: &str) {
    let answered = before.iter().rfind(|other| {
        matches!(other.what, Customer | Agent) && (other.what == Customer) != (entry.what == Customer)
    });
    let intro = answered.map(|other| match language {
        "fr" => format!("{} a écrit :", other.author),
        "ru" => format!("{} пишет:", other.author),
        _ => format!("{} wrote:", other.author),
    });
    let quoted =
        answered.zip(intro.as_deref()).map(|(other, intro)| Quoted { intro, text: other.text.as_str() });
    if entry.what == Customer {
        entry.html = Some(mail::html(rng, &entry.text, quoted, false));
    }
    entry.text = mail::plain(&entry.text, quoted);
}
